"""The only place that builds the object graph: settings become a console, live or in the sandbox.

Every import of a provider, the sandbox or the engine stands inside the function that needs it, so that a glance pays for none.
What a world changes is listed in :class:`Place`: the clock, the settings' file, the tokens, the transport. Nothing else differs.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strideiq_console.cli.context import Around, Options, Practice
from strideiq_console.domain.fault import ConfigurationError, StoreError, UsageError
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.services import feeds
from strideiq_console.services.board import Board
from strideiq_console.services.clock import SystemClock
from strideiq_console.services.console import Console
from strideiq_console.services.readers import Source, sources
from strideiq_console.settings.load import load
from strideiq_console.settings.model import Settings
from strideiq_console.settings.secret_names import secret_names, take_out
from strideiq_console.settings.tokens import SystemTokens, Tokens, WorldTokens
from strideiq_console.settings.vault import Vault
from strideiq_console.store.store import FILE_NAME, Store

if TYPE_CHECKING:
    from strideiq_console.providers.catalog import Parts
    from strideiq_console.sandbox.world import World
    from strideiq_console.services.engine import Engine
    from strideiq_console.services.refresh import Refresh

WORLD_PACE = 0.2
"""In a world feeds are renewed five times as often as live: its day is short."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the console works: live, or in a world. ``stretch`` see Board; ``pace`` see Refresh."""

    name: str
    settings: Settings
    clock: Clock
    tokens: Tokens
    world: World | None = None
    stretch: float = 1.0
    pace: float = 1.0

    @property
    def transport(self) -> Any:
        """Return the world's transport; None for the real network."""
        if self.world is None:
            return None
        from strideiq_console.sandbox.transport import WorldTransport

        return WorldTransport(self.world)


def _place(options: Options, environ: Mapping[str, str]) -> Place:
    if options.world is None:
        settings = load(config=options.config, cwd=Path.cwd(), environ=environ)
        return Place("live", settings, SystemClock(), SystemTokens(environ, names=_names(settings)))
    world = _world(options)
    # No real token and no setting from outside the world: neither the environment nor the keyring is looked at.
    settings = load(config=world.config, cwd=world.clone, environ={"STRIDEIQ_STATE": str(world.state)}, world=True)
    stretch = WORLD_PACE * max(world.clock.factor, 1.0 / WORLD_PACE)
    tokens = WorldTokens(world.tokens, names=_names(settings))
    return Place(f"world {world.folder.name}", settings, world.clock, tokens, world, stretch, WORLD_PACE)


def _names(settings: Settings) -> tuple[str, ...]:
    return secret_names(environment.name for environment in settings.environments)


def _world(options: Options) -> World:
    from strideiq_console.sandbox.state import WorldError
    from strideiq_console.sandbox.world import World

    assert options.world is not None, "callers have looked"  # noqa: S101
    try:
        return World.open(options.world, scenario=options.scenario, clock=options.clock)
    except WorldError as error:
        raise ConfigurationError(str(error), next_step="choose another folder with --world") from error


def _store(settings: Settings, *, read_only: bool = False) -> tuple[Store | None, str]:
    """Open the store; without one the console still shows what it reads, and carries nothing out."""
    try:
        return Store.open(settings.state / FILE_NAME, read_only=read_only, who=_user()), ""
    except StoreError as error:
        return None, error.sentence()


def _user() -> str:
    return os.environ.get("USER") or os.environ.get("USERNAME") or "founder"


