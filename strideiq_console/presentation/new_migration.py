"""How a new migration is made, in words: the command, what it will stand on, and what is to be settled first (R89)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from strideiq_console.domain.policy.new_migration import NewMigration
from strideiq_console.presentation.age import ago
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone, text
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.shell import Shell, quoted

SCHEMA = "strideiq.new-migration/1"
MOST_COMPARED = 6


def commands(found: NewMigration, shell: Shell = "posix") -> tuple[str, ...]:
    """Return what to run from the top of the clone, one command an item; nothing of it is run by the console."""
    return (*((quoted(("cd", found.folder), shell),) if found.folder else ()), quoted(found.command, shell))


def lines(found: NewMigration, now: datetime, glyphs: Glyphs, shell: Shell = "posix") -> tuple[Line, ...]:
    """Return what is to be settled first, then the command and what it will stand on."""
    answer: list[Line] = []
    for one in found.notices:
        answer.append((Cell(f"{glyphs.level(one.level)} {one.words}", LEVEL_TONES[one.level]),))
        answer += [(Cell(f"    {one.next_step}", Tone.ACCENT),)] if one.next_step else []
    if not found.notices:
        answer.append((Cell(f"{glyphs.ok} it will leave one head", Tone.OK),))
    answer.append(())
    answer.append(text(Cell("run        ", Tone.MUTED), Cell(f"in {found.folder or 'the top'} of the clone:", Tone.MUTED)))
    answer.append((Cell(f"    {quoted(found.command, shell)}", Tone.ACCENT),))
    answer.append(text(Cell("file       ", Tone.MUTED), f"REVISION_{found.slug}.py, unless your file_template says otherwise"))
    answer += _ground(found, now)
    return tuple(answer)


def _ground(found: NewMigration, now: datetime) -> Iterator[Line]:
    if found.heads is None:
        yield text(Cell("stands on  ", Tone.MUTED), Cell("unknown", Tone.UNKNOWN))
    elif not found.heads:
        yield text(Cell("stands on  ", Tone.MUTED), "nothing: it is the first one")
    for at, (head, file) in enumerate(found.heads or ()):
        yield text(Cell("           " if at else "stands on  ", Tone.MUTED), Cell(head, Tone.ACCENT), f"  {file}")
    if found.branch is not None:
        yield text(Cell("branch     ", Tone.MUTED), found.branch)
    if found.compared:
        more = len(found.compared) - MOST_COMPARED
        names = ", ".join(found.compared[:MOST_COMPARED]) + (f" and {more} more" if more > 0 else "")
        yield text(Cell("compared   ", Tone.MUTED), names)
        fetched = f"fetched {ago(found.fetched_at, now)}" if found.fetched_at else "not fetched since it was cloned"
        asked = "; origin was asked just now" if found.asked else "; origin could not be asked"
        yield text(Cell("           ", Tone.MUTED), Cell(fetched + asked, Tone.MUTED))


def new_migration_json(found: NewMigration, now: datetime) -> dict[str, Any]:
    """Return the same as one document; ``heads`` null: not known, which is not none."""
    return {
        "schema": SCHEMA,
        "at": now.isoformat(),
        "level": str(found.level),
        "slug": found.slug,
        "folder": found.folder,
        "command": shlex.join(found.command),
        "argv": list(found.command),
        "branch": found.branch,
        "heads": None if found.heads is None else [{"revision": head, "file": file} for head, file in found.heads],
        "compared": list(found.compared),
        "fetched": found.fetched_at.isoformat() if found.fetched_at else None,
        "origin_asked": found.asked,
        "notices": [{"level": str(one.level), "words": one.words, "next": one.next_step} for one in found.notices],
    }
