"""The line below a log: where one stands, what was found, whether it is followed, and what is wrong."""

from __future__ import annotations

from strideiq_console.domain.log import LogSource
from strideiq_console.domain.log_extract import Extract
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.glyphs import Glyphs


def thousands(number: int) -> str:
    """Return a number with its thousands apart: ``100 000``."""
    return f"{number:,}".replace(",", " ")


def state_line(
    source: LogSource,
    *,
    number: int,
    total: int,
    found: tuple[str, int, int],
    following: bool,
    paused: bool,
    part: Extract | None,
    fault: str,
    reading: bool,
    glyphs: Glyphs,
) -> tuple[Line, Line]:
    """Return what stands at the left and at the right below a log.

    ``found`` is the word, the place of the cursor's line among the lines that hold it (0: none of them), and their number. ``part``
    is set while only the end of the failing step is shown.
    """
    left: list[Cell] = []
    if fault:
        left.append(Cell(f"{glyphs.warn} {fault}", Tone.WARNING))
    elif reading:
        left.append(Cell("Reading the log…", Tone.ACTIVE))
    elif part is not None:
        what = f" of step {part.step}" if part.step else ""
        left.append(Cell(f"{glyphs.bad} last {len(part.lines)} lines{what}", Tone.CRITICAL))
        left.append(Cell(f"  {part.head_gate or 'e shows the whole log'}", Tone.WARNING if part.head_gate else Tone.MUTED))
    elif source.note:
        left.append(Cell(source.note, Tone.WARNING))
    else:
        left.append(Cell(f"ended: {source.outcome}" if source.ended and source.outcome else "", Tone.MUTED))
    right: list[Cell] = []
    word, rank, count = found
    if word:
        right.append(Cell(f"{word!r} {f'{rank} of ' if rank else ''}{thousands(count)}", Tone.ACTIVE if count else Tone.WARNING))
    if following:
        right.append(Cell("follow waits: G" if paused else f"{glyphs.running} following", Tone.ACTIVE))
    right.append(Cell(f"{thousands(number)}/{thousands(total)}", Tone.MUTED))
    spaced = [cell for i, one in enumerate(right) for cell in ((Cell("  "), one) if i else (one,))]
    return _plainly(left, glyphs), _plainly(spaced, glyphs)


def _plainly(cells: list[Cell], glyphs: Glyphs) -> Line:
    return tuple(Cell(glyphs.plain(cell.text), cell.tone) for cell in cells)
