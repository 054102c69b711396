"""``strideiq sandbox``: serves a simulated world over loopback HTTP, or turns its manual clock."""

from __future__ import annotations

import argparse

from strideiq_console.cli.parser import Parser, add_global
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    output = parser.output if isinstance(parser, Parser) else None
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="serve|advance|fix")
    serve = deeds.add_parser("serve", output=output, help="offer the world's GitHub, Vercel, Railway and site on 127.0.0.1")
    serve.add_argument("--port", type=_port, required=True, metavar="N", help="the port; 0 takes a free one")
    advance = deeds.add_parser("advance", output=output, help="turn the manual clock")
    advance.add_argument("seconds", type=_span, metavar="SECONDS", help="how far")
    fix = deeds.add_parser("fix", output=output, help="commit a fix on a branch of the world's clone, as its founder would")
    fix.add_argument("branch", metavar="BRANCH", help="for instance hotfix/fix-auth-crash")
    for deed in (serve, advance, fix):
        add_global(deed, argparse.SUPPRESS)


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError("a port is 0 to 65535")
    return value


def _span(text: str) -> float:
    value = float(text)
    if not 0 < value <= 366 * 86400:
        raise argparse.ArgumentTypeError("seconds, more than 0 and at most a year")
    return value


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Serve until interrupted, or turn the clock once."""
    if session.options.world is None:
        raise UsageError("a sandbox verb needs a world", next_step="name its folder with --world DIR")
    practice = session.wiring.practice(session.options)
    if arguments.deed == "serve":
        return practice.serve(arguments.port, ready=lambda port: _tell(session, practice.folder.name, port))
    if arguments.deed == "fix":
        try:
            sha = practice.write_fix(arguments.branch)
        except ValueError as error:
            raise UsageError(str(error), next_step="start a hotfix first; its plan names the branch") from error
        session.output.line(f"Committed {sha[:7]} on {arguments.branch}.")
        return 0
    practice.advance(arguments.seconds)
    session.output.talk(f"The clock of {practice.folder.name} was turned by {arguments.seconds:g} s.")
    return 0


def _tell(session: Session, world: str, port: int) -> None:
    """Say where the world is, as the settings that point a console at it."""
    base = f"http://127.0.0.1:{port}"
    session.output.line(f"The world {world} is served at {base} until ctrl+c. In a config.toml:")
    for table, url in (("github", "/github"), ("vercel", "/vercel"), ("railway", "/railway/graphql/v2")):
        session.output.line(f'[{table}] api_url = "{base}{url}"')
    session.output.flush()
