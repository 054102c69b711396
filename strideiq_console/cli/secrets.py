"""``strideiq secrets set|list|test|delete``: tokens go into the operating system's keyring, typed unseen or read from a pipe."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from strideiq_console.cli.glance import CODES
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import NotAuthorisedError, UsageError
from strideiq_console.domain.secret import Secret
from strideiq_console.presentation import token_lines
from strideiq_console.settings.secret_names import describe, variable

if TYPE_CHECKING:
    from strideiq_console.cli.context import Secrets
    from strideiq_console.services.console import Console

SCHEMA = "strideiq.secrets/1"
LONGEST = 8192


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    deeds = "set: store one, typed unseen or piped; list: where each comes from; test: whose it is and what it may do; delete"
    parser.add_argument("deed", choices=("set", "list", "test", "delete"), metavar="set|list|test|delete", help=deeds)
    parser.add_argument("name", nargs="?", default="", metavar="SECRET", help="such as github or vercel; list names them all")
    parser.add_argument("--yes", action="store_true", help="delete without asking")
    parser.add_argument("--json", action="store_true", help="one JSON document (list, test)")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Do the deed; ``test`` ends with the worst finding's code, the others with 0."""
    deeds = {"set": _set, "delete": _delete, "list": _list, "test": _test}
    return deeds[arguments.deed](arguments, session)


def _set(arguments: argparse.Namespace, session: Session) -> int:
    secrets = session.wiring.secrets(session.options)
    name = _known(secrets, arguments.name)
    typed = session.output.hidden(f"{describe(name)} (not shown): ", longest=LONGEST)
    if not typed:
        raise UsageError("nothing was typed", consequence="Nothing was stored", next_step=f"strideiq secrets set {name}")
    secret = Secret(typed)
    secrets.set(name, secret)
    session.output.talk(f"stored in the keyring: {describe(name)}; what it may do: {session.command('secrets', 'test', name)}")
    if secrets.origin(name) == "environment":
        session.output.talk(f"{variable(name)} is set too, and counts before the keyring")
    return 0


def _delete(arguments: argparse.Namespace, session: Session) -> int:
    secrets = session.wiring.secrets(session.options)
    name = _known(secrets, arguments.name)
    if not arguments.yes:
        answer = session.output.ask(f"Remove {describe(name)} from the keyring? [y/N]") if session.output.terminal else None
        if answer is None or answer.lower() not in ("y", "yes"):
            raise UsageError("nothing was removed", next_step=f"strideiq secrets delete {name} --yes removes it without asking")
    if not secrets.delete(name):
        raise UsageError(f"the keyring holds no {name}", next_step="strideiq secrets list says where each comes from")
    session.output.talk(f"removed from the keyring: {describe(name)}")
    return 0


def _known(secrets: Secrets, name: str) -> str:
    if name in secrets.names:
        return name
    cause = f"there is no secret named {name!r}" if name else "which secret?"
    raise UsageError(cause, next_step=f"one of {', '.join(secrets.names)}")


def _list(arguments: argparse.Namespace, session: Session) -> int:
    secrets = session.wiring.secrets(session.options)
    rows = [(name, secrets.origin(name)) for name in secrets.names]
    if arguments.json:
        found = [{"name": n, "what": describe(n), "origin": o, "variable": variable(n)} for n, o in rows]
        session.output.json({"schema": SCHEMA, "secrets": found})
    else:
        session.output.lines(token_lines.origins(rows, session.output.glyphs))
    return 0


def _test(arguments: argparse.Namespace, session: Session) -> int:
    async def ask(console: Console) -> int:
        wanted = _known(session.wiring.secrets(session.options), arguments.name) if arguments.name else ""
        reports = await console.inspect_tokens(wanted)
        if wanted and not reports:
            raise NotAuthorisedError(
                f"{wanted} is not configured, or has nothing to be asked", next_step=f"strideiq secrets set {wanted}"
            )
        if arguments.json:
            document: dict[str, Any] = {"schema": SCHEMA, "tokens": [token_lines.as_json(r) for r in reports]}
            session.output.json(document)
        else:
            session.output.lines(token_lines.reports(reports, session.output.glyphs, console.clock.now()))
        return CODES[token_lines.worst(reports, console.clock.now())]

    return session.live(ask)
