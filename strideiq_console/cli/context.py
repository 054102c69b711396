"""What the command line is given: the global options, and the wiring that builds consoles for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from strideiq_console.domain.secret import Secret
    from strideiq_console.services.console import Console
    from strideiq_console.settings.discovery import Found
    from strideiq_console.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """The global options. ``world`` is a sandbox's folder (None: live); ``scenario`` and ``clock`` are for a new world."""

    config: Path | None = None
    world: Path | None = None
    scenario: str | None = None
    clock: str | None = None


class TokenOrigins(Protocol):
    """Says where tokens come from, never what they are."""

    def origin(self, name: str) -> str:
        """Return ``environment``, ``keyring``, or why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Around:
    """What a first run finds: the clone, the settings' file (``exists``: it is the founder's already), and what the clone says."""

    clone: Path
    file: Path
    exists: bool
    repository: str
    branches: tuple[str, ...]
    found: Found
    fault: str = ""


class Secrets(TokenOrigins, Protocol):
    """The system's keyring, for writing; a world has none."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name that a secret may have here."""
        ...

    def set(self, name: str, secret: Secret) -> None:
        """Store a secret and prove that it arrived."""
        ...

    def delete(self, name: str) -> bool:
        """Remove a secret; say whether there was one."""
        ...

    def backend(self) -> str:
        """Return the keyring's class. Raises ConfigurationError for one that keeps no secrets."""
        ...


class Practice(Protocol):
    """The hands of a world: what a founder would do in it outside the console."""

    @property
    def folder(self) -> Path:
        """Return the world's folder."""
        ...

    def write_fix(self, branch: str, *, subject: str = "Fix the crash on login") -> str:
        """Commit a real fix on a branch of the world's clone; return its SHA."""
        ...

    def advance(self, seconds: float) -> None:
        """Turn the manual clock."""
        ...

    def serve(self, port: int, *, ready: Callable[[int], None]) -> int:
        """Offer the world over loopback HTTP; ``ready`` is told the port. Blocks, and returns the exit code."""
        ...


class Wiring(Protocol):
    """Builds consoles. The command line knows nothing of how."""

    def stored(self, options: Options) -> AbstractContextManager[Console]:
        """Give a console over settings and store alone: no network, no git, no asyncio."""
        ...

    def live(self, options: Options) -> AbstractAsyncContextManager[Console]:
        """Give a console that reads the outside and carries plans out."""
        ...

    def ui(self, options: Options, *, guide: Sequence[str] = ()) -> int:
        """Open the terminal console; return the exit code."""
        ...

    def around(self, options: Options) -> Around:
        """Look around for a first run; nothing is written and nobody is asked over the network."""
        ...

    def settings(self, options: Options) -> Settings:
        """Read the settings alone. Raises SettingsError with every fault of the files."""
        ...

    def practice(self, options: Options) -> Practice:
        """Return the hands of the world that ``options`` names, created when absent."""
        ...

    def tokens(self, options: Options) -> TokenOrigins:
        """Return where each token comes from."""
        ...

    def secrets(self, options: Options) -> Secrets:
        """Return the keyring, for writing. UsageError in a world: it can never hold a real token."""
        ...
