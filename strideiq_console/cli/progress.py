"""Tells each step as it is done, with the commands that were run, while an execution goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from strideiq_console.domain.runbook.execution import Execution, StepRecord, StepState
from strideiq_console.presentation.execution import note, step_glyph
from strideiq_console.presentation.glyphs import Glyphs


class Progress:
    """Compares an execution with what was told of it before, and tells what is new through ``tell``."""

    def __init__(self, tell: Callable[[str], None], glyphs: Glyphs, known: Execution | None = None) -> None:
        self._tell = tell
        self._glyphs = glyphs
        self._told: dict[str, tuple[StepState, str]] = {}
        for record in known.records if known else ():
            self._told[record.step.id] = (record.state, record.detail)

    def heard(self, execution: Execution) -> None:
        """Tell what has changed since the last time."""
        for number, record in enumerate(execution.records, start=1):
            now = (record.state, record.detail)
            if now == self._told.get(record.step.id, (StepState.PENDING, "")):
                continue
            self._told[record.step.id] = now
            for line in self._lines(number, record):
                self._tell(line)

    def _lines(self, number: int, record: StepRecord) -> Iterable[str]:
        if record.state in (StepState.PENDING, StepState.UNDOING):
            return
        if record.state is StepState.INTENDED:
            yield from (f"     $ {command}" for command in record.commands)
            return
        mark = step_glyph(record, self._glyphs).text
        said = record.detail if record.state is StepState.WAITING else record.reason or note(record)
        yield f"{mark} {number:>2} {record.step.title}" + (f": {said}" if said else "")
