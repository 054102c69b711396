"""An outside with branches in every state that a clean-up may meet."""

from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.pull_request import PullRequest, PullState
from tests.services.fakes import FakeOutside

MERGED, SQUASHED, TOUCHED, OPEN, WORK, GONE = (
    "feature/merged",
    "feature/squashed",
    "feature/touched-again",
    "feature/open",
    "feature/work",
    "hotfix/gone-at-github",
)


def _save(outside: FakeOutside, subject: str, files: dict[str, bytes], *parents: str) -> str:
    sha = outside.commit(subject, *parents)
    outside.trees[sha] = files
    return sha


def pull(outside: FakeOutside, number: int, head: str, base: str, state: PullState) -> None:
    url = f"https://github.com/acme/strideiq/pull/{number}"
    sha = outside.origin.get(head) or outside.local[head]
    outside.pulls[number] = PullRequest(number, f"Pull {number}", state, head, sha, base, "founder", url, mergeable=True)


def left_over() -> FakeOutside:
    """Six branches that begin at the first commit; staging has merged, squashed and squashed-then-edited three of them."""
    outside = FakeOutside()
    base = outside.origin["main"]
    outside.trees[base] = {"app": b"1"}
    tips = {
        name: _save(outside, f"feat: {name}", {"app": b"1", name: b"done"}, base)
        for name in (MERGED, SQUASHED, TOUCHED, OPEN, WORK, GONE)
    }
    outside.origin.update(tips)
    outside.local.update(tips)
    del outside.origin[GONE], outside.local[OPEN]
    for number, name in ((50, TOUCHED), (51, GONE)):
        pull(outside, number, name, "staging", PullState.OPEN)
        outside.pulls[number] = replace(outside.pulls[number], state=PullState.MERGED)
    pull(outside, 52, OPEN, "staging", PullState.OPEN)
    files = {"app": b"1", SQUASHED: b"done", TOUCHED: b"edited since", MERGED: b"done"}
    outside.origin["staging"] = _save(outside, "Merge", files, outside.origin["staging"], tips[MERGED])
    outside.local["staging"] = outside.origin["staging"]
    outside.tracking = dict(outside.origin)
    outside.origin["main"] = _save(outside, "chore: by somebody else", {"app": b"1"}, base)
    return outside


def tidy_effects() -> tuple[str, ...]:
    """What cleaning up the merged, the squashed and the one that is gone at GitHub does."""
    return (
        "git fetch",
        f"DELETE refs {MERGED}",
        f"git delete {MERGED}",
        f"DELETE refs {SQUASHED}",
        f"git delete {SQUASHED}",
        f"git delete {GONE}",
        "git fetch",
    )
