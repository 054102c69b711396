"""``strideiq reland start [SHA]``: lands work again that was reverted on main (T4)."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_start, start


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    add_start(parser, "the revert of a revert")
    named = "the revert, or what it took back; left out: the newest revert that still stands"
    parser.add_argument("sha", nargs="?", default="", metavar="SHA", help=named)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Plan, and unless ``--plan`` was given carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    return start(arguments, session, "reland", {"sha": arguments.sha}, words)


def words(inputs: Mapping[str, str]) -> list[str]:
    """Return the words that start it with these inputs."""
    return ["reland", "start", *([inputs["sha"]] if inputs.get("sha") else [])]
