"""``strideiq rollback [start [SHA] | list | promote]``: goes back to what production served before, or lifts a pin."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from strideiq_console.cli import errors
from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_carry_out, start
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.runbook.rollback import AUTO, PROMOTE, WAYS
from strideiq_console.presentation import rollback as screen
from strideiq_console.presentation.draw import table_lines

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

PARTS = ("all", "web", "api", "web api")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    deeds = "start a rollback (the default), list what can be gone back to, or promote main's build to end a pin"
    parser.add_argument(
        "deed", nargs="?", default="start", choices=("start", "list", "promote"), metavar="start|list|promote", help=deeds
    )
    named = "the commit to go back to, as the list names it; left out: the one before what serves now"
    parser.add_argument("sha", nargs="?", default="", metavar="SHA", help=named)
    ways = f"how: {', '.join((AUTO, *WAYS))}; auto takes the first that is open"
    parser.add_argument("--way", default=AUTO, choices=(AUTO, *WAYS), metavar="WAY", help=ways)
    parser.add_argument("--components", default="all", choices=PARTS, metavar="PARTS", help="what goes back: all, web, api")
    parser.add_argument("--blame", default="", metavar="SHA", help="take this one commit of main back instead of all since")
    add_carry_out(parser)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Plan, and unless ``--plan`` was given carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    if arguments.deed == "list":
        if arguments.sha:
            raise UsageError("the list takes no commit", next_step=f"strideiq rollback start {arguments.sha} --plan")
        return session.live(lambda console: _list(console, session, as_json=arguments.json))
    promoting = arguments.deed == "promote"
    if promoting and (arguments.sha or arguments.blame or arguments.way != AUTO or arguments.components != "all"):
        raise UsageError("promote takes no commit: it serves what main holds", next_step="strideiq rollback promote --plan")
    inputs = {
        "target": arguments.sha,
        "way": PROMOTE if promoting else arguments.way,
        "components": arguments.components,
        "blame": arguments.blame,
    }
    return start(arguments, session, "rollback", inputs, words)


def words(inputs: Mapping[str, str]) -> list[str]:
    """Return the words that start it with these inputs."""
    if inputs.get("way") == PROMOTE:
        return ["rollback", "promote"]
    found = ["rollback", "start", *([inputs["target"]] if inputs.get("target") else [])]
    for name, usual in (("way", AUTO), ("components", "all"), ("blame", "")):
        value = inputs.get(name) or usual
        found += [f"--{name}", value] if value != usual else []
    return found


async def _list(console: Console, session: Session, *, as_json: bool) -> int:
    found = await console.rollback_candidates()
    now, output = console.clock.now(), session.output
    if as_json:
        output.json(screen.candidates_json(found))
    else:
        output.lines(table_lines(screen.candidates_table(found, now, output.glyphs), output.width))
        output.line(f"next: {session.command('rollback', 'start', 'SHA', '--plan')}")
    return errors.DONE
