"""An engine over the fake outside of the services' tests, and a wiring around it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from strideiq_console.services.action import Ports
from strideiq_console.services.engine import Engine
from strideiq_console.store.store import Store
from tests.cli.fakes import FakePractice, FakeWiring, console
from tests.services.fakes import SETTINGS, FakeClone, FakeDeployments, FakeHost, FakeOutside, FakeProber


@pytest.fixture
def outside() -> FakeOutside:
    return FakeOutside()


@pytest.fixture
def engine(outside: FakeOutside, tmp_path: Path) -> Iterator[Engine]:
    store = Store.open(tmp_path / "state" / "console.db", who="founder")
    hosts = {"vercel": FakeDeployments(outside, "vercel", "web"), "railway": FakeDeployments(outside, "railway", "api")}
    prober = FakeProber(outside)
    ports = Ports(SETTINGS, outside.clock, FakeClone(outside), FakeHost(outside), hosts, prober, store.verifications, "test")
    yield Engine(ports, store)
    store.close()


@pytest.fixture
def wiring(engine: Engine, outside: FakeOutside, tmp_path: Path) -> FakeWiring:
    practice = FakePractice(tmp_path / "world", outside.fix)
    return FakeWiring(console(engine=engine, clock=outside.clock, state=tmp_path / "state"), practice)
