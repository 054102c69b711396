"""``strideiq migrate [start ENVIRONMENT | show | new TEXT]``: moves a schema, shows them all, says how to make a migration."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from strideiq_console.cli.consent import engine_of
from strideiq_console.cli.glance import CODES
from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_carry_out, start
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.policy.schema_order import LADDER
from strideiq_console.presentation import schema_ladder as screen
from strideiq_console.presentation.draw import table_lines

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

DEEDS = ("start", "show", "new")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    deeds = "start a move, show what each environment has (the default), or say how to make a new migration"
    parser.add_argument("deed", nargs="?", default="show", choices=DEEDS, metavar="|".join(DEEDS), help=deeds)
    where = f'start: which schema, one of {", ".join(LADDER)}; new: what it does, as in "add coach notes"'
    parser.add_argument("named", nargs="*", default=[], metavar="ENVIRONMENT", help=where)
    target = "the revision to go to, by its full id or four or more of its first characters; left out: the head"
    parser.add_argument("--target", default="", metavar="REV", help=target)
    parser.add_argument("--downgrade", action="store_true", help="go down to --target, undoing every revision above it")
    named = "the commit whose migration files count; left out: what the environment's API serves, for local the work tree"
    parser.add_argument("--commit", default="", metavar="SHA", help=named)
    add_carry_out(parser)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Start: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed. Show, new: 0 well, 1 a warning, 3 unknown."""
    moved = bool(arguments.target or arguments.downgrade or arguments.commit)
    if arguments.deed == "new":
        text = " ".join(arguments.named)
        if moved or not text:
            raise UsageError(
                "a new migration takes what it does, and nothing else", next_step='strideiq migrate new "add coach notes"'
            )
        return session.live(lambda console: _new(console, session, text, as_json=arguments.json))
    if arguments.deed == "show":
        if arguments.named or moved:
            raise UsageError("the list takes no revision and no environment", next_step="strideiq migrate start ENVIRONMENT --plan")
        return session.live(lambda console: _show(console, session, as_json=arguments.json))
    if len(arguments.named) != 1 or arguments.named[0] not in LADDER:
        cause = f"which schema is to be moved? One of {', '.join(LADDER)}"
        raise UsageError(cause, next_step=f"strideiq migrate start {LADDER[0]} --plan")
    inputs = {
        "environment": arguments.named[0],
        "target": arguments.target,
        "direction": "downgrade" if arguments.downgrade else "upgrade",
        "files": arguments.commit,
    }
    return start(arguments, session, "migrate", inputs, words)


def words(inputs: Mapping[str, str]) -> list[str]:
    """Return the words that start it with these inputs."""
    found = ["migrate", "start", inputs["environment"]]
    found += ["--target", inputs["target"]] if inputs.get("target") else []
    found += ["--downgrade"] if inputs.get("direction") == "downgrade" else []
    return [*found, *(["--commit", inputs["files"]] if inputs.get("files") else [])]


async def _show(console: Console, session: Session, *, as_json: bool) -> int:
    from strideiq_console.services.ladder import read_ladder

    branches = {e.name: e.branch for e in console.settings.environments if not e.local}
    found, output = await read_ladder(engine_of(console).ports.outside, branches), session.output
    if as_json:
        output.json(screen.ladder_json(found))
    else:
        output.lines(table_lines(screen.ladder_table(found, output.glyphs), output.width))
        output.lines(screen.ladder_lines(found, output.glyphs))
    return CODES[found.level]


async def _new(console: Console, session: Session, text: str, *, as_json: bool) -> int:
    from strideiq_console.presentation import new_migration

    found, now, output = await console.new_migration(text), console.clock.now(), session.output
    if as_json:
        output.json(new_migration.new_migration_json(found, now))
    else:
        output.lines(new_migration.lines(found, now, output.glyphs))
    return CODES[found.level]
