"""The branches panel: target, pull requests with what blocks them, CI, divergence, age, what is left over (R16-R19)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from strideiq_console.domain.branch import Branch, BranchKind
from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.facts import Facts, PullStanding
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.branch_acts import acts as acts
from strideiq_console.presentation.branch_ages import Aged, BranchAges
from strideiq_console.presentation.branch_lines import detail as detail
from strideiq_console.presentation.branch_state import Remains, index
from strideiq_console.presentation.branch_state import base_divergence as base_divergence
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.environment_cells import check_tone
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.kept_rows import KeptRows, Parts, politely
from strideiq_console.presentation.protection_rules import badge, protection_level
from strideiq_console.presentation.pull_words import pull_words
from strideiq_console.presentation.pull_words import short_blocker as short_blocker

_TARGETS = {
    BranchKind.MAIN: "production",
    BranchKind.STAGING: "staging",
    BranchKind.FEATURE: "none",
    BranchKind.HOTFIX: "stg → prod",
    BranchKind.RELEASE: "stg → prod",
    BranchKind.UNCLASSIFIED: "no kind",
}
"""Short words for :attr:`BranchKind.deploys_to`; a preview that Vercel makes of a branch is no deployment of the document's."""

_MANY = 500
_AGES_LAST = 20.0
"""Seconds in which the ages of so many rows are not reckoned anew."""

UNFETCHED = timedelta(hours=1)
"""What GitHub has may differ from what the clone knows after so long without a fetch."""


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return the branches: those in work, newest first, then what is left over, then the permanent ones."""
    fresh = freshness(facts.branches, "branches", now)
    rows = _rows(_Moment(facts, now, glyphs, narrow))
    notice = fresh.notice
    if not notice and not rows:
        notice = "The clone has no branch yet: make a first commit."
    count = "" if facts.branches.value is None else f"{len(rows)} branch{'es' if len(rows) != 1 else ''}"
    footer = ", ".join(filter(None, (count, unfetched(facts, now))))
    return Table(_columns(rows, narrow=narrow), rows, fresh.look, notice, footer, fresh.age)


def _columns(rows: tuple[Row, ...], *, narrow: bool) -> tuple[Column, ...]:
    """Return the columns, none wider than what stands in it: what is left is the name's."""
    target = (Column("deploys to", 11),) if narrow else ()
    place = 1 + len(target)
    texts = ({row.cells[at].text for row in rows} for at in (place, place + 2))
    pulls, counts = (max(map(width, words), default=0) + 1 for words in texts)
    sized = (Column("pull requests", min(max(pulls, 14), 18)), Column("CI", 3), Column("+ −", min(max(counts, 4), 10)))
    return (Column("branch"), *target, *sized, Column("age", 6))


def unfetched(facts: Facts, now: datetime) -> str:
    """Say how old the clone's word of origin is, where that is long; ``""`` while it is recent or nothing is known."""
    clone = facts.clone.value
    if clone is None or clone.remote is None:
        return ""
    if clone.fetched_at is None:
        return "not fetched since it was cloned"
    age = now - clone.fetched_at
    return f"fetched {age_words(age)} ago" if age > UNFETCHED else ""


def level(facts: Facts, now: datetime) -> Level:
    """Return how bad it is: rules that let work past review, pull requests that need a person; unknown without fresh facts."""
    if facts.branches.value is None or freshness(facts.branches, "branches", now).look is not Look.FRESH:
        return Level.UNKNOWN
    lasting = [b for b in facts.branches.value if b.kind.permanent and facts.protections.value]
    levels = {protection_level(facts, branch) for branch in lasting}
    if any(short_blocker(s) in ("CI red", "conflict", "changes wanted") for s in facts.pulls.value or ()):
        levels.add(Level.WARNING)
    return next((one for one in (Level.CRITICAL, Level.WARNING, Level.UNKNOWN) if one in levels), Level.OK)


def pulls_of(branch: str, facts: Facts) -> tuple[PullStanding, ...]:
    """Return the open pull requests whose head is this branch, in the order of their numbers; for many branches use an index."""
    return index(facts).pulls_of(branch)


