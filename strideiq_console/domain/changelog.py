"""The changelog of a release (R55, S8): every commit of the range exactly once, by type, as Markdown that takes texts literally."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from strideiq_console.domain.commit import Commit, short_sha
from strideiq_console.domain.conventional import Message, parse
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.policy.rollback.reverts import full_name, reverted_in
from strideiq_console.domain.untrusted import backstop, clean_line

RELEASE_LIMIT = 125_000
PULL_REQUEST_LIMIT = 65_000
BREAKING, REVERTS, MERGED, OTHER = "Breaking changes", "Reverts", "Merged pull requests", "Other"
_BY_TYPE = {
    "feat": "Features",
    "fix": "Fixes",
    "perf": "Performance",
    "refactor": "Refactoring",
    "docs": "Documentation",
    "test": "Tests",
    "build": "Build",
    "ci": "Continuous integration",
    "style": "Style",
    "chore": "Chores",
    "revert": REVERTS,
}
GROUPS = (BREAKING, *_BY_TYPE.values(), MERGED, OTHER)
_LONGEST = 300
_ROOM = 600  # for the head, and for what is said of a cut

_MERGED = re.compile(r"Merge pull request #(\d{1,9}) from \S")
_REVERTED = re.compile(r'(?:Revert|Reapply) "')
_NUMBER = re.compile(r"\(#(\d{1,9})\)\Z")
_MENTION = re.compile(r"@[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:/[A-Za-z0-9._-]{1,100})?")
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|~&$"})
_BEGINS = re.compile(r"[-+=#]|\d{1,9}(?=[.)])")


@dataclass(frozen=True, slots=True)
class Line:
    """One commit of a changelog. ``words`` are clean and not escaped. ``pull`` is the number of its pull request, None: none named.

    ``reverts`` are the commits that it says it takes back; ``note`` is what it says of the break.
    """

    sha: str
    words: str
    scope: str = ""
    pull: int | None = None
    reverts: tuple[str, ...] = ()
    note: str = ""

    def markdown(self) -> str:
        """Return the line as an item of a list."""
        scope = f"**{literal(self.scope)}**: " if self.scope else ""
        note = f" — {literal(self.note)}" if self.note else ""
        back = f" (takes back {', '.join(f'`{short_sha(sha)}`' for sha in self.reverts)})" if self.reverts else ""
        return f"- {scope}{literal(self.words)}{note}{back} `{short_sha(self.sha)}`"


@dataclass(frozen=True, slots=True)
class Group:
    """The commits of one kind, newest first."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Changelog:
    """What changed between two commits. ``commits`` is their number; empty groups are left out.

    ``migrations`` are the migration files that the commits touch; None: nobody looked at every commit.
    """

    version: str
    since: str
    until: str
    groups: tuple[Group, ...]
    commits: int
    migrations: tuple[str, ...] | None = None

    def markdown(self, limit: int = RELEASE_LIMIT) -> str:
        """Return the whole as Markdown of at most ``limit`` bytes, which GitHub counts as characters at most.

        What does not fit is named by its commit alone, at the end of its group, and what does not fit even so is counted; the text
        says both. GitHub takes 125,000 characters for a release and 65,536 for a pull request.
        """
        return _Page(self, limit).text()


def changelog(changes: Sequence[Change], *, version: str, since: str, until: str) -> Changelog:
    """Sort the commits of a range, newest first; one that is given twice counts once. ``since`` is empty for a first release."""
    known = {change.commit.sha: change for change in changes}
    found: dict[str, list[Line]] = {title: [] for title in GROUPS}
    for change in known.values():
        title, line = _sorted(change, known)
        found[title].append(line)
    groups = tuple(Group(title, tuple(lines)) for title, lines in found.items() if lines)
    looked = [change.migrations for change in known.values() if change.migrations is not None]
    files = tuple(sorted({file for row in looked for file in row})) if len(looked) == len(known) else None
    return Changelog(version, since, until, groups, len(known), files)


def literal(words: str) -> str:
    """Return text that Markdown draws as it is, on one line; a mention (``@name``) stands in a code span: it calls nobody."""
    plain = clean_line(backstop(words).strip(), limit=_LONGEST)
    pieces, end = [], 0
    for mention in _MENTION.finditer(plain):
        pieces += [plain[end : mention.start()].translate(_MARKS), f"`{mention[0]}`"]
        end = mention.end()
    text = "".join([*pieces, plain[end:].translate(_MARKS)])
    begin = _BEGINS.match(text)
    if begin is None:
        return text
    return f"{begin[0]}\\{text[begin.end() :]}" if begin[0].isdigit() else f"\\{text}"


