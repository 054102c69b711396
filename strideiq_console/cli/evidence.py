"""``strideiq runs export ID``: all that is on record about one execution, as Markdown or JSON, to standard output or a new file."""

from __future__ import annotations

import argparse
from pathlib import Path

from strideiq_console.cli.new_file import write_new
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import UsageError
from strideiq_console.presentation.evidence import document
from strideiq_console.presentation.evidence_markdown import markdown


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``runs`` and ``runs export``."""
    parser.add_argument("deed", nargs="?", choices=("export",), metavar="export", help="give one execution as evidence")
    parser.add_argument("id", nargs="?", default="", metavar="ID", help="the execution, or the beginning of its id")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document")
    form.add_argument("--markdown", action="store_true", help="a Markdown report, which is what export gives by itself")
    parser.add_argument("--output", type=Path, default=None, metavar="FILE", help="a new file that only you can read")


def refuse_words_of_export(arguments: argparse.Namespace) -> None:
    """Raise UsageError for words that only ``export`` takes."""
    if arguments.markdown or arguments.output is not None:
        raise UsageError("--markdown and --output belong to export", next_step="strideiq runs export ID")


def export(arguments: argparse.Namespace, session: Session) -> int:
    """Export one execution; the exit code is 0 whatever became of it, and whatever state the audit log is in."""
    if not arguments.id:
        raise UsageError("which execution?", next_step="strideiq runs lists them; then strideiq runs export ID")
    output = session.output
    with session.stored() as console:
        evidence = console.evidence(arguments.id)
        facts = document(evidence, console.clock.now())
    # What is joined and escaped passes the walls once more: nothing may arise between two texts.
    text = output.json_text(facts) if arguments.json else output.redacted(markdown(output.redacted(facts)))
    if arguments.output is not None:
        write_new(arguments.output, text.rstrip("\n") + "\n")
        output.talk(f"Written: {arguments.output}")
    elif arguments.json:
        output.json(facts)
    else:
        output.line(text.rstrip("\n"))
    if not evidence.chain.whole:
        output.talk(f"strideiq: {evidence.chain.broken}; see {session.command('audit', 'verify')}")
    return 0
