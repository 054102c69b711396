"""One invocation: its options, the wiring, the output, and how a verb gets at a console."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from strideiq_console.cli.context import Options, Wiring
from strideiq_console.cli.output import Output
from strideiq_console.domain.fault import UnfinishedError
from strideiq_console.presentation.glyphs import pick

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

READ_DEADLINE = 12.0
"""Real seconds that a command waits for all sources together."""


class Session:
    """What a verb is given. ``state`` is the state folder, known once a console has been opened."""

    def __init__(self, options: Options, wiring: Wiring, output: Output, environ: Mapping[str, str]) -> None:
        self.options = options
        self.wiring = wiring
        self.output = output
        self.environ = environ
        self.state: Path | None = None

    def adopt(self, console: Console) -> None:
        """Take the redactor, the glyphs and the state folder over from an opened console, and tell its warnings."""
        self.output.redact = console.redact
        self.output.glyphs = pick(console.settings.ui.glyphs, self.environ)
        self.state = console.settings.state
        for warning in console.settings.warnings:
            self.output.talk(f"strideiq: {warning}")

    @contextmanager
    def stored(self) -> Iterator[Console]:
        """Give a console over the store alone."""
        with self.wiring.stored(self.options) as console:
            self.adopt(console)
            yield console

    def live(self, work: Callable[[Console], Awaitable[int]]) -> int:
        """Run ``work`` with a console that reaches the outside; return its exit code.

        A closed terminal or a polite kill cancels the work: what is in flight is finished, the rest stays resumable.
        """
        import asyncio
        import signal

        async def run() -> int:
            task = asyncio.current_task()
            ended: list[str] = []

            def end(name: str) -> None:
                ended.append(name)
                if task is not None:
                    task.cancel()

            loop = asyncio.get_running_loop()
            for name in ("SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is None:
                    continue
                try:
                    loop.add_signal_handler(number, end, name)
                except (NotImplementedError, RuntimeError, ValueError):
                    continue  # no such signals on this platform, or not the main thread
            try:
                async with self.wiring.live(self.options) as console:
                    self.adopt(console)
                    return await work(console)
            except asyncio.CancelledError:
                if not ended:
                    raise
                raise UnfinishedError(f"ended by {ended[0]}", next_step="strideiq runs lists what can be resumed") from None

        return asyncio.run(run())

    def command(self, *words: str) -> str:
        """Return the command line that goes on in the same place as this one."""
        place: list[str] = ["strideiq"]
        if self.options.world is not None:
            place += ["--world", str(self.options.world)]
        if self.options.config is not None:
            place += ["--config", str(self.options.config)]
        return shlex.join([*place, *words])
