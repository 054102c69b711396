"""The consoles that front ends are given, each over its own place."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, MutableMapping, Sequence
from contextlib import asynccontextmanager, contextmanager

from strideiq_console.cli.context import Around, Options, Practice
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.secret import Redactor
from strideiq_console.services.console import Console
from strideiq_console.settings.model import Settings
from strideiq_console.settings.places import CONFIG_VARIABLE
from strideiq_console.settings.secret_names import take_out
from strideiq_console.settings.tokens import Tokens
from strideiq_console.wiring.build import console_of, known_board, line_kept
from strideiq_console.wiring.first_run import Keyring, look_around
from strideiq_console.wiring.place import open_store, place_of, world_of


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
        place = place_of(options, self._environ)
        store, _ = open_store(place.settings, read_only=True)
        try:
            yield Console(
                settings=place.settings,
                clock=place.clock,
                board=known_board(place, store),
                store=store,
                redact=Redactor(),
                world=place.world.folder.name if place.world else "",
                read_only="this command only reads",
            )
        finally:
            if store is not None:
                store.close()

    @asynccontextmanager
    async def live(self, options: Options, *, at_once: bool = False) -> AsyncIterator[Console]:
        """Give a console that reads the outside and, where GitHub and a clone are there, carries plans out.

        ``at_once``: while it is still opening.
        """
        place = place_of(options, self._environ)
        async with console_of(place, at_once=at_once) as console:
            if place.world is not None or options.config is not None or self._environ.get(CONFIG_VARIABLE):
                yield console
            else:
                async with line_kept(console):
                    yield console

    def tokens(self, options: Options) -> Tokens:
        """Return where each token comes from."""
        return place_of(options, self._environ).tokens

    def secrets(self, options: Options) -> Keyring:
        """Return the system's keyring, for writing."""
        if options.world is not None:
            raise UsageError("a simulated world has its own tokens", next_step="leave --world out to reach the keyring")
        return Keyring(place_of(options, self._environ).tokens)

    def settings(self, options: Options) -> Settings:
        """Read the settings alone, and judge the founder's own runbooks."""
        from strideiq_console.services.own_runbooks import check_own

        settings = place_of(options, self._environ).settings
        check_own(settings.runbooks)
        return settings

    def around(self, options: Options) -> Around:
        """Look around for a first run."""
        return look_around(options, self._environ)

    def practice(self, options: Options) -> Practice:
        """Return the world's own hands."""
        from strideiq_console.sandbox.practice import SandboxPractice

        return SandboxPractice(world_of(options))

    def ui(self, options: Options, *, guide: Sequence[str] = ()) -> int:
        """Open the terminal console; return the exit code."""
        import asyncio

        from strideiq_console.ui.app import run_app

        async def run() -> int:
            async with self.live(options, at_once=True) as console:
                return await run_app(console, guide)

        return asyncio.run(run())
