"""Journals that earlier versions wrote, taken up by this one at every entry (RELIABILITY R8): the stored plan is carried out.

``tests/journals`` holds one recorded execution a file, with the entries as that version wrote them. The outside is brought to
where each entry was written, by carrying the same plan out up to there; then the recorded journal alone is what is known.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from strideiq_console.domain.fault import StoreError
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.runbook.execution import EntryKind, ExecutionState
from strideiq_console.domain.runbook.model import Plan
from strideiq_console.services.action import Ports
from strideiq_console.services.engine import Engine
from strideiq_console.store.store import Store
from tests.services.drive import to_the_end
from tests.services.fakes import SETTINGS, Crash, FakeClone, FakeDeployments, FakeHost, FakeOutside, FakeProber

FOLDER = Path(__file__).parent.parent / "journals"
HOTFIX: dict[str, Any] = json.loads((FOLDER / "0.1.0-hotfix.json").read_text(encoding="utf-8"))
LENGTH = len(HOTFIX["entries"])


def engine_over(outside: FakeOutside, store: Store) -> Engine:
    hosts = {"vercel": FakeDeployments(outside, "vercel", "web"), "railway": FakeDeployments(outside, "railway", "api")}
    prober = FakeProber(outside)
    ports = Ports(SETTINGS, outside.clock, FakeClone(outside), FakeHost(outside), hosts, prober, store.verifications, "test")
    return Engine(ports, store)


def take_up(store: Store, recorded: dict[str, Any], length: int) -> str:
    """Write the first entries of a recorded journal into a store, as that version left them."""
    plan = msgspec.convert(recorded["plan"], Plan)
    store.journal.create(recorded["id"], plan, datetime.fromisoformat(recorded["created_at"]))
    for entry in recorded["entries"][:length]:
        kind, at = EntryKind(entry["kind"]), datetime.fromisoformat(entry["at"])
        store.journal.append(recorded["id"], kind, step=entry["step"], data=entry["data"], at=at, lease=None)
    return str(recorded["id"])


async def outside_at(folder: Path, recorded: dict[str, Any], length: int) -> tuple[FakeOutside, Verification | None]:
    """Carry the same plan out up to the entry of that number, and die there; return also the verification of staging by then."""
    outside = FakeOutside()
    wanted = [(entry["kind"], entry["step"]) for entry in recorded["entries"][:length]]
    with Store.open(folder / "console.db", who="founder") as store:
        execution_id = take_up(store, recorded, 1)
        engine = engine_over(outside, store)

        def heard(_: str) -> None:
            written = [(str(entry.kind), entry.step) for entry in store.journal.entries(execution_id)]
            if written.count(wanted[-1]) >= wanted.count(wanted[-1]):
                raise Crash

        if length > 1:
            engine.subscribe(heard)
            with pytest.raises(Crash):
                await to_the_end(engine, outside, execution_id)
        return outside, store.verifications.latest()


@pytest.mark.parametrize("length", range(1, LENGTH + 1))
async def test_a_hotfix_of_an_earlier_version_ends_well_from_every_entry(tmp_path: Path, length: int) -> None:
    outside, verified = await outside_at(tmp_path / "then", HOTFIX, length)
    with Store.open(tmp_path / "now" / "console.db", who="founder") as store:
        if verified is not None:
            store.verifications.record(verified)
        execution_id = take_up(store, HOTFIX, length)
        execution = engine_over(outside, store).execution(execution_id)
        assert execution.plan.fingerprint == HOTFIX["entries"][0]["data"]["fingerprint"], "what was approved is what is carried out"
        standing, _ = await to_the_end(engine_over(outside, store), outside, execution_id)
        assert standing.execution.state is ExecutionState.DONE, standing
        assert store.audit.verify() is None
    assert sorted(outside.effects) == HOTFIX["effects"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plan: plan["steps"][0].update(verb="fly to the moon"), "written by another version"),
        (lambda plan: plan.pop("scopes"), "written by another version"),
        (lambda plan: plan["steps"][0].update(level="high"), "written by another version"),
    ],
    ids=["a verb of a later version", "a plan that lacks something", "another type"],
)
def test_a_plan_that_this_version_cannot_read_is_refused_clearly(tmp_path: Path, change: Any, words: str) -> None:
    recorded = json.loads(json.dumps(HOTFIX))
    with Store.open(tmp_path / "console.db", who="founder") as store:
        execution_id = take_up(store, recorded, 3)
        change(recorded["plan"])
        with store._database.writing() as connection:
            connection.execute("DROP TRIGGER executions_no_update")
            connection.execute("UPDATE executions SET plan = ?", (json.dumps(recorded["plan"]),))
        with pytest.raises(StoreError) as caught:
            store.journal.load(execution_id)
    assert words in caught.value.cause
    assert "Open it with the version that made it" in caught.value.next_step


def test_an_entry_of_a_later_version_is_refused_clearly(tmp_path: Path) -> None:
    with Store.open(tmp_path / "console.db", who="founder") as store:
        execution_id = take_up(store, HOTFIX, 3)
        with store._database.writing() as connection:
            connection.execute(
                "INSERT INTO entries VALUES (?, 4, ?, 'teleported', 'fetch', '{}')", (execution_id, HOTFIX["created_at"])
            )
        with pytest.raises(StoreError, match="teleported"):
            store.journal.load(execution_id)
