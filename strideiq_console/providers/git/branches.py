"""All branches in two git calls: one ``for-each-ref``, one ``rev-list``; and what waits on each rung of the ladder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from strideiq_console.domain.branch import Branch, Promotion, classify
from strideiq_console.domain.commit import Commit, Divergence, ref_fault
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git, Output
from strideiq_console.providers.git.place import locate
from strideiq_console.providers.git.refs import commit_of, count_both, read_commits, ref_tip
from strideiq_console.providers.git.walk import Counts, Tips, count

MOST_BRANCHES = 5000
MOST_COMMITS = 400_000
COUNTED_ALONE = 40
MOST_RIDERS = 100

_LOCAL, _REMOTE = "refs/heads/", "refs/remotes/origin/"
_FORMAT = "%00".join(
    (
        "%(refname)",
        "%(objectname)",
        "%(parent)",
        "%(authorname)",
        "%(committerdate:unix)",
        "%(subject)",
        "%(symref)",
        "%(worktreepath)",
    )
)


@dataclass(slots=True)
class _Row:
    """One name with the commits at both its ends."""

    name: str
    local: Commit | None = None
    remote: Commit | None = None
    checked_out: bool = False


def read_branches(git: Git, *, main: str, staging: str) -> tuple[Branch, ...]:
    """Return local branches and origin's, joined by name, newest commit first, at most :data:`MOST_BRANCHES`.

    In a shallow clone nothing is counted. In a history beyond :data:`MOST_COMMITS` only the newest branches are.
    """
    rows = _rows(git, (main, staging))
    if not rows:
        return ()
    bases = [_base(rows, name) for name in (main, staging)]
    counts = _counts(git, rows, bases)
    branches = [_branch(row, one, main=main, staging=staging) for row, one in zip(rows, counts, strict=True)]
    return tuple(sorted(branches, key=lambda branch: branch.tip.committed_at, reverse=True))


def _rows(git: Git, permanent: Sequence[str]) -> list[_Row]:
    rows: dict[str, _Row] = {}
    output = git.read(
        "for-each-ref", "--sort=-committerdate", f"--count={MOST_BRANCHES + 1}", f"--format={_FORMAT}", _LOCAL, _REMOTE
    )
    _collect(rows, output)
    if len(output.text.split("\n")) > MOST_BRANCHES:
        # The permanent branches are wanted even where five thousand others are newer.
        refs = [folder + name for name in permanent for folder in (_LOCAL, _REMOTE) if ref_fault(name) is None]
        kept = dict(list(rows.items())[: MOST_BRANCHES - len(permanent)])
        _collect(kept, git.read("for-each-ref", f"--format={_FORMAT}", *refs))
        rows = kept
    return list(rows.values())


def _collect(rows: dict[str, _Row], output: Output) -> None:
    for line in output.text.split("\n"):
        fields = line.split("\0")
        if len(fields) != 8 or fields[6] or not fields[4]:
            continue  # a symbolic ref such as origin/HEAD, or a ref to something that is no commit
        ref, sha, parents, author, seconds, subject, _, work_tree = fields
        commit = commit_of(sha, parents, author, seconds, subject)
        name = ref.removeprefix(_LOCAL).removeprefix(_REMOTE)
        row = rows.setdefault(name, _Row(name))
        if ref.startswith(_LOCAL):
            row.local, row.checked_out = commit, bool(work_tree)
        else:
            row.remote = commit


def _base(rows: Iterable[_Row], name: str) -> str | None:
    """Return what a permanent branch is at: origin's word counts, the local branch where origin has none."""
    row = next((row for row in rows if row.name == name), None)
    if row is None:
        return None
    end = row.remote or row.local
    return end.sha if end else None


def _counts(git: Git, rows: Sequence[_Row], bases: Sequence[str | None]) -> list[Counts]:
    tips = [Tips(row.local.sha if row.local else None, row.remote.sha if row.remote else None) for row in rows]
    nothing = Counts((None, None), (None, None), None)
    if locate(git).shallow:
        return [nothing for _ in rows]
    if _commits_behind(git) > MOST_COMMITS:
        return [_alone(git, one, bases) if place < COUNTED_ALONE else nothing for place, one in enumerate(tips)]
    listing = git.read("rev-list", "--topo-order", "--parents", "--branches", "--remotes=origin", "--")
    return count(listing.text.split("\n"), tips, bases)


def _commits_behind(git: Git) -> int:
    """Return how many commits the walk would see; git answers this without sorting them, and stops one past the limit."""
    output = git.read("rev-list", "--count", f"--max-count={MOST_COMMITS + 1}", "--branches", "--remotes=origin", "--")
    return int(output.text)


def _alone(git: Git, tips: Tips, bases: Sequence[str | None]) -> Counts:
    """Count one branch by itself, for a history too long to walk here."""

    def against(sha: str | None) -> tuple[Divergence | None, ...]:
        return tuple(count_both(git, sha, base) if sha and base else None for base in bases)

    unpushed = count_both(git, tips.local, tips.remote).ahead if tips.local and tips.remote else None
    return Counts(against(tips.local), against(tips.remote), unpushed)


def _branch(row: _Row, counts: Counts, *, main: str, staging: str) -> Branch:
    # Where the local branch has nothing of its own, origin's end is the newer truth.
    theirs = row.remote is not None and (row.local is None or counts.unpushed == 0)
    tip = row.remote if theirs else row.local
    against = counts.remote if theirs else counts.local
    assert tip is not None  # noqa: S101 - a row is only made for a ref that has a commit
    return Branch(
        name=clean_line(row.name),
        kind=classify(row.name, main=main, staging=staging),
        tip=tip,
        local=row.local.sha if row.local else None,
        remote=row.remote.sha if row.remote else None,
        against_main=against[0],
        against_staging=against[1],
        unpushed=counts.unpushed,
        checked_out=row.checked_out,
        hostile=ref_fault(row.name) is not None,
    )


def read_promotion(git: Git, *, main: str, staging: str) -> Promotion:
    """Return what waits on each rung; None where a branch is missing or the clone is shallow."""
    place = locate(git)
    head = git.read("rev-parse", "--verify", "--quiet", "HEAD", allow=(0, 1)).text or None
    on_main, on_staging = (_permanent_tip(git, name) for name in (main, staging))
    if place.shallow:
        return Promotion(None, None, None)
    ours = count_both(git, head, on_staging).ahead if head and on_staging else None
    if not on_staging or not on_main:
        return Promotion(ours, None, None)
    ladder = count_both(git, on_staging, on_main)
    riders = read_commits(git, f"^{on_main}", on_staging, limit=MOST_RIDERS) if ladder.ahead else ()
    return Promotion(ours, ladder.ahead, ladder.behind, riders)


def _permanent_tip(git: Git, name: str) -> str | None:
    return ref_tip(git, _REMOTE + name) or ref_tip(git, _LOCAL + name)
