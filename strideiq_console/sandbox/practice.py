"""The hands of a world: what its founder does outside the console. It fits ``cli.context.Practice``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from strideiq_console.sandbox.founder import FIX_SUBJECT
from strideiq_console.sandbox.world import World


class SandboxPractice:
    """Acts in a world as a person would: edits and commits, turns the manual clock, offers it over loopback."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def folder(self) -> Path:
        """Return the world's folder."""
        return self._world.folder

    @property
    def note(self) -> str:
        """Return what of the request was ignored, because the world existed already."""
        return self._world.note

    def write_fix(self, branch: str, *, subject: str = FIX_SUBJECT) -> str:
        """Commit a real fix on a branch of the world's clone; return its SHA."""
        return self._world.write_fix(branch, subject=subject)

    def advance(self, seconds: float) -> None:
        """Turn the manual clock."""
        self._world.advance(seconds)

    def serve(self, port: int, *, ready: Callable[[int], None]) -> int:
        """Offer the world over loopback HTTP; blocks until interrupted, and returns the exit code."""
        from strideiq_console.sandbox.serve import serve

        serve(self._world, port, ready=ready)
        return 0
