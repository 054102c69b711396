"""The one sentence on top: the worst thing that is true now, since when, and the next key (DESIGN section 6)."""

from __future__ import annotations

from dataclasses import dataclass

from strideiq_console.domain.reading import Level


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst thing that is true now. ``hints`` are pairs of a key and what it does."""

    level: Level
    sentence: str
    hints: tuple[tuple[str, str], ...] = ()
