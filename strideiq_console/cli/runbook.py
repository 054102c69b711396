"""``strideiq runbook list|start NAME``: every runbook by name, the founder's own among them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_carry_out, start
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.reading import Look
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.model import Runbook
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.draw import table_lines

SCHEMA = "strideiq.runbooks/1"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("deed", choices=("list", "start"), metavar="list|start", help="list them, or start one")
    parser.add_argument("name", nargs="?", default="", metavar="RUNBOOK", help="the runbook to start")
    told = "one input; may be repeated"
    parser.add_argument("--input", action="append", default=[], type=_pair, metavar="NAME=VALUE", help=told)
    add_carry_out(parser)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError("a name, an equals sign and a value")
    return name, value


def run(arguments: argparse.Namespace, session: Session) -> int:
    """List, or plan and carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    if arguments.deed == "list":
        return _list(session, as_json=arguments.json)
    name = arguments.name
    if not name:
        raise UsageError("which runbook is to be started is not said", next_step="strideiq runbook list names them")

    def words(inputs: Mapping[str, str]) -> list[str]:
        given = [word for key, value in sorted(inputs.items()) if value for word in ("--input", f"{key}={value}")]
        return ["runbook", "start", name, *given]

    return start(arguments, session, name, dict(arguments.input), words)


def _list(session: Session, *, as_json: bool) -> int:
    settings = session.wiring.settings(session.options)
    known = sorted((*RUNBOOKS.values(), *settings.runbooks), key=lambda runbook: runbook.here)
    if as_json:
        session.output.json({"schema": SCHEMA, "runbooks": [_row_json(runbook) for runbook in known]})
        return 0
    rows = [
        Row(
            runbook.name,
            (
                Cell(runbook.name, Tone.ACCENT),
                Cell(runbook.title),
                Cell(", ".join(f"{i.name}{'?' if i.optional or i.default else ''}" for i in runbook.inputs) or "–", Tone.MUTED),
                Cell("yours" if runbook.own else "", Tone.MUTED),
            ),
        )
        for runbook in known
    ]
    columns = (Column("name", 12), Column("does"), Column("inputs", 28), Column("", 6))
    session.output.lines(table_lines(Table(columns, tuple(rows), Look.FRESH), session.output.width))
    return 0


def _row_json(runbook: Runbook) -> dict[str, object]:
    inputs = [
        {"name": i.name, "title": i.title, "default": i.default, "choices": list(i.choices), "optional": i.optional}
        for i in runbook.inputs
    ]
    steps = [{"id": s.id, "verb": str(s.verb), "title": s.title, "level": s.level} for s in runbook.steps]
    return {"name": runbook.name, "title": runbook.title, "own": runbook.own, "inputs": inputs, "steps": steps}
