"""What changed and session end, by their keys, from where one stands."""

from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.domain.changes import Arrived, Changes, Move
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.fault import BlockedError, Fault, FaultKind, OutsideError
from strideiq_console.ui.screens.changes import ChangesDialog
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.rollback import RollbackScreen

from .conftest import Make
from .driving import press, screen_text
from .fakes import FakeEngine
from .made_facts import NOW
from .made_rollback import candidates, offer
from .made_standings import gate

OLD, NEW = "9f3e21a" + "0" * 33, "a1b2c3d" + "0" * 33


def known(environment: str) -> Changes:
    if environment not in ("production", "staging"):
        raise BlockedError(f"{environment} is no environment that is served", next_step="name production")
    made = [
        Deployment(f"d-{sha[:3]}", "railway", "api", environment, DeploymentState.READY, sha=sha, subject="Work", created_at=NOW)
        for sha in (NEW, OLD)
    ]
    return Changes(environment, (Move("api", "railway", made[0], made[1]),))


@pytest.fixture
def answering(make: Make) -> Any:
    app = make(engine=FakeEngine([gate()]))
    asked: list[str] = []

    async def changes(environment: str) -> Changes:
        asked.append(environment)
        commit = Arrived(Commit(NEW, "[red]perf[/red]: keep zones", "founder", NOW), ("0042_drop.py",))
        return Changes(environment, known(environment).moves, (commit,), variables=())

    services: Any = app.services
    services.known_changes, services.changes, services.asked = known, changes, asked
    services.candidates, services.offer = candidates(), offer()
    return app


async def test_d_tells_of_the_environment_under_the_cursor(answering: Any) -> None:
    async with answering.run_test(size=(120, 36)) as pilot:
        await press(pilot, "1", "j", "d")
        assert isinstance(answering.screen, ChangesDialog)
        assert answering.services.asked == ["staging"]
        text = screen_text(answering)
        assert "What changed in staging" in text
        assert "before it 9f3e21a" in text
        assert "[red]perf[/red]: keep zones" in text
        assert "0042_drop.py" in text


@pytest.mark.parametrize("panel", ["2", "3", "4", "5"])
async def test_d_from_elsewhere_is_about_production(answering: Any, panel: str) -> None:
    async with answering.run_test(size=(120, 36)) as pilot:
        await press(pilot, panel, "d")
        assert answering.services.asked == ["production"]


async def test_b_goes_on_to_the_rollback(answering: Any) -> None:
    async with answering.run_test(size=(120, 36)) as pilot:
        await press(pilot, "d", "b")
        assert isinstance(answering.screen, RollbackScreen)


async def test_what_is_known_stays_when_the_rest_cannot_be_read(answering: Any) -> None:
    async def fails(environment: str) -> Changes:
        raise OutsideError(Fault(FaultKind.TIMEOUT, "git", "no answer within 8 s", "what is shown is older", "press r"))

    answering.services.changes = fails
    async with answering.run_test(size=(120, 36)) as pilot:
        await press(pilot, "d")
        text = screen_text(answering)
        assert "no answer within 8 s" in text
        assert "before it 9f3e21a" in text
        await press(pilot, "escape")
        assert not isinstance(answering.screen, ChangesDialog)


async def test_x_says_what_is_not_settled(answering: Any) -> None:
    async with answering.run_test(size=(120, 36)) as pilot:
        await press(pilot, "x")
        assert isinstance(answering.screen, ReadDialog)
        assert "Not everything is settled." in screen_text(answering)
