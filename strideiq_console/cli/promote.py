"""``strideiq promote start``: brings what is verified on staging to production."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_start, start


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    add_start(parser, "with every commit that rides along")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Plan, and unless ``--plan`` was given carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    return start(arguments, session, "promote", {}, words)


def words(inputs: Mapping[str, str]) -> list[str]:
    """Return the words that start it with these inputs."""
    return ["promote", "start"]
