"""Every runbook over a git that writes down each call: no forced or destructive one, none of an unknown shape (rule 7)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.crash.practice import PRACTICES, begin, to_the_end
from tests.git_shim import RecordedGit, approved, forbidden, recorded_git

__all__ = ["recorded_git"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PRACTICES)
def test_no_runbook_calls_git_in_a_forbidden_way(tmp_path: Path, recorded_git: RecordedGit, name: str) -> None:
    practice = PRACTICES[name]
    world = World.open(tmp_path / "world", scenario=practice.scenario, clock=practice.clock)
    practice.prepare(world)
    for happens in practice.before.values():
        happens(world)
    world.close()
    recorded_git.forget()
    stuck = asyncio.run(to_the_end(tmp_path / "world", practice, begin(tmp_path / "world", practice)))
    assert stuck == ""
    # The console's calls are hardened; those that are not are of the world's own hands, which write and commit the founder's fix.
    mine = [call for call in recorded_git.calls() if call.argv[:1] == ("--no-pager",)]
    hands = {call.words[0] for call in recorded_git.calls() if call not in mine and "/clone" in call.cwd}
    assert hands <= {"add", "commit", "rev-parse", "show-ref", "worktree"}, hands
    assert any(call.words[:1] == ("ls-remote",) for call in mine) or practice.runbook in ("protect", "rollback", "migrate")
    fouls = [(call.argv, forbidden(call.argv) or "no approved shape") for call in mine]
    assert [(argv, why) for argv, why in fouls if forbidden(argv) or not approved(argv)] == []
