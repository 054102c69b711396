"""One Redis for all tests of this folder, emptied before each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from strideiq_console.domain.secret import Secret
from strideiq_console.providers.redis import Redis
from strideiq_console.services.clock import SystemClock
from tests.redis_server import Server, running

Make = Callable[..., Redis]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("redis")) as started:
        yield started


@pytest.fixture
def server(shared: Server) -> Server:
    shared.command("FLUSHALL")
    shared.command("CONFIG", "SET", "maxmemory", "0")
    return shared


@pytest.fixture
def make() -> Make:
    def of(url: str, **words: object) -> Redis:
        return Redis(url=Secret(url), environment="production", clock=SystemClock(), **words)  # type: ignore[arg-type]

    return of
