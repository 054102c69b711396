"""A wiring over hand-made facts and a real engine on a fake outside: no network, no git, frozen or turned time."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from strideiq_console.cli.context import Options
from strideiq_console.cli.main import main
from strideiq_console.domain.facts import Facts, RateBudget
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.policy.new_migration import NewMigration
from strideiq_console.domain.secret import Redactor
from strideiq_console.services.engine import Engine
from strideiq_console.settings.model import Settings
from tests.presentation.facts import NOW, calm, environments


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class FrozenClock:
    def now(self):
        return NOW

    def monotonic(self) -> float:
        return 0.0


@dataclass
class FakeConsole:
    """What the command line touches of a console."""

    settings: Settings
    known: Facts
    clock: Any = field(default_factory=FrozenClock)
    engine: Engine | None = None
    read_only: str = ""
    redact: Any = field(default_factory=Redactor)
    refreshed: int = 0
    after: Facts | None = None
    examined: tuple[Finding, ...] = ()
    sandbox: bool = True
    ci: Any = None
    proposed: Callable[[str], NewMigration] | None = None

    async def new_migration(self, text: str) -> NewMigration:
        assert self.proposed is not None
        return self.proposed(text)

    def facts(self) -> Facts:
        executions = self.engine.executions() if self.engine else self.known.executions
        return replace(self.known, executions=executions)

    def budgets(self) -> tuple[RateBudget, ...]:
        return (RateBudget("github", 4812, 5000),)

    async def examine(self, *, deadline: float) -> tuple[Finding, ...]:
        return self.examined

    async def refresh_once(self, *, deadline: float) -> None:
        self.refreshed += 1
        self.known = self.after or self.known


class FakePractice:
    def __init__(self, folder: Path, fix: Any = None) -> None:
        self.folder = folder
        self.turned: list[float] = []
        self.served: list[int] = []
        self._fix = fix

    def write_fix(self, branch: str, *, subject: str = "fix(auth): refresh the token") -> str:
        return self._fix(branch)

    def advance(self, seconds: float) -> None:
        self.turned.append(seconds)

    def serve(self, port: int, *, ready: Callable[[int], None]) -> int:
        ready(port)
        self.served.append(port)
        return 0


class FakeTokens:
    def __init__(self, origins: dict[str, str] | None = None) -> None:
        self._origins = origins or {}

    def origin(self, name: str) -> str:
        return self._origins.get(name, "environment")

    def backend(self) -> str:
        return "keyring.backends.SecretService.Keyring"


class FakeWiring:
    """Gives always the same console; ``seen`` are the options it was asked with."""

    def __init__(self, console: FakeConsole, practice: FakePractice | None = None, tokens: FakeTokens | None = None) -> None:
        self.console = console
        self._practice = practice
        self._tokens = tokens or FakeTokens()
        self.seen: list[Options] = []
        self.guides: list[Sequence[str]] = []
        self.lives = 0

    @contextmanager
    def stored(self, options: Options) -> Iterator[Any]:
        self.seen.append(options)
        yield self.console

    @asynccontextmanager
    async def live(self, options: Options) -> AsyncIterator[Any]:
        self.seen.append(options)
        self.lives += 1
        yield self.console

    def ui(self, options: Options, *, guide: Sequence[str] = ()) -> int:
        self.seen.append(options)
        self.guides.append(guide)
        return 0

    def secrets(self, options: Options) -> Any:
        return self._tokens

    def settings(self, options: Options) -> Settings:
        return self.console.settings

    def practice(self, options: Options) -> Any:
        self.seen.append(options)
        return self._practice

    def tokens(self, options: Options) -> Any:
        return self._tokens


def console(facts: Facts | None = None, *, state: Path = Path("/nowhere"), **more: Any) -> FakeConsole:
    settings = Settings(environments=environments(), state=state, file=Path("/config.toml"))
    return FakeConsole(settings, facts or calm(), **more)


@dataclass
class Ran:
    code: int
    out: str
    err: str


def run(wiring: Any, *words: str, stdin: Any = None, terminal: bool = False, environ: dict[str, str] | None = None) -> Ran:
    """Run one command and return what it wrote."""
    kind = Terminal if terminal else io.StringIO
    out, err = kind(), io.StringIO()
    typed = stdin if stdin is not None else kind("")
    if hasattr(typed, "heard"):
        typed.heard = err
    code = main(words, wiring, stdout=out, stderr=err, stdin=typed, environ=environ or {"TERM": "xterm", "NO_COLOR": "1"})
    return Ran(code, out.getvalue(), err.getvalue())
