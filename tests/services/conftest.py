"""A store on disk and an engine over the fake outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strideiq_console.services.action import Ports
from strideiq_console.services.engine import Engine
from strideiq_console.settings.model import Settings
from strideiq_console.store.store import Store
from tests.services.fakes import SETTINGS, FakeClone, FakeDeployments, FakeHost, FakeOutside, FakeProber


@pytest.fixture
def outside() -> FakeOutside:
    return FakeOutside()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "state" / "console.db", who="founder")
    yield opened
    opened.close()


@pytest.fixture
def make_engine(outside: FakeOutside, store: Store) -> Callable[..., Engine]:
    def make(*, settings: Settings = SETTINGS, **more) -> Engine:
        hosts = {"vercel": FakeDeployments(outside, "vercel", "web"), "railway": FakeDeployments(outside, "railway", "api")}
        ports = Ports(
            settings, outside.clock, FakeClone(outside), FakeHost(outside), hosts, FakeProber(outside), store.verifications, "test"
        )
        return Engine(ports, store, **more)

    return make


@pytest.fixture
def engine(make_engine: Callable[..., Engine]) -> Engine:
    return make_engine()