def _sorted(change: Change, shas: Collection[str]) -> tuple[str, Line]:
    commit, whole = change.commit, change.message or change.commit.subject
    merged = _MERGED.match(commit.subject)
    if merged is not None:
        return MERGED, Line(commit.sha, f"{_title(commit, whole)} (#{merged[1]})", pull=int(merged[1]))
    message = parse(whole)
    number = _NUMBER.search(commit.subject)
    pull = int(number[1]) if number else None
    reverts = tuple(full_name(name, shas) for name in reverted_in(whole))
    if reverts or _REVERTED.match(commit.subject) or (message is not None and message.type == "revert"):
        return REVERTS, Line(commit.sha, commit.subject, pull=pull, reverts=reverts)
    if message is None or (message.type not in _BY_TYPE and not message.breaking):
        return OTHER, Line(commit.sha, commit.subject or "(no subject)", pull=pull)
    title = BREAKING if message.breaking else _BY_TYPE[message.type]
    return title, Line(commit.sha, clean_line(message.subject), clean_line(message.scope), pull, note=_note(message))


def _title(commit: Commit, whole: str) -> str:
    """Return the title of a merged pull request, which GitHub writes below; else the branch that it came from."""
    below = (line.strip() for line in whole.split("\n")[1:])
    return clean_line(next(filter(None, below), "")) or commit.subject.partition(" from ")[2]


def _note(message: Message) -> str:
    return clean_line(next((value for token, value in message.footers if token.startswith("BREAKING")), ""))


class _Page:
    """One Markdown page within a limit: as many whole lines as fit, in the order of the groups, once each commit has its place."""

    def __init__(self, log: Changelog, limit: int) -> None:
        self._log = log
        self._room = limit - _ROOM - sum(_size(f"\n### {group.title}\n\n") + 60 for group in log.groups)
        self._migrations = self._files()
        self._short, self._lost = 0, 0
        self._kept = self._fitting()

    def text(self) -> str:
        log = self._log
        title = [f"## {literal(log.version)}", ""] if log.version else []
        range_ = f"since {literal(log.since)}" if log.since else "from the beginning"
        count = f"{log.commits:,} commit" + ("" if log.commits == 1 else "s")
        body = [*title, f"{count} {range_}, up to {literal(log.until)}.", *self._cut(), *self._migrations]
        for group in log.groups:
            body += self._group(group)
        return "\n".join(body) + "\n"

    def _fitting(self) -> dict[str, bool]:
        """Return which commits have a place: true for the whole line, false for the bare name."""
        lines = [line for group in self._log.groups for line in group.lines]
        bare = _size("`1234567` ")
        placed = lines[: max(self._room // bare, 0)]
        room = self._room - bare * len(placed)
        kept: dict[str, bool] = {}
        for line in placed:
            more = _size(line.markdown()) + 1 - bare
            kept[line.sha] = more <= room
            room -= more if kept[line.sha] else 0
        self._short = sum(not whole for whole in kept.values())
        self._lost = len(lines) - len(placed)
        return kept

    def _cut(self) -> list[str]:
        said = []
        if self._short:
            said.append(f"{self._short:,} of them are named by their commit alone, at the end of their groups")
        if self._lost:
            said.append(f"{self._lost:,} are not listed")
        return ["", f"The list is too long for GitHub: {', and '.join(said)}."] if said else []

    def _group(self, group: Group) -> list[str]:
        whole = [line.markdown() for line in group.lines if self._kept.get(line.sha)]
        bare = [f"`{short_sha(line.sha)}`" for line in group.lines if self._kept.get(line.sha) is False]
        rest = [f"- {'and ' if whole else ''}{len(bare):,} by commit alone: {' '.join(bare)}"] if bare else []
        return ["", f"### {group.title}", "", *whole, *rest] if whole or rest else []

    def _files(self) -> list[str]:
        files = self._log.migrations
        if files is None:
            return ["", "Which migrations are in it nobody has looked at."]
        lines, left = ["", "### Migrations", ""], self._room // 4
        for place, file in enumerate(files):
            line = f"- {literal(file)}"
            if (left := left - _size(line) - 1) < 0:
                lines.append(f"- and {len(files) - place:,} more")
                break
            lines.append(line)
        self._room -= sum(_size(line) + 1 for line in lines)
        return lines if files else []


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
