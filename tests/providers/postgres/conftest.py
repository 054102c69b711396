"""One PostgreSQL for all tests of this folder; each test has a database of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from strideiq_console.domain.secret import Secret
from strideiq_console.providers.postgres import Postgres
from strideiq_console.services.clock import SystemClock
from tests.postgres_server import Server, running

Make = Callable[..., Postgres]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("postgres")) as started:
        yield started


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return itertools.count()


@pytest.fixture
def dsn(server: Server, numbers: Iterator[int]) -> str:
    return server.create_database(f"strideiq test {next(numbers)}")


@pytest.fixture
def make() -> Make:
    def of(dsn: str, **words: object) -> Postgres:
        return Postgres(dsn=Secret(dsn), environment="production", clock=SystemClock(), environ={}, **words)  # type: ignore[arg-type]

    return of
