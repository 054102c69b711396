"""The fix-forward guard: the third fix within an hour is a reason to go back to what worked (R52)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from strideiq_console.domain.commit import Commit, short_sha

WINDOW = timedelta(minutes=60)
FIXES = 3
_FIX = re.compile(r"(?:fix(?:es|ed)?|hotfix|revert|reapply)\b", re.IGNORECASE)
_BOT = "[bot]"


@dataclass(frozen=True, slots=True)
class Storm:
    """Many fixes in short time. ``first`` is the first of them, ``since`` its time.

    ``before`` is what the branch was at before that one came onto it; None: that cannot be told from the commits in sight.
    """

    count: int
    since: datetime
    first: str
    before: str | None

    def sentence(self, now: datetime, branch: str = "main") -> str:
        """Return the warning as one line."""
        minutes = max(int((now - self.since).total_seconds()) // 60, 1)
        begin = f"{self.count} fixes reached {branch} in the last {minutes} min"
        if self.before is None:
            return f"{begin}; look for the last deployment that worked, and consider going back to it"
        return f"{begin}; before them it was {short_sha(self.before)}: consider going back to it"


def is_fix(commit: Commit, bots: Collection[str] = ()) -> bool:
    """Say whether a commit mends something: by its subject, not by a bot, and no merge (its commits count themselves)."""
    by_bot = commit.author.endswith(_BOT) or commit.author in bots
    return len(commit.parents) < 2 and not by_bot and _FIX.match(commit.subject) is not None


def storm(
    commits: Sequence[Commit], now: datetime, *, bots: Collection[str] = (), window: timedelta = WINDOW, fixes: int = FIXES
) -> Storm | None:
    """Judge the newest commits of main, newest first, the head being the first; None when it is calm.

    A pull request merged by squash is one commit and counts once; a revert is a fix that went backwards and counts. ``bots`` are
    names of authors besides those that end in ``[bot]``.
    """
    recent = [commit for commit in commits if commit.committed_at >= now - window and is_fix(commit, bots)]
    if len(recent) < fixes:
        return None
    arrivals = _arrivals(commits)
    # The commit that came onto the branch first, which is not always the one that was made first.
    first = max(recent, key=lambda commit: (arrivals.get(commit.sha, (-1, None))[0], -commit.committed_at.timestamp()))
    return Storm(len(recent), min(commit.committed_at for commit in recent), first.sha, arrivals.get(first.sha, (-1, None))[1])


def _arrivals(commits: Sequence[Commit]) -> dict[str, tuple[int, str | None]]:
    """Return for each commit how many arrivals ago it came onto the branch, and what the branch was at before."""
    by_sha = {commit.sha: commit for commit in commits}
    line: list[Commit] = []
    here = commits[0] if commits else None
    while here is not None and len(line) < len(commits):
        line.append(here)
        here = by_sha.get(here.parents[0]) if here.parents else None
    found: dict[str, tuple[int, str | None]] = {}
    for place, arrival in reversed(list(enumerate(line))):
        before = arrival.parents[0] if arrival.parents else None
        waiting = [arrival.sha]
        while waiting:
            sha = waiting.pop()
            if sha in by_sha and sha not in found:
                found[sha] = (place, before)
                waiting += by_sha[sha].parents
    return found
