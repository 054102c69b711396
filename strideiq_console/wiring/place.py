"""Where the console works: live, or in a world; its settings, its clock, its tokens, its store."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strideiq_console.cli.context import Options
from strideiq_console.domain.fault import ConfigurationError, StoreError
from strideiq_console.domain.ports import Clock
from strideiq_console.services.clock import SystemClock
from strideiq_console.settings.load import load
from strideiq_console.settings.model import Settings
from strideiq_console.settings.secret_names import secret_names, take_out
from strideiq_console.settings.tokens import SystemTokens, Tokens, WorldTokens
from strideiq_console.store.store import FILE_NAME, Store

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

WORLD_PACE = 0.2
"""In a world feeds are renewed five times as often as live: its day is short."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the console works: live, or in a world. ``stretch`` see Board; ``pace`` see Refresh. ``environ`` holds no secret."""

    name: str
    settings: Settings
    clock: Clock
    tokens: Tokens
    world: World | None = None
    stretch: float = 1.0
    pace: float = 1.0
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def name_server(self) -> Any:
        """Return the world's name server; None for the machine's own."""
        if self.world is None:
            return None
        from strideiq_console.sandbox.name_server import name_server

        return name_server(self.world)

    @property
    def transport(self) -> Any:
        """Return the world's transport; None for the real network."""
        if self.world is None:
            return None
        from strideiq_console.sandbox.transport import WorldTransport

        return WorldTransport(self.world)


def place_of(options: Options, environ: Mapping[str, str]) -> Place:
    """Return where these options lead: the founder's own settings and tokens, or a world's."""
    if options.world is None:
        settings = load(config=options.config, cwd=Path.cwd(), environ=environ)
        tokens: Tokens = SystemTokens(environ, names=_names(settings))
        public = dict(environ)
        take_out(public)
        return Place("live", settings, SystemClock(), tokens, environ=public)
    world = world_of(options)
    # No real token and no setting from outside the world: neither the environment nor the keyring is looked at.
    settings = load(config=world.config, cwd=world.clone, environ={"STRIDEIQ_STATE": str(world.state)}, world=True)
    stretch = WORLD_PACE * max(world.clock.factor, 1.0 / WORLD_PACE)
    tokens = WorldTokens(world.tokens, names=_names(settings))
    return Place(f"world {world.folder.name}", settings, world.clock, tokens, world, stretch, WORLD_PACE)


def _names(settings: Settings) -> tuple[str, ...]:
    return secret_names(environment.name for environment in settings.environments)


def world_of(options: Options) -> World:
    """Open the world that the options name, made when absent; ConfigurationError for a folder that holds something else."""
    from strideiq_console.sandbox.state import WorldError
    from strideiq_console.sandbox.world import World

    assert options.world is not None, "callers have looked"  # noqa: S101
    try:
        return World.open(options.world, scenario=options.scenario, clock=options.clock)
    except WorldError as error:
        raise ConfigurationError(str(error), next_step="choose another folder with --world") from error


def open_store(settings: Settings, *, read_only: bool = False) -> tuple[Store | None, str]:
    """Open the store; without one the console still shows what it reads, and carries nothing out."""
    try:
        return Store.open(settings.state / FILE_NAME, read_only=read_only, who=_user()), ""
    except StoreError as error:
        return None, error.sentence()


def _user() -> str:
    return os.environ.get("USER") or os.environ.get("USERNAME") or "founder"
