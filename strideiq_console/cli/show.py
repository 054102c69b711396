"""``strideiq show NOUN``: one noun as a table or JSON. What the store holds fresh is shown at once; anything else is read first."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from strideiq_console.cli.glance import CODES
from strideiq_console.cli.session import READ_DEADLINE, Session
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.draw import table_lines
from strideiq_console.presentation.nouns import NOUNS, Noun

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("noun", choices=tuple(NOUNS), metavar="NOUN", help=", ".join(NOUNS))
    parser.add_argument("--json", action="store_true", help="one JSON document")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--live", action="store_true", help="read the sources even if the store holds something fresh")
    source.add_argument("--stored", action="store_true", help="never read the sources")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Show the noun; the exit code is its level: 0 ok, 1 warning, 2 critical, 3 unknown."""
    noun = NOUNS[arguments.noun]
    if not arguments.live:
        with session.stored() as console:
            if arguments.stored or noun.fresh(console.facts(), console.clock.now()):
                return _answer(console, session, noun, arguments.json)

    async def live(console: Console) -> int:
        await console.refresh_once(deadline=READ_DEADLINE)
        return _answer(console, session, noun, arguments.json)

    return session.live(live)


def _answer(console: Console, session: Session, noun: Noun, as_json: bool) -> int:
    facts, now, output = console.facts(), console.clock.now(), session.output
    if as_json:
        output.json(noun.as_json(facts, now))
    else:
        table = noun.table(facts, now, output.glyphs, narrow=noun.narrow(output.width))
        output.lines(table_lines(table, output.width))
        if table.age:
            output.lines([(Cell(f"read {table.age} ago", Tone.MUTED),)])
    return CODES[noun.level(facts, now)]
