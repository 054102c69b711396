"""``strideiq runs``: what was carried out and what is unfinished; ``runs export`` gives one as evidence. From the journal alone."""

from __future__ import annotations

import argparse
from typing import Any

from strideiq_console.cli import evidence
from strideiq_console.cli.session import Session
from strideiq_console.domain.reading import Look
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.presentation.age import ago
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.draw import table_lines
from strideiq_console.presentation.execution_json import RUNS_SCHEMA, execution_json
from strideiq_console.presentation.findings import name_of


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    evidence.configure(parser)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """List executions, newest first, or export one."""
    if arguments.deed == "export":
        return evidence.export(arguments, session)
    evidence.refuse_words_of_export(arguments)
    with session.stored() as console:
        executions = console.facts().executions
        if arguments.json:
            rows_json = [_with_awaits(execution, session) for execution in executions]
            session.output.json({"schema": RUNS_SCHEMA, "executions": rows_json})
            return 0
        now = console.clock.now()
        rows = []
        for execution in executions:
            current = execution.current if not execution.state.ended else None
            tone = Tone.MUTED if execution.state.ended else Tone.WARNING
            rows.append(
                Row(
                    execution.id,
                    (
                        Cell(execution.id, Tone.ACCENT),
                        Cell(name_of(execution)),
                        Cell(str(execution.state), tone),
                        Cell(current.step.title if current else "–", Tone.MUTED),
                        Cell(ago(execution.created_at, now), Tone.MUTED),
                    ),
                )
            )
        columns = (Column("id", 13), Column("what"), Column("state", 11), Column("at step", 28), Column("started", 12))
        notice = "" if rows else "Nothing has been carried out yet."
        session.output.lines(table_lines(Table(columns, tuple(rows), Look.FRESH, notice), session.output.width))
        if any(not execution.state.ended for execution in executions):
            session.output.talk(f"next: {session.command('resume')}")
    return 0


def _with_awaits(execution: Execution, session: Session) -> dict[str, Any]:
    answer = execution_json(execution)
    if execution.state.ended:
        return answer
    current = execution.current
    awaits = None
    if current is not None:
        awaits = {
            "step": current.step.id,
            "title": current.step.title,
            "level": current.step.level,
            "question": current.step.question,
            "sentence": current.detail or current.reason,
        }
    return {**answer, "awaits": awaits, "next": session.command("resume", execution.id, "--plan-hash", execution.plan.fingerprint)}
