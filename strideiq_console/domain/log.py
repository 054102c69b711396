"""Lines of logs, in one shape for builds, deployments, requests and CI (R100, R101)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LogLine:
    """One clean line. ``level`` is lower case (``info``, ``error``; ``""``: the source gives none).

    ``fields`` are the structured parts that came with it, each a clean single line.
    """

    at: datetime | None
    text: str
    level: str = ""
    source: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Log:
    """Lines, oldest first. ``complete`` is false when older or newer lines are known to exist; ``note`` says why."""

    lines: tuple[LogLine, ...]
    complete: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class WholeLog:
    """The lines of one log, oldest first, each a clean single line. ``note``: what was cut off, as a sentence; ``""``: nothing."""

    lines: tuple[str, ...]
    note: str = ""


class LogSource(Protocol):
    """Where the log screen gets its lines: of a CI job, of a deployment, of whatever else writes lines.

    ``title`` names it; ``url`` is its page, ``""`` for none; ``step`` is the step that failed first, ``""`` where there is none or
    the source knows no steps. ``ended``: nothing more will come, so following it ends. ``note`` is one sentence that the screen
    shows beside the lines (what is cut off, why there are none yet), ``""`` for none. ``period``: seconds between two reads
    while it is followed, so that nobody's rate limit is spent on watching. ``outcome``: how it ended in a word, ``""`` before.
    """

    @property
    def title(self) -> str: ...  # noqa: D102

    @property
    def url(self) -> str: ...  # noqa: D102

    @property
    def step(self) -> str: ...  # noqa: D102

    @property
    def ended(self) -> bool: ...  # noqa: D102

    @property
    def outcome(self) -> str: ...  # noqa: D102

    @property
    def note(self) -> str: ...  # noqa: D102

    @property
    def period(self) -> float: ...  # noqa: D102

    async def lines(self) -> tuple[str, ...]:
        """Read all lines there are by now, oldest first, each a clean single line. Raises ConsoleError when it cannot."""
        ...
