"""What changed: which deployment served before, the way between the two, and what nobody could tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from strideiq_console.domain.changes import Arrived, Changes, Move, moves
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.deployment import Deployment, DeploymentState

NOW = datetime(2026, 1, 20, 14, 0, tzinfo=UTC)
A, B, C = "a" * 40, "b" * 40, "c" * 40


def deployed(sha: str | None, hours: float, *, component: str = "api", live: bool | None = False, **more: Any) -> Deployment:
    at = NOW - timedelta(hours=hours)
    fields: dict[str, Any] = {"state": DeploymentState.REMOVED, "sha": sha, "created_at": at, "ready_at": at, "live": live}
    return Deployment(f"{component}-{hours}", "railway", component, "production", **{**fields, **more})


def ready(sha: str | None, hours: float, **more: Any) -> Deployment:
    return deployed(sha, hours, live=True, state=DeploymentState.READY, **more)


def only(*listed: Deployment) -> Move:
    (found,) = moves([("api", "railway", listed)], "production")
    return found


@pytest.mark.parametrize(
    ("listed", "live", "before", "backward"),
    [
        ((ready(B, 1), deployed(A, 9)), B, A, False),
        ((ready(B, 1), deployed(C, 2, state=DeploymentState.FAILED), deployed(A, 9)), B, A, False),
        ((ready(B, 1), deployed(B, 2), deployed(A, 9)), B, A, False),
        ((deployed(C, 1), ready(A, 9)), A, C, True),
        ((ready(B, 1),), B, None, False),
        ((deployed(C, 1, state=DeploymentState.FAILED),), None, None, False),
        ((ready(None, 1), deployed(A, 9)), None, A, False),
    ],
    ids=[
        "newer",
        "a failed one",
        "the same commit again",
        "rolled back",
        "the first",
        "none serves",
        "no commit told",
    ],
)
def test_what_served_before(listed: tuple[Deployment, ...], live: str | None, before: str | None, backward: bool) -> None:
    move = only(*listed)
    assert (move.live.sha if move.live else None) == live
    assert (move.before.sha if move.before else None) == before
    assert move.backward is backward


def test_another_environment_is_none_of_it() -> None:
    assert moves([("api", "railway", (ready(B, 1),))], "staging") == (Move("api", "railway", None, None),)


def test_the_way_is_that_of_the_component_that_moved_last() -> None:
    web = Move("web", "vercel", ready(C, 5, component="web"), deployed(A, 20, component="web"))
    api = Move("api", "railway", ready(C, 1), deployed(B, 9))
    found = Changes("production", (web, api))
    assert found.span == (B, C)
    assert found.at == NOW - timedelta(hours=1)
    assert found.since == NOW - timedelta(hours=20)


def test_no_way_where_a_commit_is_not_told() -> None:
    assert Changes("production", (only(ready(None, 1), deployed(A, 9)),)).span is None
    assert Changes("production", ()).at is None


def arrived(*files: str, known: bool = True) -> Arrived:
    return Arrived(Commit(A, "Work", "founder", NOW), files if known else None)


@pytest.mark.parametrize(
    ("changes", "files"),
    [
        (Changes("production", commits=(arrived("0042_b.py"), arrived("0041_a.py", "0042_b.py"))), ("0041_a.py", "0042_b.py")),
        (Changes("production", commits=(arrived(),)), ()),
        (Changes("production", commits=(arrived("0042_b.py"), arrived(known=False))), None),
        (Changes("production", commits=(arrived(),), more=3), None),
        (Changes("production"), None),
    ],
    ids=["oldest first, once", "none", "one was not looked at", "beyond the cap", "no commits known"],
)
def test_migrations_are_known_whole_or_not_at_all(changes: Changes, files: tuple[str, ...] | None) -> None:
    assert changes.migrations == files
