"""``strideiq session-end``: may one stop for today? The exit code is the worst answer: 0 ok, 1 warning, 2 critical, 3 unknown."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from strideiq_console.cli.glance import CODES
from strideiq_console.cli.session import READ_DEADLINE, Session
from strideiq_console.presentation import session_end as screen

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Read every source once, and answer."""

    async def work(console: Console) -> int:
        await console.refresh_once(deadline=READ_DEADLINE)
        now = console.clock.now()
        checks = screen.session_end(console.facts(), now)
        if arguments.json:
            session.output.json(screen.session_end_json(checks, now))
        else:
            session.output.lines(screen.lines(checks, session.output.glyphs))
        return CODES[screen.level(checks)]

    return session.live(work)
