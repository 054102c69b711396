"""A real move that is killed at a chosen point: the console, alembic, or both; and what a second console makes of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Ending, Outcome
from strideiq_console.domain.migration_path import path_up
from strideiq_console.providers.alembic import AlembicCommand, locate, read_folder
from strideiq_console.providers.alembic.alone import running
from tests.postgres_server import Server
from tests.providers.alembic.consoles import console
from tests.providers.alembic.projects import ENV, table, version, write

ROOT = Path(__file__).parents[3]
OURS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'strideiq-alembic%'"
LOCKS = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
SETUP = (
    "CREATE TABLE effects (what text)",
    "CREATE TABLE t_a (id int)",
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('a')",
)
STAGES = """import builtins
import os
import pathlib
import sys
import time


def stage(name):
    if "upgrade" not in sys.argv:
        return
    place = pathlib.Path("stages")
    (place / f"{name}.new").write_text(str(os.getpid()))
    (place / f"{name}.new").rename(place / name)
    if (place / "hold").read_text() == name:
        while not (place / "go").exists():
            time.sleep(0.01)


builtins.stage = stage
stage("env")
"""
EFFECT = "op.execute(\"INSERT INTO effects VALUES ('b')\")"
ONE = (
    'stage("start")',
    EFFECT,
    'op.execute("SELECT pg_sleep(0.5)")',
    'op.create_table("t_b", sa.Column("id", sa.Integer))',
    'stage("end")',
)
SPLIT = (
    "with op.get_context().autocommit_block():",
    '    op.create_table("half", sa.Column("id", sa.Integer))',
    '    stage("half")',
    EFFECT,
)


@dataclass(frozen=True)
class Kill:
    """``who`` is killed (``console``, ``alembic``, ``both``) at ``point``; ``hold`` is where alembic waits for the test meanwhile.

    ``told`` is the ending that the surviving console reports, ``found`` what a second one sees once nothing runs any more, ``ends``
    what its own try comes to.
    """

    who: str
    point: str
    found: Ending
    ends: Ending
    hold: str = ""
    split: bool = False
    told: Ending | None = None

    @property
    def name(self) -> str:
        return f"{self.who}-{self.point}{'-split' if self.split else ''}"


NOT, DONE, ADOPTED, HALF = Ending.NOT_DONE, Ending.DONE, Ending.ADOPTED, Ending.HALF_APPLIED
KILLS = {
    kill.name: kill
    for kill in (
        *(Kill("console", p, NOT, DONE) for p in ("before-guard", "guard-held", "file-held", "looked", "before-spawn")),
        Kill("console", "spawned", ADOPTED, ADOPTED, "env"),
        Kill("console", "env", ADOPTED, ADOPTED, "env"),
        Kill("console", "start", ADOPTED, ADOPTED, "start"),
        Kill("console", "sleeping", ADOPTED, ADOPTED),
        Kill("console", "end", ADOPTED, ADOPTED, "end"),
        Kill("console", "half", ADOPTED, ADOPTED, "half", split=True),
        Kill("console", "committed", ADOPTED, ADOPTED, "committed"),
        *(Kill("console", p, ADOPTED, ADOPTED) for p in ("before-read-back", "read-back", "before-release", "after-release")),
        Kill("alembic", "env", NOT, DONE, "env", told=NOT),
        Kill("alembic", "start", NOT, DONE, "start", told=NOT),
        Kill("alembic", "sleeping", NOT, DONE, told=NOT),
        Kill("alembic", "end", NOT, DONE, "end", told=NOT),
        Kill("alembic", "committed", ADOPTED, ADOPTED, "committed", told=DONE),
        Kill("alembic", "half", HALF, HALF, "half", split=True, told=HALF),
        Kill("both", "start", NOT, DONE, "start"),
        Kill("both", "sleeping", NOT, DONE),
        Kill("both", "half", HALF, HALF, "half", split=True),
    )
}


LONG_ONLY = frozenset({"console-env", "console-read-back", "console-before-release", "alembic-env", "both-start"})
"""Left to the long run: each is much like a neighbour."""

SHORT = tuple(name for name in KILLS if name not in LONG_ONLY)


@dataclass
class Seen:
    """What a kill came to."""

    code: int = 0
    told: str = ""
    while_alive: list[Ending] = field(default_factory=list)
    refused: str = ""
    found: Outcome | None = None
    ended: Outcome | None = None
    again: Outcome | None = None
    rows: list[str] = field(default_factory=list)
    effects: int = -1
    locks: int = -1
    sessions: int = -1


class Scene:
    """One database and one project, and the two consoles that move it."""

    def __init__(self, server: Server, kill: Kill, folder: Path, name: str) -> None:
        self.server, self.kill = server, kill
        env = STAGES + ENV + '    stage("committed")\n'
        self.folder = write(folder, (table("a"), version("b", "a", up=SPLIT if kill.split else ONE)), env=env)
        self.stages = folder / "stages"
        self.stages.mkdir()
        (self.stages / "hold").write_text(kill.hold)
        self.dsn = server.create_database(name)
        for statement in SETUP:
            server.execute(statement, dsn=self.dsn)

    def start(self) -> subprocess.Popen[str]:
        """Start the console that will be killed, or whose alembic will be."""
        spec = self.folder / "spec.json"
        spec.write_text(json.dumps({"dsn": self.dsn, "folder": str(self.folder), "who": self.kill.who, "point": self.kill.point}))
        words = [sys.executable, "-m", "tests.providers.alembic.kill_driver", str(spec)]
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    async def go(self) -> Seen:
        """Kill, look at what a second console sees and does."""
        seen = Seen()
        first = self.start()
        seen.told = (await asyncio.to_thread(first.communicate))[0]
        seen.code = first.returncode
        graph = read_folder(self.folder, locate(self.folder))
        (move,) = path_up(graph, ("a",), "b")
        second = await console(self.dsn, self.folder)
        if self.kill.who == "console" and self.kill.hold:
            seen.while_alive.append((await second.look(move, graph)).ending)
            await self.refused(second, graph, seen)
        (self.stages / "go").touch()
        await until(lambda: not running(self.folder / "running.lock"))
        await until(lambda: not self.counted(OURS))
        seen.found = await second.look(move, graph)
        seen.ended = await second.carry_out(move, graph)
        seen.again = await second.carry_out(move, graph)
        self.count(seen)
        return seen

    async def refused(self, second: AlembicCommand, graph: RevisionGraph, seen: Seen) -> None:
        """Try to move beside the alembic that still runs."""
        (move,) = path_up(graph, ("a",), "b")
        try:
            seen.while_alive.append((await second.carry_out(move, graph)).ending)
        except BlockedError as error:
            seen.refused = error.cause

    def counted(self, statement: str) -> int:
        return int(self.server.execute(statement, dsn=self.dsn)[0][0])

    def count(self, seen: Seen) -> None:
        seen.rows = [str(row[0]) for row in self.server.execute("SELECT version_num FROM alembic_version", dsn=self.dsn)]
        seen.effects = self.counted("SELECT count(*) FROM effects")
        seen.locks, seen.sessions = self.counted(LOCKS), self.counted(OURS)


async def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something outside this process."""
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError("it did not come about")
