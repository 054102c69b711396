"""What must be proven before alembic may touch a schema: the right database, from both sides; a move of one revision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NoReturn

from strideiq_console.domain.database import Database, Identity
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.migration import Direction, Move
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Address, Current
from strideiq_console.domain.migration_path import applied, undone_by
from strideiq_console.providers.alembic.source import IDENTIFIER


class Proof:
    """The two looks at the database: the console's own connection, and the address that alembic names (section 0, 10).

    The identity alone would prove only where the console looks; alembic picks its database by itself, from variables or a ``.env``.
    """

    def __init__(
        self,
        database: Database | None,
        enrolled: Identity | Callable[[], Awaitable[Identity]] | None,
        address: Address | None,
    ) -> None:
        self._database = database
        self._enrolled = enrolled
        self._address = address
        self._seen = Identity()

    async def rows(self) -> tuple[str, ...]:
        """Return the version table's rows of the enrolled database. Raises BlockedError for any other one, OutsideError."""
        enrolled = await self._enrolled() if callable(self._enrolled) else self._enrolled
        if self._database is None or enrolled is None or not enrolled.database:
            _refuse("no database is enrolled for this environment", "enrol it: the console must know which one it is")
        if not (enrolled.system_identifier or enrolled.host):
            _refuse("only the name of a database is enrolled, which others have too", "enrol its system_identifier, or its host")
        self._seen = await self._database.identity()
        seen = self._seen.compare(enrolled)
        if not seen.same:
            _refuse(f"this is not the enrolled database: {'; '.join((*seen.differences, *seen.unknown))}", _OTHER_DATABASE)
        found = await self._database.revisions()
        if found.current is None:
            _refuse(f"the revision in effect cannot be told: {found.sentence()}", "look at the version table by hand")
        return found.current

    def same_place(self, current: Current, graph: RevisionGraph, rows: tuple[str, ...]) -> None:
        """Refuse when alembic's own environment leads it to another database than the one that :meth:`rows` has just proven."""
        if current.address is None:
            _refuse("alembic does not say which one database it would change", "make alembic current --verbose name it")
        wanted = self._seen
        if self._address is not None:
            wanted = Identity(database=self._address.database, host=self._address.host, port=self._address.port)
        differences = current.address.differences(wanted)
        if differences:
            _refuse(f"alembic would change another database: {'; '.join(differences)}", _OTHER_DATABASE)
        theirs, ours = applied(graph, current.revisions, implied=True), applied(graph, rows)
        if theirs.unknown or theirs.tips != ours.tips:
            said = ", ".join(current.revisions) or "nothing"
            _refuse(
                f"alembic sees {said} in effect, the console {', '.join(rows) or 'nothing'}", "check the version table's schema"
            )


def certain_move(move: Move, graph: RevisionGraph, rows: tuple[str, ...]) -> None:
    """Refuse a move that would run anything but its one revision, or whose target is not an explicit word (R94)."""
    if not graph.sound:
        _refuse(graph.problems()[0], "repair the migration files")
    if move.revision not in graph.by_id or not all(IDENTIFIER.fullmatch(word) for word in move.target.split("@", 1)):
        _refuse(f"{move.revision} or {move.target} is no revision of these files", "plan again")
    active = applied(graph, rows).active
    if move.direction is Direction.UP:
        certain = move.target == move.revision and graph.ancestors((move.revision,)) - active == {move.revision}
    else:
        certain = undone_by(graph, active, move.target) == {move.revision}
    if not certain:
        _refuse(f"{move.direction} {move.target} would move more than {move.revision}", "plan again")


_OTHER_DATABASE = "check the variables and the .env that the command reads, or enrol this database"


def _refuse(cause: str, step: str) -> NoReturn:
    raise BlockedError(cause, consequence="nothing was run", next_step=step)
