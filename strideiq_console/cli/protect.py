"""``strideiq protect start``: makes the rules of main and staging at GitHub what the architecture document says."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_start, start
from strideiq_console.domain.policy.protection import APPROVALS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    add_start(parser, "with the differences, rule by rule")
    wanted = "approvals that main wants: auto asks for none that nobody could give, and lowers nothing"
    parser.add_argument("--approvals", default=APPROVALS[0], choices=APPROVALS, help=wanted)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Plan, and unless ``--plan`` was given carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    return start(arguments, session, "protect", {"approvals": arguments.approvals}, words)


def words(inputs: Mapping[str, str]) -> list[str]:
    """Return the words that start it with these inputs."""
    approvals = inputs.get("approvals", APPROVALS[0])
    return ["protect", "start", *([] if approvals == APPROVALS[0] else ["--approvals", approvals])]
