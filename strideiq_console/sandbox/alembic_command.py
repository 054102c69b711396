"""Alembic's command line as far as the console uses it, over a world's database and the migration files of the working directory.

``python -P -m strideiq_console.sandbox.alembic_command --world DIR --environment NAME current --verbose``. Files are read by their
syntax tree: nothing of the founder's code runs. Exit codes are Alembic's: 0, 255 for what it refuses, 1 for an error of a file or
of the database, 2 for wrong arguments.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from strideiq_console.sandbox.schema import database, faults, moves, reading
from strideiq_console.sandbox.schema.graph import Graph, WalkError
from strideiq_console.sandbox.state import WorldError, record_effect
from strideiq_console.sandbox.world import World

REFUSED, FAILED = 255, 1


def command(world: Path, environment: str) -> tuple[str, ...]:
    """Return the words that run this for an environment of a world; ``-P`` keeps files of the clone from being imported."""
    here = (sys.executable, "-P", "-m", "strideiq_console.sandbox.alembic_command")
    return (*here, "--world", str(world), "--environment", environment)


def main(arguments: Sequence[str] | None = None, *, folder: Path | None = None) -> int:
    """Run one command in ``folder`` (the working directory) and return its exit code."""
    asked = _parser().parse_args(arguments)
    if not (asked.world / "world.db").is_file():
        return _end(f"FAILED: {asked.world} is no world: it has no world.db", REFUSED)
    try:
        world = World.open(asked.world)
    except WorldError as error:
        return _end(f"FAILED: {error}", REFUSED)
    try:
        if asked.environment not in world.read().get("schema", {}):
            world.settle()
        if asked.environment not in world.read()["schema"]:
            return _end(f"FAILED: the world has no database of {asked.environment}", REFUSED)
        graph = Graph(reading.read_folder(folder or Path.cwd()))
        return _run(world, graph, asked)
    except reading.FilesError as error:
        return _end(error.words if error.code == REFUSED else f"Traceback (most recent call last):\n{error.words}", error.code)
    except WalkError as error:
        return _end(f"FAILED: {error}", REFUSED)
    finally:
        world.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("alembic", allow_abbrev=False)
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--environment", required=True)
    words = parser.add_subparsers(dest="word", required=True)
    for word in ("current", "heads"):
        words.add_parser(word).add_argument("-v", "--verbose", action="store_true")
    for word in ("upgrade", "downgrade"):
        made = words.add_parser(word)
        made.add_argument("--sql", action="store_true")
        made.add_argument("revision")
    return parser


def _run(world: World, graph: Graph, asked: argparse.Namespace) -> int:
    if asked.word == "heads":
        for head in graph.heads:
            print(_described(graph, head, verbose=asked.verbose))
        return 0
    if asked.word in ("upgrade", "downgrade") and asked.sql:
        return _script(graph, asked.word == "upgrade", asked.revision)
    if ":" in getattr(asked, "revision", ""):
        raise WalkError("Range revision not allowed")
    fault = _fault(world, asked)
    if fault is not None and fault["how"] == "slow":
        time.sleep(float(fault["seconds"]))
    if fault is not None and fault["how"] == "before":
        return _end(faults.LOGIN, FAILED)
    _say(moves.CONTEXT)
    if asked.word == "current":
        return _current(world, graph, asked)
    return _move(world, graph, asked, fault["how"] if fault is not None else "")


def _fault(world: World, asked: argparse.Namespace) -> dict[str, Any] | None:
    """Take a fault that is set for this environment; only moves meet it, a look only the one that lets nobody in."""
    known = [f for f in world.read()["faults"] if f["kind"] == "alembic"]
    if not known or (asked.word == "current" and not any(f.get("how") in ("before", "slow") for f in known)):
        return None
    with world.change() as state:
        return faults.take(state, "alembic", asked.environment)


def _current(world: World, graph: Graph, asked: argparse.Namespace) -> int:
    world.settle()
    found = database.of(world.read(), asked.environment)
    if asked.verbose:
        print(f"Current revision(s) for {database.url(found)}:")
    graph.in_effect(found["rows"])
    for row in sorted(found["rows"]):
        print(_described(graph, row, verbose=asked.verbose))
    return 0


def _move(world: World, graph: Graph, asked: argparse.Namespace, how: str) -> int:
    up = asked.word == "upgrade"
    failed: moves.RunError | None = None
    said: Sequence[str] = ()
    with world.change() as state:
        mine = database.of(state, asked.environment)
        before, now = copy.deepcopy(mine), world.clock.seconds()
        revisions = graph.upgrade(mine["rows"], asked.revision) if up else graph.downgrade(mine["rows"], asked.revision)
        try:
            if how == "lock" and revisions:
                raise moves.RunError(faults.LOCK, ())
            error = faults.BROKEN if how == "half" else ""
            said = moves.run(mine, graph, revisions, up=up, at=now, by="alembic", break_at=error)
        except moves.RunError as stopped:
            failed, said = stopped, stopped.said
        if mine != before:
            _record(state, asked, now, before["rows"], mine["rows"])
    _say(said)
    if failed is None and how != "lost":
        return 0
    return _end(f"Traceback (most recent call last):\n{failed.words if failed is not None else faults.BROKEN}", FAILED)


def _record(state: dict[str, Any], asked: argparse.Namespace, now: float, before: Sequence[str], after: Sequence[str]) -> None:
    """Write what was changed among the world's effects; half a migration is a change too."""
    old, new = ", ".join(before) or "nothing", ", ".join(after) or "nothing"
    way = f"from {old} to {new}" if old != new else f"half, still at {old}"
    what = f"{asked.word}d {asked.environment} {way}"
    path = f"{asked.environment}/{asked.revision}"
    record_effect(state, at=now, provider="database", method=asked.word.upper(), path=path, what=what, login="founder")


def _script(graph: Graph, up: bool, span: str) -> int:
    start, separator, end = span.partition(":")
    if not separator:
        if not up:
            raise WalkError("downgrade with --sql requires <fromrev>:<torev>")
        start, end = "base", span
    rows = [] if start == "base" else [graph.find(start)]
    revisions = graph.upgrade(rows, end) if up else graph.downgrade(rows, end)
    sys.stdout.write(moves.script(graph, revisions, rows, up=up))
    return 0


def _described(graph: Graph, revision: str, *, verbose: bool) -> str:
    record = graph.revisions[revision]
    marks = [f"({', '.join(record['labels'])})"] if record["labels"] else []
    marks += ["(head)"] if revision in graph.heads else []
    marks += ["(branchpoint)"] if len(graph.children.get(revision, ())) > 1 else []
    marks += ["(mergepoint)"] if len(record["parents"]) > 1 else []
    if not verbose:
        return " ".join([revision, *marks])
    parents = ", ".join(record["parents"]) or "<base>"
    word = "Merges" if len(record["parents"]) > 1 else "Parent"
    doc = "".join(f"    {line}\n" for line in record["doc"].strip().splitlines())
    return f"Rev: {' '.join([revision, *marks])}\n{word}: {parents}\nPath: {record['path']}\n\n{doc}"


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _end(words: str, code: int) -> int:
    print(words, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