def left_over(branch: Branch, facts: Facts) -> bool:
    """Say whether a branch has served (:meth:`BranchIndex.gone`); for many branches use an index."""
    return index(facts).gone(branch)


class _Moment:
    """What the rows are made of. Two moments are the same when nothing that a row shows has changed in between.

    A panel of five thousand rows is drawn anew whenever one of its feeds was read, and nearly always reads what it knew.
    """

    def __init__(self, facts: Facts, now: datetime, glyphs: Glyphs, narrow: bool) -> None:
        self.facts, self.now, self.glyphs, self.narrow = facts, now, glyphs, narrow
        self.pulls = freshness(facts.pulls, "pulls", now)
        self.trusted = {
            "pulls": self.pulls.trusted,
            "runs": freshness(facts.runs, "runs", now).trusted,
            "protections": freshness(facts.protections, "protections", now).trusted,
        }
        values = (facts.branches.value, facts.pulls.value, facts.runs.value, facts.protections.value, facts.ladder.value)
        few = len(facts.branches.value or ()) < _MANY
        self.aged = now.timestamp() if few else now.timestamp() // _AGES_LAST
        self._parts = (
            self.aged,
            self.pulls.age,
            narrow,
            glyphs.name,
            self.trusted,
            facts.required_checks,
            *values,
        )

    def __hash__(self) -> int:
        return hash(self._parts[:4])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Moment) and self._parts == other._parts


@lru_cache(maxsize=2)
def _rows(moment: _Moment) -> tuple[Row, ...]:
    return _Rows(moment).rows(*_kept(moment.glyphs.name, moment.narrow))


@lru_cache(maxsize=4)
def _kept(glyphs: str, narrow: bool) -> tuple[KeptRows, BranchAges]:
    """Return the rows of the last table that was made for these glyphs, and as narrow; and the ages of its branches."""
    return KeptRows(), BranchAges()


