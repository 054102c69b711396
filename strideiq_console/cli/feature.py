"""``strideiq feature start TEXT``: plans a feature, shows the plan, and carries it out as far as it may."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_start, start
from strideiq_console.domain.branch import propose_slug
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.runbook.feature import WHERE


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    add_start(parser, "a feature")
    parser.add_argument("text", metavar="TEXT", help='what is built, as in "Training calendar"; the branch is named after it')
    told = "where it is edited: the clone, a second work tree, or auto, which refuses a clone with unsaved work"
    parser.add_argument("--where", default=WHERE[0], choices=WHERE, help=told)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Plan, and unless ``--plan`` was given carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    slug = propose_slug(arguments.text)
    if not slug:
        raise UsageError(f"{arguments.text!r} names no branch: it has no letter of a-z and no digit", next_step="try another name")
    return start(arguments, session, "feature", {"slug": slug, "where": arguments.where}, words)


def words(inputs: Mapping[str, str]) -> list[str]:
    """Return the words that start it with these inputs."""
    where = inputs.get("where", WHERE[0])
    return ["feature", "start", inputs["slug"], *([] if where == WHERE[0] else ["--where", where])]
