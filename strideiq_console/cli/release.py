"""``strideiq release start``: cuts a version at a verified commit and brings it to production, tagged and published."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_start, start


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    add_start(parser, "a release")
    parser.add_argument(
        "--version", default="", metavar="VERSION", help="the version, as in v0.10.0; without it you are told what fits"
    )
    parser.add_argument("--sha", default="", metavar="SHA", help="the verified commit of staging to release; its head without it")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Plan, and unless ``--plan`` was given carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    return start(arguments, session, "release", {"version": arguments.version, "sha": arguments.sha}, words)


def words(inputs: Mapping[str, str]) -> list[str]:
    """Return the words that start it with these inputs."""
    named = [word for name in ("version", "sha") if inputs.get(name) for word in (f"--{name}", inputs[name])]
    return ["release", "start", *named]
