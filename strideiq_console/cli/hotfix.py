"""``strideiq hotfix start SLUG``: plans a production fix, shows the plan, and carries it out as far as it may."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_start, start
from strideiq_console.domain.branch import propose_slug, slug_fault
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.policy.incidents import DEFAULT_SEVERITY, SEVERITIES


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    add_start(parser, "a hotfix")
    parser.add_argument("slug", metavar="SLUG", help="what is fixed, as in fix-auth-crash")
    parser.add_argument("--severity", default=DEFAULT_SEVERITY, choices=tuple(SEVERITIES), help="how bad it is")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Plan, and unless ``--plan`` was given carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    wrong = slug_fault(arguments.slug)
    if wrong is not None:
        proposed = propose_slug(arguments.slug)
        raise UsageError(f"{arguments.slug!r} is no slug: {wrong}", next_step=f"try {proposed}" if proposed else "")
    return start(arguments, session, "hotfix", {"slug": arguments.slug, "severity": arguments.severity}, words)


def words(inputs: Mapping[str, str]) -> list[str]:
    """Return the words that start it with these inputs."""
    severity = inputs.get("severity", DEFAULT_SEVERITY)
    return ["hotfix", "start", inputs["slug"], *([] if severity == DEFAULT_SEVERITY else ["--severity", severity])]
