"""What stands in a form: options with their marks, and the judgement of a commit message while it is written."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from strideiq_console.domain.conventional import HINT_COLUMNS, columns, lint, parse
from strideiq_console.domain.reading import Look
from strideiq_console.domain.runbook.form import Option
from strideiq_console.domain.untrusted import clean
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.glyphs import Glyphs

NOTE_ROOM = 28
MOST_FAULTS = 3


def option_table(options: Sequence[Option], marked: Collection[str], glyphs: Glyphs) -> Table:
    """Return options, one row each: its mark, its label, and its note, or why it cannot be taken."""
    wide = min(max((width(option.note) for option in options), default=0), NOTE_ROOM)
    rows = tuple(Row(option.value, _cells(option, option.value in marked, glyphs)) for option in options)
    columns_ = (Column("", 4), Column(""), Column("", max(wide + 1, NOTE_ROOM if any(o.refused for o in options) else 1)))
    notice = "" if options else "There is nothing to choose from."
    return Table(columns_, rows, Look.FRESH, notice, f"{len(marked)} of {len(options)} marked")


def _cells(option: Option, marked: bool, glyphs: Glyphs) -> tuple[Cell, Cell, Cell]:
    if option.refused:
        return (Cell(f"[{glyphs.bad}]", Tone.MUTED), Cell(option.label, Tone.MUTED), Cell(_in_short(option.refused), Tone.WARNING))
    box = Cell(f"[{glyphs.ok}]", Tone.OK) if marked else Cell("[ ]", Tone.MUTED)
    return (box, Cell(option.label), Cell(option.note, Tone.MUTED))


def _in_short(reason: str) -> str:
    """Return a reason whole where there is room for it, else as much as makes sense alone; below the list it stands in full."""
    parts = (reason, *(reason.partition(mark)[0] for mark in (";", ":", ",")))
    return next((part for part in parts if 0 < width(part) < NOTE_ROOM), "cannot be picked")


def option_lines(option: Option | None, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return all that is known of one option, for below the list."""
    if option is None:
        return ()
    if option.refused:
        return ((Cell(f"{glyphs.bad} {option.label}: {option.refused}", Tone.WARNING),),)
    note = f": {option.note}" if option.note else ""
    return ((Cell(f"{option.label}{note}", Tone.MUTED),),)


def message_lines(message: str, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return what is wrong with a commit message as it stands, worst first, or what it is read as."""
    message = clean(message)
    found = sorted(lint(message), key=lambda fault: (fault.level != "error", fault.line))
    lines: list[Line] = []
    for fault in found[:MOST_FAULTS]:
        bad = fault.level == "error"
        lines.append((Cell(f"{glyphs.bad if bad else glyphs.warn} {fault.words}", Tone.CRITICAL if bad else Tone.WARNING),))
    if len(found) > MOST_FAULTS:
        lines.append((Cell(f"  and {len(found) - MOST_FAULTS} more", Tone.MUTED),))
    read = parse(message)
    if read is not None and not lines:
        said = [read.type, *([f"in {read.scope}"] if read.scope else []), *(["breaking"] if read.breaking else [])]
        said += [f"closes #{number}" for number in read.closes]
        first = columns(message.split("\n", 1)[0])
        lines.append((Cell(f"{glyphs.ok} {', '.join(said)}; first line {first} of {HINT_COLUMNS} columns", Tone.OK),))
    return tuple(lines)


def message_fault(message: str) -> str:
    """Return the first error of a commit message, ``""`` where there is none."""
    return next((fault.words for fault in lint(clean(message)) if fault.level == "error"), "")


def ruler(room: int) -> str:
    """Return a line that shows where column 72 ends, cut to ``room`` columns."""
    tens = "".join(f"{'·' * (10 - len(str(n)))}{n}" for n in range(10, HINT_COLUMNS, 10))
    return f"{tens}{'·' * (HINT_COLUMNS - len(tens))}│"[: max(room, 0)]
