"""The marks that go with the words, as Unicode and as ASCII for poor fonts. State is never by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.reading import Level


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of marks, each one cell wide. ``done`` is a job that passed, in a row of job dots.

    ``marked`` stands before a row that was marked, ``rising`` and ``falling`` in the heading of the column that sorts. ``bars`` are
    the heights of a bar from low to high; ``rule`` and ``upright`` are a chart's lines, ``tick`` a mark on its axis and ``gap`` a
    time of which nothing is known.
    """

    name: str
    ok: str
    bad: str
    warn: str
    running: str
    partial: str
    queued: str
    none: str
    done: str
    unknown: str
    here: str
    marked: str
    rising: str
    falling: str
    bars: str = "▁▂▃▄▅▆▇█"
    rule: str = "─"
    upright: str = "│"
    tick: str = "┬"
    gap: str = "·"

    def plain(self, text: str) -> str:
        """Return ``text`` with the console's own typographic marks in ASCII, for the ASCII set; unchanged otherwise.

        Text from outside keeps its letters: only marks that the console writes are replaced.
        """
        return text.translate(_TO_ASCII) if self.name == "ascii" else text

    def level(self, level: Level) -> str:
        """Return the mark of a level; unknown has its own and never the good one."""
        marks = {Level.OK: self.ok, Level.WARNING: self.warn, Level.CRITICAL: self.bad}
        return marks.get(level, self.unknown)

    def check(self, state: CheckState) -> str:
        """Return the mark of a check, a job or a run."""
        if state is CheckState.SUCCESS:
            return self.ok
        if state.red:
            return self.bad
        if state.passes:
            return self.none
        marks = {CheckState.RUNNING: self.running, CheckState.QUEUED: self.queued, CheckState.EXPECTED: self.queued}
        return marks.get(state, self.unknown)

    def dot(self, state: CheckState) -> str:
        """Return the mark of one job in a row of job dots."""
        if state is CheckState.SUCCESS:
            return self.done
        return self.partial if state is CheckState.RUNNING else self.check(state)


UNICODE = Glyphs("unicode", "✔", "✖", "▲", "●", "◐", "○", "–", "●", "?", "▸", "◆", "▲", "▼")
ASCII = Glyphs(
    *("ascii", "+", "x", "!", "*", "%", "o", "-", "#", "?", ">", "=", "^", "v"),
    bars="_.-~=+*#",
    rule="-",
    upright="|",
    tick="+",
    gap=".",
)

_TO_ASCII = str.maketrans(
    {
        "–": "-",
        "−": "-",
        "·": "|",
        "…": ".",
        "→": ">",
        "▏": "[",
        "▕": "]",
        "✔": "+",
        "✖": "x",
        "▲": "!",
        "●": "*",
        "◐": "%",
        "○": "o",
        "▸": ">",
        "‹": "<",
        "›": ">",
        "─": "-",
    }
)


def pick(setting: str, environ: Mapping[str, str]) -> Glyphs:
    """Return the set for a ``[ui] glyphs`` setting; ``auto`` takes ASCII on the Linux console and in non-UTF-8 locales."""
    if setting == "ascii":
        return ASCII
    if setting == "unicode":
        return UNICODE
    if environ.get("TERM", "") in ("linux", "dumb", "vt100", "ansi"):
        return ASCII
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    charset = locale.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return ASCII if charset and charset != "utf8" else UNICODE
