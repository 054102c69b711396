"""What people and the outside say is kept without its secrets; what a deed is recognised by is kept word for word."""

from __future__ import annotations

from collections.abc import Callable

from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.domain.secret import MASK, Redactor, Secret
from strideiq_console.services.engine import Engine
from strideiq_console.services.record import Record
from strideiq_console.store.store import Store
from tests.services.fakes import FakeOutside

TOKEN = "gh" + "p_" + "a1B2" * 9


async def test_no_secret_of_a_text_reaches_the_journal(
    make_engine: Callable[..., Engine], outside: FakeOutside, store: Store
) -> None:
    redact = Redactor([Secret("canary-of-railway")])
    engine = make_engine(redact=redact)
    execution = await engine.start(await engine.plan("hotfix", {"slug": "fix-auth-crash"}))
    await engine.advance(execution.id)
    await engine.skip(execution.id, f"the token {TOKEN} of canary-of-railway had ended")
    record = Record(store.journal, execution.id, None, outside.clock, lambda _: None, None, redact)
    entry = {"note": f"see {TOKEN}", "message": "fix: token refresh-handling-again"}
    record.append(EntryKind.ANSWERED, step="push", data={"answer": "yes", "entry": entry})
    kept = store.journal.entries(execution.id)
    assert TOKEN not in str(kept)
    assert "canary" not in str(kept)
    assert MASK in kept[-2].data["reason"]
    assert kept[-1].data["entry"]["message"] == entry["message"], "a commit is recognised by its message"
    assert store.audit.verify() is None
