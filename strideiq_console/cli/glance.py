"""``strideiq glance``: one screen, one line or one JSON document of what is true; from the store unless ``--live``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from strideiq_console.cli.kept_line import keep_line
from strideiq_console.cli.session import READ_DEADLINE, Session
from strideiq_console.domain.reading import Level
from strideiq_console.presentation import glance
from strideiq_console.presentation.verdict import verdict

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

CODES = {Level.OK: 0, Level.WARNING: 1, Level.CRITICAL: 2, Level.UNKNOWN: 3}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("--live", action="store_true", help="read every source once before answering")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document")
    form.add_argument("--line", action="store_true", help="one line, for tmux and prompts")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Answer; the exit code is the verdict's level: 0 ok, 1 warning, 2 critical, 3 unknown."""
    form = "json" if arguments.json else "line" if arguments.line else "text"
    if not arguments.live:
        with session.stored() as console:
            return _answer(console, session, form)

    async def live(console: Console) -> int:
        await console.refresh_once(deadline=READ_DEADLINE)
        return _answer(console, session, form)

    return session.live(live)


def text(session: Session) -> int:
    """Answer as one screen from the store, for ``strideiq`` without a terminal."""
    with session.stored() as console:
        return _answer(console, session, "text")


def _answer(console: Console, session: Session, form: str) -> int:
    facts, now, output = console.facts(), console.clock.now(), session.output
    if form == "json":
        output.json(glance.as_json(facts, now, console.budgets()))
    elif form == "line":
        output.line(glance.line(facts, now, output.glyphs))
        if session.options.config is None and not session.environ.get("STRIDEIQ_CONFIG"):
            keep_line(console)
    else:
        output.lines(glance.lines(facts, now, output.glyphs, output.width))
    return CODES[verdict(facts, now).level]
