"""What a skipped or unreadable step would have judged, the later effect judges by itself; and housekeeping at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.fault import BlockedError, CloneError
from strideiq_console.domain.policy.promotion import Gate, GateStanding
from strideiq_console.domain.policy.secret_scan import blocking_lines
from strideiq_console.domain.runbook.execution import EntryKind, ExecutionState
from strideiq_console.domain.runbook.model import Verb, step
from strideiq_console.domain.runbook.standing import Awaits
from strideiq_console.services.action import Ask, Outcome
from strideiq_console.services.actions.deployments import AwaitDeployment
from strideiq_console.services.actions.merging import _waived
from strideiq_console.services.actions.releases import PublishRelease
from strideiq_console.services.actions.riders import ListRiders
from strideiq_console.services.actions.rolling_back import RollBack
from strideiq_console.services.actions.scanning import _read
from strideiq_console.services.engine import Engine
from tests.services.fakes import FakeClone, FakeOutside
from tests.services.promote_cases import begin, tagged
from tests.services.rollback_cases import BadDeploy

RED = Gate("no known vulnerabilities", False, GateStanding.REPORTED, "1 high")
STAGING = Gate("staging verified by hand", False, GateStanding.MANUAL, "nobody")


def ask(verb: Verb, **arguments: str) -> Ask:
    made = step("s", verb, "s", "why", environment="production", **arguments)
    return Ask("0101-aaaaaa", made, arguments)


def test_a_reason_for_one_gate_passes_no_other_by() -> None:
    given = ask(Verb.MERGE, override="staging is broken", waived=STAGING.name)
    assert _waived(given, STAGING)
    assert not _waived(given, RED), "it turned red after the reason was given"
    assert not _waived(given, replace(STAGING, standing=GateStanding.ENFORCED))
    assert _waived(ask(Verb.MERGE, override="of an older version"), RED)
    assert not _waived(ask(Verb.MERGE, override="", waived=RED.name), RED)


async def test_a_release_needs_the_tag_at_origin(store) -> None:
    outside = tagged()
    ports = replace(BadDeploy().ports(store), clone=FakeClone(outside))
    sha = outside.origin["main"]
    asked = ask(Verb.PUBLISH_RELEASE, name="v9.0.0", sha=sha, since=sha, until=sha)
    found = await PublishRelease().check(ports, asked)
    assert found.reasons[0].startswith("origin has no tag v9.0.0: push the tag")
    outside.origin_tags["v9.0.0"] = replace(outside.origin_tags["v0.9.0"], name="v9.0.0", sha="f" * 40)
    assert "origin has another tag" in (await PublishRelease().check(ports, asked)).reasons[0]


async def test_code_does_not_go_back_where_the_schema_was_left_out(store) -> None:
    outside = BadDeploy()
    left = ask(
        Verb.ROLL_BACK,
        provider="railway",
        component="api",
        deployment="railway-0001",
        live=outside.railway.live().id,
        sha=outside.good,
        schema="‹revision of downgrade-3›",
    )
    with pytest.raises(BlockedError, match=r"revision of downgrade-3. is not known"):
        await RollBack().check(outside.ports(store), left)


async def test_a_component_that_nobody_shows_is_not_live(engine) -> None:
    asked = ask(Verb.AWAIT_DEPLOYMENT, sha="a" * 40, components="worker")
    seen = await AwaitDeployment().verify(engine.ports, asked, {})
    assert (seen.outcome, "worker" in seen.detail) == (Outcome.NOT_YET, True)


async def test_too_many_commits_are_not_only_fixes(make_engine, store, monkeypatch) -> None:
    async def too_many(self, start: str, end: str, *, folder: str = "", limit: int = 2000) -> None:
        return None

    monkeypatch.setattr(FakeClone, "changes", too_many)
    engine = make_engine()
    tip = "a" * 40
    found = await ListRiders().check(engine.ports, ask(Verb.LIST_RIDERS, head=tip, base=tip, since=tip, stage="freeze"))
    assert found.already is None
    assert "cannot be told" in found.reasons[0]


def test_a_token_in_a_message_blocks_and_is_not_repeated() -> None:
    token = "ghp_" + "A1b2C3d4E5" * 3 + "F6g7H8"
    found = blocking_lines(f"fix: log in\n\nwith {token}")
    assert [line for line, _ in found] == [3]
    assert token not in str(found)
    assert blocking_lines("fix: log in\n\nwith a token from the keyring") == ()


@pytest.mark.parametrize("text", ["garbage", "[]", "{}", '{"clear": true, "source": "x", "detail": "", "at": "2026-01-01"}'])
def test_an_audit_that_is_none_is_asked_for_anew(text: str) -> None:
    assert _read(text) is None


@pytest.mark.parametrize("fails", [False, True], ids=["kept in mind", "cannot be dropped now"])
async def test_pins_go_after_30_days_when_a_runbook_ends(make_engine, store, monkeypatch, fails: bool) -> None:
    old, young = "run-1/main", "run-2/main"
    asked = []

    async def expire(self, before) -> tuple[str, ...]:
        asked.append(self.o.clock.now() - before)
        if fails:
            raise CloneError("a lock")
        return (old,)

    monkeypatch.setattr(FakeClone, "expire_pins", expire)
    engine = make_engine()
    execution = await begin(engine, "hotfix", {"slug": "fix-auth-crash"})
    await engine.advance(execution)
    assert asked == [], "nothing goes before the end"
    while engine.execution(execution).current is not None:
        await engine.skip(execution, "for the test")
    standing = await engine.advance(execution)
    assert standing.execution.state is ExecutionState.DONE
    assert asked == [timedelta(days=30)]
    (ended,) = [entry for entry in store.journal.entries(execution) if entry.kind is EntryKind.FINISHED]
    assert ended.data.get("unpinned", []) == ([] if fails else [old])
    assert young not in str(ended.data)


async def test_a_step_whose_form_wants_what_was_left_out_is_held_and_not_a_crash(
    make_engine: Callable[..., Engine], outside: FakeOutside
) -> None:
    engine = make_engine()
    execution = await engine.start(await engine.plan("feature", {"slug": "training-calendar"}))
    for left in ("fetch", "branch", "checkout"):
        await engine.skip(execution.id, f"{left} is left out")
    standing = await engine.look(execution.id)
    assert standing.awaits is Awaits.GATE
    assert (await engine.advance(execution.id)).awaits is Awaits.GATE
