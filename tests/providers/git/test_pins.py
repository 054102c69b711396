"""Pins carry their date in a reflog and go after it; without one they stay."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from strideiq_console.domain.secret import Redactor
from strideiq_console.providers.git import GitClone
from tests.providers.git.repos import NOON, FixedClock, Repo

MADE = 1_700_000_000


def dated(repo: Repo, ref: str, seconds: int) -> None:
    """Let a pin have been made at another time."""
    log = Path(repo.path / ".git/logs" / ref)
    log.write_text(re.sub(r"> \d+ ", f"> {seconds} ", log.read_text()))


async def test_old_pins_go_and_their_refs_only(repo: Repo) -> None:
    clone = GitClone(repo.path, clock=FixedClock(MADE + 40 * 86_400), main="main", staging="staging", redact=Redactor(), patience=0)
    main, staging = repo.sha("main"), repo.sha("staging")
    repo.config("core.logAllRefUpdates", "false")
    for name, sha in (("run-1/main", main), ("run-1/staging", staging), ("run-2/main", main)):
        await clone.pin(name, sha)
    repo.git("update-ref", "refs/console/older", main)
    dated(repo, "refs/console/run-1/main", MADE)
    dated(repo, "refs/console/run-1/staging", MADE + 5 * 86_400)
    dated(repo, "refs/console/run-2/main", MADE + 20 * 86_400)
    before = NOON - timedelta(days=30)
    assert await clone.expire_pins(before) == ("run-1/main", "run-1/staging")
    assert repo.git("for-each-ref", "--format=%(refname)", "refs/console") == "refs/console/older\nrefs/console/run-2/main"
    assert await clone.expire_pins(before) == ()
    assert repo.sha("refs/heads/main") == main
    # The clock of a world counts, whatever the real time is.
    assert await clone.expire_pins(NOON) == ("run-2/main",)


async def test_a_broken_reflog_keeps_the_pin(repo: Repo) -> None:
    clone = GitClone(repo.path, clock=FixedClock(), main="main", staging="staging", redact=Redactor(), patience=0)
    for name, text in (("empty", ""), ("words", "what is this\n"), ("negative", "a b c <d> -1 +0000\tx\n")):
        await clone.pin(name, repo.sha("main"))
        (repo.path / ".git/logs/refs/console" / name).write_text(text)
    assert await clone.expire_pins(NOON + timedelta(days=9999)) == ()
