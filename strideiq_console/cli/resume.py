"""``strideiq resume [ID]``: goes on with what is unfinished."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from strideiq_console.cli.acting import carry_on
from strideiq_console.cli.consent import add_consents, consent_of, engine_of, unfinished
from strideiq_console.cli.session import Session

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("id", nargs="?", default=None, metavar="ID", help="the execution; the newest unfinished one by default")
    add_consents(parser)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Go on as far as the consents reach: 0 done, 75 something is awaited, 4 blocked, 5 diverged, 1 failed."""
    consent = consent_of(arguments)

    async def work(console: Console) -> int:
        engine = engine_of(console)
        execution = engine.execution(unfinished(engine, arguments.id))
        return await carry_on(session, console, engine, execution, consent, arguments.wait, as_json=arguments.json)

    return session.live(work)
