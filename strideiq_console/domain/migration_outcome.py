"""What became of one move of the schema: how it ended, why it failed, which database alembic itself was seen to use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from strideiq_console.domain.database import Identity
from strideiq_console.domain.migration import Move
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_repair import Repair

DEFAULT_PORT = 5432
_LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Address:
    """Which database alembic itself connects to, as its environment gives it. A Unix socket has the folder as host, or ``""``."""

    host: str
    port: int
    database: str
    scheme: str = "postgresql"

    def differences(self, enrolled: Identity) -> tuple[str, ...]:
        """Return what differs from the enrolled database, both values in each sentence; a value that is not enrolled differs."""
        wanted = enrolled.port if enrolled.port is not None else DEFAULT_PORT
        pairs = (
            ("database", self.database, enrolled.database, self.database == enrolled.database),
            ("host", self.host or "this machine", enrolled.host or "this machine", _same_host(self.host, enrolled.host)),
            ("port", str(self.port), str(wanted), self.port == wanted),
        )
        return tuple(
            f"the {name} of alembic is {seen}; {known or 'none'} is enrolled" for name, seen, known, same in pairs if not same
        )


@dataclass(frozen=True, slots=True)
class Current:
    """What ``alembic current`` says: the revisions in effect, those that others imply among them.

    ``address`` None: it did not say which database, or named several.
    """

    revisions: tuple[str, ...]
    address: Address | None


def _same_host(seen: str, enrolled: str) -> bool:
    one, other = seen.lower().rstrip("."), enrolled.lower().rstrip(".")
    return one == other or (_local(one) and _local(other))


def _local(host: str) -> bool:
    return host in _LOOPBACK or host.startswith("/")


class Failure(StrEnum):
    """Why alembic did not do what it was told. The value is the cause in a founder's words."""

    MULTIPLE_HEADS = "there are several heads"
    UNKNOWN_REVISION = "the migration files do not define that revision"
    AMBIGUOUS = "the walk is ambiguous"
    OVERLAP = "the version table names a revision and one that it implies"
    NOT_ON_PATH = "that revision is not on the way from here"
    ROW_CHANGED = "the version table changed meanwhile"
    LOCK_TIMEOUT = "another session held a lock for too long"
    STATEMENT_TIMEOUT = "a statement took too long"
    DEADLOCK = "two sessions waited for each other"
    ALREADY_THERE = "something that it creates exists already"
    NOT_THERE = "something that it needs does not exist"
    DATA = "rows break the new rule"
    PERMISSION = "the role may not do it"
    READ_ONLY = "the database is read-only"
    NO_SPACE = "the server's disk is full"
    NO_DATABASE = "there is no such database"
    LOGIN = "the database does not let it in"
    UNREACHABLE = "the database cannot be reached"
    CONNECTION_LOST = "the connection was lost"
    NOT_REVERSIBLE = "its downgrade refuses: it raises an error"
    BROKEN_FILE = "a migration file cannot be read by Python"
    MISSING_MODULE = "a module that the migrations import is missing"
    NO_CONFIG = "alembic does not find its settings"
    TIMED_OUT = "it did not end in time and was ended"
    KILLED = "it was killed"
    NOT_STARTED = "the command could not be started"
    WITHOUT_EFFECT = "it ended well, but the version table did not move"
    OTHER = "it failed"


