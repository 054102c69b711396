"""What a log says went wrong: the level of each line, the first error, and the end of the step that failed (R62)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

EXTRACT_LINES = 50
"""Section 3 of the architecture document: the last 50 lines of the failing step."""

_GROUP = "##[group]"
_END_OF_GROUP = "##[endgroup]"
_MARKED = {"##[error]": "error", "##[warning]": "warning", "##[notice]": "notice", "##[debug]": "quiet"}
# What test runners, compilers and linters write at the beginning of a line that says what is wrong. \S is held short: the first
# word of a line may be as long as the line.
_WRONG = (
    r"[ \t]{0,40}(?:E  |FAILED |ERROR\b|FATAL\b|CRITICAL\b|\[error\b|npm ERR!|Traceback \(|panic: |✖ |✗ |× |head gate: "
    r"|\{.{0,200}\"level\": ?\"(?:error|fatal|critical)\"|\S{1,200}?(?:Error: |Exception: |: error\b|\(\d+,\d+\): error ))"
)
_ERROR = re.compile(_WRONG, re.IGNORECASE)
_HINTS = ("error", "fail", "fatal", "critical", "exception", "traceback", "npm err", "panic", "head gate", "e  ", "✖", "✗", "×")
_WARNING = re.compile(r"[ \t]{0,40}(?:WARN(?:ING)?\b|\S{1,200}?Warning: |\{.{0,200}\"level\": ?\"warn(?:ing)?\")", re.IGNORECASE)
_NAMED = r"(?: *[:=] *| +)([0-9a-z_.-]{1,64})"
_HEAD_GATE = re.compile(rf"expected head{_NAMED}.{{1,20}}?\b(?:found|got){_NAMED}", re.IGNORECASE)


class LineLevel(StrEnum):
    """What a line of a log is."""

    PLAIN = "plain"
    HEADING = "heading"
    QUIET = "quiet"
    WARNING = "warning"
    ERROR = "error"


def level_of(line: str) -> LineLevel:
    """Return what a clean line is, by the marks that GitHub Actions and the usual tools write."""
    if line.startswith("##["):
        if line.startswith(_GROUP):
            return LineLevel.HEADING
        word = next((level for mark, level in _MARKED.items() if line.startswith(mark)), "quiet")
        return {"error": LineLevel.ERROR, "warning": LineLevel.WARNING}.get(word, LineLevel.QUIET)
    if _ERROR.match(line):
        return LineLevel.ERROR
    return LineLevel.WARNING if _WARNING.match(line) else LineLevel.PLAIN


def first_error(lines: Sequence[str], begin: int = 0, end: int | None = None) -> int | None:
    """Return the index of the first error line in ``lines[begin:end]``, None for none."""
    for index in range(begin, len(lines) if end is None else end):
        low = lines[index].lower()
        # A pattern costs twenty times what looking for a word does, and a log may have a hundred thousand lines.
        if any(hint in low for hint in _HINTS) and level_of(lines[index]) is LineLevel.ERROR:
            return index
    return None


def shown(line: str) -> str:
    """Return a line without the marks of GitHub Actions, which whoever draws it says in a way of its own."""
    if not line.startswith("##["):
        return line
    if line.startswith(_END_OF_GROUP):
        return ""
    mark, bracket, rest = line.partition("]")
    return rest if bracket and len(mark) <= len("##[warning") else line


def heading(lines: Sequence[str], step: str) -> int | None:
    """Return where the section of a step begins, None where the log has none of that name."""
    return next((i for i, line in enumerate(lines) if step and line == _GROUP + step), None)


@dataclass(frozen=True, slots=True)
class Extract:
    """The end of the step that failed: ``start`` is the index of its first line in the log.

    ``first_error`` is the index of the first error line. ``step`` is the heading of the section, ``""`` where the log has none;
    ``head_gate`` explains a head gate (:func:`head_gate`).
    """

    step: str
    start: int
    lines: tuple[str, ...]
    first_error: int
    head_gate: str = ""


def extract(lines: Sequence[str], step: str = "") -> Extract | None:
    """Return the end of the first failing step, None for a log without an error.

    GitHub writes ``##[error]`` where a step ends red, so the section around the first of these is the failing step; ``step``, when
    its heading is in the log, says where that section begins. A log without such marks is judged by what its tools write.
    """
    begin = heading(lines, step) or 0
    end = next((i for i in range(begin, len(lines)) if lines[i].startswith("##[error]")), None)
    if end is None:
        first = first_error(lines, begin)
        if first is None:
            return None
        end = min(first + EXTRACT_LINES // 2, len(lines) - 1)
    begin = _section(lines, begin, end)
    first = first_error(lines, begin, end + 1)
    start = max(begin, end + 1 - EXTRACT_LINES)
    taken = tuple(lines[start : end + 1])
    named = lines[begin].removeprefix(_GROUP) if lines[begin].startswith(_GROUP) else step
    return Extract(named, start, taken, end if first is None else first, head_gate(lines[begin : end + 1]))


def _section(lines: Sequence[str], begin: int, end: int) -> int:
    """Return where the section that ends at ``end`` begins: at its own heading, not at one that opens and ends within it."""
    runs = [i for i in range(begin, end) if lines[i].startswith(_GROUP)]
    named = [i for i in runs if lines[i].startswith(_GROUP + "Run ")]
    return (named or runs or [begin])[-1]


def head_gate(lines: Sequence[str]) -> str:
    """Return what a gate of the migration head says, as one sentence: "expected head X, found Y"; ``""`` for none (S9)."""
    for line in lines:
        found = _HEAD_GATE.search(line) if "expected head" in line.lower() else None
        if found:
            return f"expected head {found[1].rstrip('.,')}, found {found[2].rstrip('.,')}"
    return ""
