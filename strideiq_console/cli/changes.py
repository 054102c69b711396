"""``strideiq changes [ENVIRONMENT]``: what changed there since what it served before; it reads, and changes nothing."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from strideiq_console.cli.session import READ_DEADLINE, Session
from strideiq_console.domain.fault import BlockedError
from strideiq_console.presentation import changes as screen
from strideiq_console.presentation.cell import Cell, Tone

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

UNKNOWN = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument(
        "environment", nargs="?", default="", metavar="ENVIRONMENT", help="where; what real users see when it is left out"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Say what changed: 0 when all of it is known, 3 when a part could not be read."""

    async def work(console: Console) -> int:
        environment = arguments.environment or next((e.name for e in console.settings.environments if e.production), "")
        if not environment:
            raise BlockedError("no environment is configured as production", next_step="name one: strideiq changes staging")
        console.known_changes(environment)  # a wrong name is said before anything is read
        await console.refresh_once(deadline=READ_DEADLINE)
        found, now = await console.changes(environment), console.clock.now()
        if arguments.json:
            session.output.json(screen.changes_json(found, now))
        else:
            session.output.lines([(Cell(screen.title(found, now), Tone.ACCENT),), ()])
            session.output.lines(screen.lines(found, now, session.output.glyphs))
        return UNKNOWN if found.unknown else 0

    return session.live(work)