class Keyring(Vault):
    """The keyring for writing, together with where each secret comes from at present."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self.names = tokens.names
        self.origin = tokens.origin


class Wiring:
    """Builds consoles for the front ends (the protocol is ``cli.context.Wiring``).

    It takes the tokens out of the process's environment, so that no child inherits one, whoever starts it: GitPython runs
    ``git version`` with the whole environment when it is imported.
    """

    def __init__(self, environ: MutableMapping[str, str] = os.environ) -> None:
        self._environ = dict(environ)
        take_out(environ)

    @contextmanager
    def stored(self, options: Options) -> Iterator[Console]:
        """Give a console over the store alone: no network, no git, nothing written."""
        place = _place(options, self._environ)
        store, _ = _store(place.settings, read_only=True)
        table = [source.feed for source in sources(place.settings, Outside())]
        board = Board(place.settings, table, store.readings if store else None, stretch=place.stretch)
        board.fill()
        try:
            yield Console(
                settings=place.settings,
                clock=place.clock,
                board=board,
                store=store,
                redact=Redactor(),
                world=place.world.folder.name if place.world else "",
                read_only="this command only reads",
            )
        finally:
            if store is not None:
                store.close()

    @asynccontextmanager
    async def live(self, options: Options) -> AsyncIterator[Console]:
        """Give a console that reads the outside and, where GitHub and a clone are there, carries plans out."""
        place = _place(options, self._environ)
        async with _console(place) as console:
            yield console

    def tokens(self, options: Options) -> Tokens:
        """Return where each token comes from."""
        return _place(options, self._environ).tokens

    def secrets(self, options: Options) -> Keyring:
        """Return the system's keyring, for writing."""
        if options.world is not None:
            raise UsageError("a simulated world has its own tokens", next_step="leave --world out to reach the keyring")
        return Keyring(_place(options, self._environ).tokens)

    def settings(self, options: Options) -> Settings:
        """Read the settings alone."""
        return _place(options, self._environ).settings

    def around(self, options: Options) -> Around:
        """Look around for a first run."""
        import asyncio

        from strideiq_console.domain.fault import CloneError
        from strideiq_console.providers.git import GitClone, remote_of, repository_of
        from strideiq_console.settings import discovery, places

        if options.world is not None:
            raise UsageError("a simulated world has its own settings", next_step="leave --world out")
        cwd = Path.cwd()
        file, _ = places.config_file(options.config, cwd, self._environ)
        clone = places.clone_root(cwd)
        fault = ""
        names: tuple[str, ...] = ()
        try:
            reader = GitClone(clone, clock=SystemClock(), main="main", staging="staging", redact=Redactor())
            names = tuple(branch.name for branch in asyncio.run(reader.branches()))
        except CloneError as error:
            fault = error.sentence()
        home = self._environ.get("HOME", "")
        found = discovery.discover(clone, Path(home) if home else None) if not fault else discovery.Found()
        repository = repository_of(remote_of(clone) or "")
        return Around(clone, file, places.there(file), repository, names, found, fault)

    def practice(self, options: Options) -> Practice:
        """Return the world's own hands."""
        from strideiq_console.sandbox.practice import SandboxPractice

        return SandboxPractice(_world(options))

    def ui(self, options: Options, *, guide: Sequence[str] = ()) -> int:
        """Open the terminal console; return the exit code."""
        import asyncio

        from strideiq_console.ui.app import run_app

        async def run() -> int:
            async with self.live(options) as console:
                return await run_app(console, guide)

        return asyncio.run(run())


@asynccontextmanager
async def _console(place: Place) -> AsyncIterator[Console]:
    """Build the whole console of a place, and take it down again."""
    import asyncio

    from strideiq_console.providers import catalog

    settings, clock = place.settings, place.clock
    store, refused = _store(settings)
    secrets = await _secrets(place.tokens)
    redact = Redactor(secrets.values())
    transport = place.transport
    etags = store.etags if store else None
    parts = await asyncio.to_thread(catalog.build, catalog.Setting(settings, secrets, clock, redact, etags, transport))
    outside = Outside(parts.clone, parts.host, parts.deployments, parts.prober, faults=parts.faults)
    table = sources(settings, outside, clock)
    board = Board(settings, [source.feed for source in table], store.readings if store else None, stretch=place.stretch)
    board.fill()
    why = refused or ("" if parts.host else f"nothing can be carried out: {parts.faults['github'].sentence()}")
    engine = _engine(place, parts, store) if store is not None and not why else None
    console = Console(
        settings=settings,
        clock=clock,
        board=board,
        store=store,
        redact=redact,
        world=place.world.folder.name if place.world else "",
        engine=engine,
        read_only=why,
        refresh=_refresh(place, board, table, engine),
        host=parts.host,
        deployments=parts.deployments,
    )
    try:
        yield console
    finally:
        await console.stop()
        await parts.close()
        if store is not None:
            store.close()


async def _secrets(tokens: Tokens) -> dict[str, Secret]:
    """Ask for all tokens away from the loop: a keyring may take its 3 s."""
    import asyncio

    found = await asyncio.gather(*(asyncio.to_thread(tokens.get, name) for name in tokens.names))
    return {name: secret for name, secret in zip(tokens.names, found, strict=True) if secret is not None}


def _engine(place: Place, parts: Parts, store: Store) -> Engine | None:
    from strideiq_console.services.action import Ports
    from strideiq_console.services.engine import Engine

    if parts.host is None:
        return None
    ports = Ports(
        place.settings, place.clock, parts.clone, parts.host, parts.deployments, parts.prober, store.verifications, place.name
    )
    return Engine(ports, store, urgent=parts.urgent)


def _refresh(place: Place, board: Board, table: Sequence[Source], engine: Engine | None) -> Refresh:
    from strideiq_console.services.refresh import Refresh

    def busy() -> bool:
        runs = board.reading(feeds.RUNS).value or ()
        moving = any(not run.state.finished for run in runs)
        return moving or (engine is not None and any(not e.state.ended for e in engine.executions()))

    return Refresh(board, table, place.clock, busy=busy, pace=place.pace)