class _Rows:
    """Makes the rows of one moment. What rows share is made once: there may be five thousand of them."""

    def __init__(self, moment: _Moment) -> None:
        facts, glyphs = moment.facts, moment.glyphs
        self._facts, self._known, self._now, self._glyphs, self._narrow = facts, index(facts), moment.now, glyphs, moment.narrow
        self._pulls_age, self._trusted, self._aged = moment.pulls.age, moment.trusted, moment.aged
        ladder = facts.ladder.value
        self._lint = bool(ladder is not None and ladder.problems)
        self._targets = {kind: Cell(words, Tone.MUTED) for kind, words in _TARGETS.items()}
        self._shared: dict[tuple[str, Tone], Cell] = {}
        self._nothing = Cell("–", Tone.MUTED)
        self._unknown_run = Cell(glyphs.unknown, Tone.UNKNOWN)
        # CI does not run for a branch without a pull request, which is no news and no fault (R60).
        self._no_run = Cell(glyphs.none, Tone.MUTED) if facts.runs.value is not None else self._unknown_run
        self._without = {
            words: Cell(words, Tone.MUTED) for words in ("no PR", "unclassified", "no PR, stale", "unclassified, stale")
        }
        words = {Remains.MERGED: "left over", Remains.SQUASHED: str(Remains.SQUASHED)}
        self._served = {remains: Cell(word, Tone.MUTED) for remains, word in words.items()}

    def rows(self, kept: KeptRows, ages: BranchAges) -> tuple[Row, ...]:
        """Return all rows in their order; those of which nothing has changed are the kept ones."""
        remains, permanent, facts = self._known.remains, self._known.permanent, self._facts
        work, served, lasting = list[tuple[Aged, Remains]](), list[tuple[Aged, Remains]](), list[tuple[Aged, Remains]]()
        for one in politely(ages.of(facts.branches.value or (), self._now, self._aged)):
            left = remains(one.branch)
            (lasting if one.branch.name in permanent else served if left in self._served else work).append((one, left))
        common = (
            *(self._trusted, self._pulls_age, self._lint, self._narrow, self._glyphs, dict(permanent)),
            *(facts.pulls.value is None, facts.runs.value is None, facts.protections.value, facts.required_checks),
        )
        return kept.renewed(common, map(self._parts, (*work, *served, *lasting)), self._row)

    def _parts(self, found: tuple[Aged, Remains]) -> tuple[str, Parts]:
        (branch, _, age, stale), left = found
        known, name = self._known, branch.name
        return name, (branch, left, known.pulls.get(name, ()), known.runs.get(name), age, stale)

    def _row(
        self, branch: Branch, left: Remains, pulls: tuple[PullStanding, ...], run: WorkflowRun | None, age: str, stale: bool
    ) -> Row:
        gone = left in self._served
        side = base_divergence(branch)
        counts = self._nothing if side is None or gone else self._same(f"+{side.ahead} −{side.behind}", Tone.PLAIN)
        standing = self._pulls(pulls) if pulls and not branch.hostile else self._standing(branch, left, stale)
        middle = (self._targets[branch.kind], standing) if self._narrow else (standing,)
        cells = (self._name(branch, gone), *middle, self._ci(branch, pulls, run), counts, self._same(age, Tone.MUTED))
        return Row(branch.name, cells, pulls[0].pull.url if pulls else "", (branch.name,) if branch.checked_out else ())

    def _same(self, words: str, tone: Tone) -> Cell:
        """Return a cell that many rows may share."""
        cell = self._shared.get((words, tone))
        if cell is None:
            cell = self._shared[words, tone] = Cell(words, tone)
        return cell

    def _name(self, branch: Branch, gone: bool) -> Cell:
        if not branch.checked_out:
            return Cell(branch.name, Tone.WARNING if branch.hostile else Tone.MUTED if gone else Tone.PLAIN)
        # The migration files of the work tree are those of the branch that is checked out (R86).
        mark = f"{self._glyphs.here}{self._glyphs.warn}" if self._lint else self._glyphs.here
        return Cell(f"{mark} {branch.name}", Tone.WARNING if branch.hostile or self._lint else Tone.PLAIN)

    def _ci(self, branch: Branch, pulls: tuple[PullStanding, ...], run: WorkflowRun | None) -> Cell:
        """Return the mark of the tip's newest run; an older commit's says nothing of it, and some branches have none (R60)."""
        if run is not None and run.sha in (branch.tip.sha, branch.remote):
            if run.state.passes and not self._trusted["runs"]:
                return self._unknown_run  # what is not fresh is never green
            return Cell(self._glyphs.check(run.state), check_tone(run.state))
        permanent = self._known.permanent
        covered = branch.name in permanent or any(standing.pull.base in permanent for standing in pulls)
        return self._unknown_run if covered else self._no_run

    def _pulls(self, pulls: tuple[PullStanding, ...]) -> Cell:
        numbers = " ".join(f"#{one.pull.number}" for one in pulls)
        words, tone = pull_words(pulls, self._glyphs)
        if tone is Tone.OK and not self._trusted["pulls"]:
            words, tone = self._glyphs.unknown, Tone.UNKNOWN
        return Cell(f"{numbers} {words}" + (f" {self._pulls_age}" if self._pulls_age else ""), tone, pulls[0].pull.url)

    def _standing(self, branch: Branch, left: Remains, stale: bool) -> Cell:
        """Return what a branch without pull requests is."""
        if branch.hostile:
            return Cell("unfit name", Tone.WARNING)
        if left in self._served:
            return self._served[left]
        if branch.name in self._known.permanent:
            known = badge(self._facts, branch, self._glyphs) or Cell(f"→ {branch.kind.deploys_to}", Tone.MUTED)
            good = known.text.startswith(self._glyphs.ok) and not self._trusted["protections"]
            return Cell(self._glyphs.unknown + known.text[1:], Tone.UNKNOWN) if good else known
        if self._facts.pulls.value is None:
            return self._nothing
        kind = "unclassified" if branch.kind is BranchKind.UNCLASSIFIED else "no PR"
        return self._without[f"{kind}, stale" if stale else kind]
