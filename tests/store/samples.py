"""A small plan, fixed times and shortcuts that the store's tests share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.domain.runbook.model import Effect, Plan, Step, Verb
from strideiq_console.store import Holder, Store

T0 = datetime(2026, 1, 9, 2, 10, 44, 123456, tzinfo=UTC)
SCOPES = ("acme/strideiq production", "acme/strideiq staging")
HERE = Holder.current()


def later(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def plan(slug: str = "fix-auth-crash") -> Plan:
    steps = (
        Step("fetch", Verb.FETCH, "fetch main", "to start from what is deployed"),
        Step(
            "push",
            Verb.PUSH,
            "push",
            "so that CI sees it",
            level=2,
            arguments=(("branch", f"hotfix/{slug}"),),
            environment="staging",
            question="Is it committed? ✔",
            effects=(Effect("push 1 commit", f"git push origin refs/heads/hotfix/{slug}:refs/heads/hotfix/{slug}"),),
        ),
    )
    return Plan("hotfix", "Ship a production fix", (("slug", slug),), (("main", "a" * 40),), SCOPES, steps, T0)


def open_store(folder: Path, *, read_only: bool = False) -> Store:
    return Store.open(folder / "state" / "console.db", read_only=read_only, who="founder")


def write_steps(store: Store, execution: str, count: int) -> None:
    """Append ``count`` pairs of intention and result, as the engine does."""
    lease = store.leases.acquire(SCOPES, execution=execution, holder=HERE, now=1000.0)
    for number in range(count):
        data = {"observed": {"sha": f"{number:040d}"}}
        store.journal.append(execution, EntryKind.INTENDED, step=f"s{number}", data=data, at=later(number), lease=lease)
        store.journal.append(execution, EntryKind.DONE, step=f"s{number}", data={"result": {}}, at=later(number), lease=lease)
    store.leases.release(lease)


def faults_of_journal(store: Store, execution: str) -> list[str]:
    """Return what R6 forbids: a gap, a result without its intention, a broken audit chain."""
    faults: list[str] = []
    entries = store.journal.entries(execution) if execution in store.journal.ids() else ()
    if [entry.seq for entry in entries] != list(range(1, len(entries) + 1)):
        faults.append("gap")
    intended: set[str] = set()
    for entry in entries:
        if entry.kind is EntryKind.INTENDED:
            intended.add(entry.step)
        if entry.kind is EntryKind.DONE and entry.step not in intended:
            faults.append(f"{entry.step} is done without its intention")
    broken = store.audit.verify()
    return [*faults, *([broken] if broken else [])]
