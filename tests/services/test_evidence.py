"""What is gathered about an execution that the engine carried out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.services.engine import Engine
from strideiq_console.services.evidence import gather
from strideiq_console.store.store import Store
from tests.services.drive import begin, to_the_end
from tests.services.fakes import FakeOutside


async def test_a_hotfix_is_gathered_whole(make_engine: Callable[..., Engine], outside: FakeOutside, store: Store) -> None:
    engine = make_engine()
    first = await begin(engine)
    await to_the_end(engine, outside, first)
    other = store.journal.plan(first)
    store.journal.create("9999-other", other, other.made_at)
    store.journal.append("9999-other", EntryKind.APPROVED, data={}, at=other.made_at, lease=None)
    found = gather(store, first[:6])
    assert found.execution == engine.execution(first)
    assert [entry.seq for entry in found.entries] == list(range(1, found.execution.entries + 1))
    assert {row.execution for row in found.rows} == {first}
    assert found.chain.whole
    assert found.chain.rows == len(found.rows) + 1
    verified = found.execution.record("verify").result["sha"]
    assert [record.sha for record in found.verifications] == [verified]
    typed = [e.data["word"] for e in found.entries if e.kind is EntryKind.CONFIRMED and e.data["level"] >= 3]
    assert typed == ["production"]
    assert {e.data["word"] for e in found.entries if e.kind is EntryKind.CONFIRMED and e.data["level"] < 3} == {""}


def test_none_and_several_are_usage_errors(store: Store) -> None:
    with pytest.raises(UsageError, match="no execution"):
        gather(store, "zzz")
