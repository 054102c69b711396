"""Commit messages by Conventional Commits 1.0.0 (R34): read, judged while they are written, and put together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from strideiq_console.domain.untrusted import clean_line, is_raw

TYPES = ("feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore", "revert")
EXAMPLE = "feat(auth): remember the device"
HINT_COLUMNS = 72
MOST_COLUMNS = 100
_MOST_LONG_LINES = 5

_HEADER = re.compile(
    r"(?P<type>[A-Za-z][A-Za-z-]{0,29})(?:\((?P<scope>[^()\n]{0,100})\))?(?P<mark>!)?:(?P<gap>[ \t]{0,20})(?P<subject>.*)\Z"
)
_LOOSE = re.compile(r"(?P<type>[A-Za-z]{2,12}) {0,3}(?:\([^()\n]{0,100}\))? {0,3}!? {1,3}:")
_SCOPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/,-]*\Z")
_FOOTER = re.compile(r"(?P<token>BREAKING CHANGE|[A-Za-z][A-Za-z0-9-]{0,40})(?:: | (?=#))(?P<value>.*)\Z")
_CLOSES = re.compile(r"(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\Z", re.IGNORECASE)
_NUMBERS = re.compile(r"#(\d{1,9})\b")
_NO_HASH = re.compile(r"(?:closes|fixes|resolves):? (\d{1,9})\Z", re.IGNORECASE)
_BREAKING = ("BREAKING CHANGE", "BREAKING-CHANGE")
_BREAKING_LINES = ("BREAKING CHANGE: ", "BREAKING-CHANGE: ")
_MEANT = {
    "feature": "feat",
    "features": "feat",
    "add": "feat",
    "bug": "fix",
    "bugfix": "fix",
    "hotfix": "fix",
    "doc": "docs",
    "readme": "docs",
    "format": "style",
    "lint": "style",
    "refactoring": "refactor",
    "performance": "perf",
    "tests": "test",
    "deps": "build",
    "wip": "chore",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A conventional message. ``type`` is in lower case and not always one of ``TYPES``; ``body`` are lines without the footers.

    ``closes`` are the issues of ``Closes #n``, ``Fixes #n`` and ``Resolves #n``; ``footers`` the other pairs of token and value.
    """

    type: str
    scope: str
    breaking: bool
    subject: str
    body: tuple[str, ...] = ()
    closes: tuple[int, ...] = ()
    footers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Lint:
    """What is wrong with a message, and what to type. An ``error`` keeps it from being committed. ``line`` counts from 1."""

    level: Literal["error", "hint"]
    words: str
    line: int = 1


def parse(text: str) -> Message | None:
    """Read a message; None when its first line is not ``type(scope)!: subject``. Lines that follow are taken as they come."""
    lines = _lines(text)
    header = _HEADER.match(lines[0].rstrip())
    if header is None or not header["gap"] or not header["subject"].strip():
        return None
    body, footers = _parted(lines[1:])
    closes = [number for token, value in footers if _CLOSES.match(token) for number in _NUMBERS.findall(value)]
    others = tuple((token, value) for token, value in footers if not (_CLOSES.match(token) and _NUMBERS.search(value)))
    said = any(line.startswith(_BREAKING_LINES) for line in lines[1:])
    return Message(
        type=header["type"].lower(),
        scope=(header["scope"] or "").strip(),
        breaking=header["mark"] is not None or said,
        subject=header["subject"].strip(),
        body=body,
        closes=tuple(dict.fromkeys(int(number) for number in closes)),
        footers=others,
    )


def compose(
    type: str,  # noqa: A002
    scope: str,
    subject: str,
    body: Sequence[str] = (),
    closes: Sequence[int] = (),
    *,
    breaking: bool = False,
) -> str:
    """Put a message together; it ends with a newline. What is wrong with the parts, :func:`lint` says of the whole."""
    place = f"({clean_line(scope).strip()})" if scope.strip() else ""
    lines = [f"{type}{place}{'!' if breaking else ''}: {clean_line(subject).strip()}"]
    middle = _trimmed([line.rstrip() for part in body for line in _lines(part)])
    if middle:
        lines += ["", *middle]
    if closes:
        lines += ["", *(f"Closes #{number}" for number in dict.fromkeys(closes))]
    return "\n".join(lines) + "\n"


def lint(text: str) -> tuple[Lint, ...]:
    """Judge a message as it stands in the editor: errors and hints in the order of its lines."""
    lines = _lines(text.rstrip())
    if not lines[0].strip():
        return (Lint("error", f"write the subject on the first line: {EXAMPLE}"),)
    found = [*_header_faults(lines[0].rstrip()), *_width_of_subject(lines[0].rstrip()), *_control(lines)]
    if len(lines) > 1 and lines[1].strip():
        found.append(Lint("error", "leave line 2 empty: press Enter once more after the subject", 2))
    return (*found, *_body_faults(lines))


