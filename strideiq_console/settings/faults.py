"""What is wrong with a settings file: every fault at once, each with key, file, line and the nearest right spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.untrusted import clean_line


@dataclass(frozen=True, slots=True)
class SettingFault:
    """One fault. ``key`` is dotted (``""``: the file as a whole), ``line`` counts from 1 (0: not known), ``nearest`` may be empty.

    No text holds the value that was found: it may be a token.
    """

    key: str
    file: Path
    line: int
    cause: str
    nearest: str = ""

    def sentence(self) -> str:
        """Return the fault as one line: ``config.toml:12: [environments.production] bugdet: unknown key; did you mean budget?``."""
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        table, _, name = self.key.rpartition(".")
        key = f"[{table}] {name}" if table else name
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return clean_line(": ".join(part for part in (place, key, self.cause + hint) if part))


class SettingsError(ConfigurationError):
    """The settings cannot be used; ``faults`` are all reasons, and ``str()`` gives one line for each."""

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "\n".join(fault.sentence() for fault in self.faults),
            consequence="Nothing was started",
            next_step="Correct the file; config.example.toml documents every key",
        )
