"""Nobody turns the clock of a stage while a plan is made: a burst of requests would wait for seconds that never pass."""

from __future__ import annotations

import pytest

from strideiq_console.providers.catalog import hosts


@pytest.fixture(autouse=True)
def _no_bursts(monkeypatch: pytest.MonkeyPatch) -> None:
    for plan in hosts.RAILWAY_BURSTS:
        monkeypatch.setitem(hosts.RAILWAY_BURSTS, plan, [])