def columns(text: str) -> int:
    """Return how many columns a terminal gives to a line: wide letters take two, marks on other letters none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


def _header_faults(line: str) -> list[Lint]:
    header = _HEADER.match(line)
    if header is None:
        loose = _LOOSE.match(line)
        if loose is not None:
            return [Lint("error", f"take out the blank before the colon: {loose[0].replace(' ', '')} …")]
        return [Lint("error", f"begin with a type and a colon, for instance {EXAMPLE}; types are {', '.join(TYPES)}")]
    found = _type_faults(header["type"])
    scope = header["scope"]
    if scope is not None and not scope.strip():
        found.append(Lint("error", f"put a scope between the parentheses or take them out: {header['type']}: …"))
    elif scope is not None and not _SCOPE.match(scope):
        found.append(Lint("error", "write the scope as one word without blanks, for instance (auth) or (api/login)"))
    subject = header["subject"].strip()
    if not subject:
        return [*found, Lint("error", "write after the colon what the change does, for instance remember the device")]
    if not header["gap"]:
        found.append(Lint("error", "put a blank after the colon"))
    if subject.endswith("."):
        found.append(Lint("error", "take out the period at the end of the subject"))
    return found


def _type_faults(word: str) -> list[Lint]:
    lower = word.lower()
    if lower in TYPES:
        return [] if word == lower else [Lint("hint", f"write the type in lower case: {lower}")]
    meant = _MEANT.get(lower)
    if meant is not None:
        return [Lint("error", f"write {meant} instead of {word}")]
    return [Lint("error", f"{word} is no type: write one of {', '.join(TYPES)}")]


def _width_of_subject(line: str) -> list[Lint]:
    width = columns(line)
    if width <= HINT_COLUMNS:
        return []
    if width <= MOST_COLUMNS:
        words = f"the first line has {width} columns: {width - HINT_COLUMNS} fewer and every list shows it whole"
        return [Lint("hint", words)]
    return [
        Lint("error", f"the first line has {width} columns: shorten it to {HINT_COLUMNS}, and write the rest below an empty line")
    ]


def _control(lines: Sequence[str]) -> list[Lint]:
    for number, line in enumerate(lines, 1):
        at = next((place for place, char in enumerate(line, 1) if is_raw(char) and (char != "\t" or number == 1)), None)
        if at is not None:
            words = f"delete the invisible character U+{ord(line[at - 1]):04X} at column {at} of line {number}"
            return [Lint("error", words, number)]
    return []


def _body_faults(lines: Sequence[str]) -> list[Lint]:
    found, long = [], []
    for number, line in enumerate(lines[1:], 2):
        bare = _NO_HASH.match(line.strip())
        if bare is not None:
            found.append(Lint("hint", f"write Closes #{bare[1]}: without # GitHub closes nothing", number))
        elif columns(line) > HINT_COLUMNS and " " in line.strip():  # an address cannot be broken
            long.append(number)
    found += [Lint("hint", f"break line {n} before column {HINT_COLUMNS + 1}", n) for n in long[:_MOST_LONG_LINES]]
    if len(long) > _MOST_LONG_LINES:
        more = len(long) - _MOST_LONG_LINES
        found.append(
            Lint("hint", f"break {more} more long lines, the next is line {long[_MOST_LONG_LINES]}", long[_MOST_LONG_LINES])
        )
    return found


def _parted(lines: Sequence[str]) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Part what follows the subject into body and footers: the last paragraphs that begin with one, and lines that close issues."""
    found: list[list[tuple[str, str]]] = []
    end = _end(lines, len(lines))
    while end:
        start = _start(lines, end)
        first = start if _FOOTER.match(lines[start]) else _closing_lines(lines, start, end)
        if first < end:
            found.append(_read(lines[first:end]))
            end = _end(lines, first)
        if first > start:
            break
    return tuple(_trimmed(lines[:end])), [pair for pairs in reversed(found) for pair in pairs]


def _trimmed(lines: Sequence[str]) -> list[str]:
    end = _end(lines, len(lines))
    return list(lines[next((place for place in range(end) if lines[place].strip()), end) : end])


def _end(lines: Sequence[str], end: int) -> int:
    """Return where ``lines[:end]`` ends without its last empty lines."""
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _start(lines: Sequence[str], end: int) -> int:
    """Return where the last paragraph of ``lines[:end]`` begins."""
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    return start


def _closing_lines(lines: Sequence[str], start: int, end: int) -> int:
    """Return where the closing lines at the end of a paragraph begin: many write them right under the bullets."""
    while end > start:
        footer = _FOOTER.match(lines[end - 1])
        if footer is None or not (_CLOSES.match(footer["token"]) or footer["token"] in _BREAKING):
            break
        end -= 1
    return end


def _read(lines: Sequence[str]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, list[str]]] = []
    for line in lines:
        footer = _FOOTER.match(line)
        if footer is not None:
            pairs.append((footer["token"], [footer["value"].strip()]))
        elif pairs:  # a value goes on until the next token
            pairs[-1][1].append(line.strip())
    return [(token, " ".join(parts)) for token, parts in pairs]
