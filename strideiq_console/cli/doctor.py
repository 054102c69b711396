"""``strideiq doctor``: looks at everything the console rests on, and says how to mend what is wrong."""

from __future__ import annotations

import argparse
import shutil
from typing import TYPE_CHECKING

from strideiq_console.cli.glance import CODES
from strideiq_console.cli.session import READ_DEADLINE, Session
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.presentation import doctor, finding_lines

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

EXAMINE_DEADLINE = 30.0
"""Real seconds that one examination may take; they run side by side."""
TOKENS = ("github", "github_bot", "vercel", "railway")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("--all", action="store_true", dest="everything", help="what is well too, a line each")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument("--markdown", action="store_true", help="a Markdown report, to keep or to paste")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Read every source once, then judge; the exit code is the worst finding: 0 ok, 1 warning, 2 critical, 3 unknown."""

    async def examine(console: Console) -> int:
        import asyncio

        tokens = session.wiring.tokens(session.options)
        found = await asyncio.gather(*(asyncio.to_thread(tokens.origin, name) for name in TOKENS))
        await console.refresh_once(deadline=READ_DEADLINE)
        keyring, fault = await asyncio.to_thread(_keyring, session)
        origins = dict(zip(TOKENS, found, strict=True))
        around = doctor.Surroundings(shutil.which("git"), origins, console.read_only, keyring, fault)
        findings = (
            *doctor.examine(console.settings, console.facts(), around, console.clock.now()),
            *await console.examine(deadline=EXAMINE_DEADLINE),
        )
        if arguments.json:
            session.output.json(finding_lines.as_json(findings))
        elif arguments.markdown:
            title = f"StrideIQ doctor, {console.world or 'live'}"
            report = finding_lines.markdown(findings, console.clock.now(), title, session.output.redact)
            session.output.line(report.rstrip("\n"))
        else:
            session.output.lines(finding_lines.lines(findings, session.output.glyphs, everything=arguments.everything))
        return CODES[finding_lines.worst(findings)]

    return session.live(examine)


def _keyring(session: Session) -> tuple[str, str]:
    """Return the keyring's class, or why there is none that keeps secrets; neither in a world."""
    if session.options.world is not None:
        return "", ""
    try:
        return session.wiring.secrets(session.options).backend(), ""
    except ConsoleError as error:
        return "", error.sentence()