_NEXT_STEPS: dict[Failure, str] = {
    Failure.MULTIPLE_HEADS: "join them with alembic merge, or name one revision",
    Failure.UNKNOWN_REVISION: "use the files of the commit that migrated this database",
    Failure.AMBIGUOUS: "name the revision to go to",
    Failure.OVERLAP: "the version table was edited by hand: repair it with alembic stamp",
    Failure.NOT_ON_PATH: "read the current revision again, then plan again",
    Failure.ROW_CHANGED: "read the current revision again: somebody else migrates too",
    Failure.LOCK_TIMEOUT: "nothing was changed: see who blocks, then try again",
    Failure.STATEMENT_TIMEOUT: "split the migration, or raise the time it may take",
    Failure.DEADLOCK: "nothing was changed: try again when it is quiet",
    Failure.ALREADY_THERE: "look for what an earlier try left behind before anything is run again",
    Failure.NOT_THERE: "compare the schema with the migration: something was changed by hand, or half applied",
    Failure.DATA: "repair the rows or the migration, then try again",
    Failure.PERMISSION: "use a role that owns the tables",
    Failure.READ_ONLY: "connect to the primary, not to a standby",
    Failure.NO_SPACE: "free space on the server's disk first",
    Failure.NO_DATABASE: "check the database's name in the environment of the command",
    Failure.LOGIN: "check user and password in the environment of the command",
    Failure.UNREACHABLE: "check host and port in the environment of the command",
    Failure.CONNECTION_LOST: "read the current revision and what it left behind before anything is run again",
    Failure.NOT_REVERSIBLE: "keep the schema and roll the code back, or restore a backup",
    Failure.BROKEN_FILE: "repair the file",
    Failure.MISSING_MODULE: "name the alembic of the project's own environment in config.toml",
    Failure.NO_CONFIG: "name the folder of alembic.ini in config.toml",
    Failure.TIMED_OUT: "read the current revision and what it left behind before anything is run again",
    Failure.KILLED: "read the current revision and what it left behind before anything is run again",
    Failure.NOT_STARTED: "run the command by hand to see why",
    Failure.WITHOUT_EFFECT: "see whether env.py reads another database or does not run migrations",
    Failure.OTHER: "read its last words, and run the command by hand",
}


def next_step(failure: Failure) -> str:
    """Return what to do about a failure."""
    return _NEXT_STEPS[failure]


class Ending(StrEnum):
    """How a move ended, judged by the version table that was read back, never by the exit code (RELIABILITY rule 4)."""

    DONE = "done"
    ADOPTED = "was done already"
    NOT_DONE = "not done"
    HALF_APPLIED = "perhaps half applied"
    DIVERGED = "the database is somewhere else"
    UNKNOWN = "unknown"
    PRINTED = "printed, not run"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a move. ``words`` is the exact command; ``ran`` says whether it was started, which is at most once.

    ``rows`` is the version table afterwards, None when it could not be read. After a half-applied move ``leftovers`` are the
    objects in which it was seen to have taken effect, as sentences, ``absent`` those in which it was not, and ``repairs`` the
    choices that a person has. ``said`` is clean and without secrets or rows' values.
    """

    move: Move
    ending: Ending
    words: tuple[str, ...]
    ran: bool = False
    failure: Failure | None = None
    said: str = ""
    rows: tuple[str, ...] | None = None
    leftovers: tuple[str, ...] = ()
    seconds: float = 0.0
    absent: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def done(self) -> bool:
        """Say whether the move is in effect."""
        return self.ending in {Ending.DONE, Ending.ADOPTED}

    def sentence(self) -> str:
        """Return what happened as a few words, with the cause when there is one."""
        deed = f"{self.move.direction} {self.move.revision}: {self.ending}"
        return f"{deed}, because {self.failure}" if self.failure is not None else deed


class Migrations(Protocol):
    """The schema of one environment, moved by the founder's own alembic."""

    async def current(self) -> Current:
        """Return what alembic says is in effect, and in which database. Raises OutsideError."""
        ...

    async def sql(self, move: Move, graph: RevisionGraph) -> str:
        """Return the SQL of a move as alembic renders it, nothing run. BlockedError where it cannot be rendered alone."""
        ...

    def words(self, move: Move) -> tuple[str, ...]:
        """Return the exact command of a move."""
        ...

    async def carry_out(self, move: Move, graph: RevisionGraph) -> Outcome:
        """Do a move once, and read back what happened. Raises BlockedError, and then nothing was run."""
        ...

    async def look(self, move: Move, graph: RevisionGraph) -> Outcome:
        """Say where a move stands without running anything: after a crash, or when a person ran it by hand."""
        ...
