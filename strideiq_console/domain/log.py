"""Lines of logs, in one shape for builds, deployments, requests and CI (R100, R101)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


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
