"""Builds a whole console of a place, and takes it down again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from strideiq_console.domain.outside import Outside
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.services import feeds
from strideiq_console.services.board import Board
from strideiq_console.services.console import Console
from strideiq_console.services.readers import sources
from strideiq_console.services.source import Source
from strideiq_console.settings.tokens import Tokens
from strideiq_console.store.store import Store

if TYPE_CHECKING:
    from strideiq_console.providers.catalog import Parts
    from strideiq_console.services.engine import Engine
    from strideiq_console.services.refresh import Refresh

from strideiq_console.wiring.place import Place, open_store


@asynccontextmanager
async def console_of(place: Place, *, at_once: bool = False) -> AsyncIterator[Console]:
    """Build the whole console of a place, and take it down again.

    ``at_once`` gives it while it is opening, with what the store knows: a first frame needs no more.
    """
    settings, clock = place.settings, place.clock
    store, refused = open_store(settings)
    board = known_board(place, store)
    rest = _Rest(place, store, refused)
    console = Console(
        settings=settings,
        clock=clock,
        board=board,
        store=store,
        redact=rest.redact,
        world=place.world.folder.name if place.world else "",
        finish=rest.finish,
    )
    try:
        if not at_once:
            await console.opened()
        yield console
    finally:
        await console.stop()
        await rest.close()
        if store is not None:
            store.close()


class _Rest:
    """All that a console needs beside what its store knows: secrets, providers, engine, refresher."""

    def __init__(self, place: Place, store: Store | None, refused: str) -> None:
        self._place, self._store, self._refused = place, store, refused
        self._parts: Parts | None = None
        self.redact = Redactor()

    async def finish(self, console: Console) -> None:
        """Make it, as far as it goes on a thread, and give it to the console."""
        import asyncio

        place, store = self._place, self._store
        secrets = await _secrets(place.tokens)
        for secret in secrets.values():
            self.redact.learn(secret)
        parts = self._parts = await asyncio.to_thread(self._make, secrets)
        outside = parts.outside
        why = self._refused or ("" if outside.host else f"nothing can be carried out: {outside.faults['github'].sentence()}")
        engine = _engine(place, parts, store, self.redact) if store is not None and not why else None
        table = sources(place.settings, outside, place.clock, store.samples if store else None)
        refresh = _refresh(place, console.board, table, engine, parts)
        console.furnish(engine=engine, read_only=why, refresh=refresh, outside=outside)

    def _make(self, secrets: Mapping[str, Secret]) -> Parts:
        import strideiq_console.services.engine  # noqa: F401 - on this thread: it takes a tenth of a second
        from strideiq_console.providers import catalog

        place = self._place
        etags = self._store.etags if self._store else None
        given = (place.settings, dict(secrets), place.clock, self.redact, etags, place.transport, place.name_server, place.environ)
        return catalog.build(catalog.Setting(*given, **_own_schema(place)))

    async def close(self) -> None:
        """Take the providers down."""
        if self._parts is not None:
            await self._parts.close()


def known_board(place: Place, store: Store | None) -> Board:
    """Return a board of every feed, filled with what the store knows; which feeds there are, the settings alone say."""
    table = [source.feed for source in sources(place.settings, Outside())]
    board = Board(place.settings, table, store.readings if store else None, stretch=place.stretch)
    board.fill()
    return board


def _own_schema(place: Place) -> dict[str, Any]:
    """Return a world's own databases and alembic, which stand in for the founder's; nothing when live."""
    if place.world is None:
        return {}
    from strideiq_console.wiring.world_schema import world_alembic, world_databases

    return {"databases": world_databases(place.world), "alembic": world_alembic(place.world)}


async def _secrets(tokens: Tokens) -> dict[str, Secret]:
    """Ask for all tokens away from the loop: a keyring may take its 3 s."""
    import asyncio

    found = await asyncio.gather(*(asyncio.to_thread(tokens.get, name) for name in tokens.names))
    return {name: secret for name, secret in zip(tokens.names, found, strict=True) if secret is not None}


def _engine(place: Place, parts: Parts, store: Store, redact: Redactor) -> Engine | None:
    from dataclasses import replace

    from strideiq_console.services.action import Ports
    from strideiq_console.services.audited import Remembering
    from strideiq_console.services.engine import Engine
    from strideiq_console.services.own_runbooks import check_own

    check_own(place.settings.runbooks)
    outside = parts.outside
    if outside.host is None or outside.clone is None or outside.prober is None:
        return None
    ports = Ports(
        place.settings,
        place.clock,
        outside.clone,
        outside.host,
        outside.deployments,
        outside.prober,
        store.verifications,
        place.name,
        replace(outside, auditors={name: Remembering(auditor, place.clock) for name, auditor in outside.auditors.items()}),
    )
    return Engine(ports, store, urgent=parts.urgent, redact=redact)


def _refresh(place: Place, board: Board, table: Sequence[Source], engine: Engine | None, parts: Parts) -> Refresh:
    from strideiq_console.services.refresh import Refresh

    def busy() -> bool:
        runs = board.reading(feeds.RUNS).value or ()
        moving = any(not run.state.finished for run in runs)
        return moving or (engine is not None and any(not e.state.ended for e in engine.executions()))

    return Refresh(board, table, place.clock, busy=busy, pace=place.pace, asked=parts.asked)


KEPT_EVERY = 5.0
"""Real seconds between two looks whether the kept line is still what a glance would say."""


@asynccontextmanager
async def line_kept(console: Console) -> AsyncIterator[None]:
    """Keep the glance's line while a console is open, and once more at its end: a status bar then reads a file."""
    import asyncio
    from contextlib import suppress

    from strideiq_console.cli.kept_line import keep_line

    async def keep() -> None:
        while True:
            await asyncio.sleep(KEPT_EVERY)
            keep_line(console)

    task = asyncio.create_task(keep(), name="kept line")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        keep_line(console)
