"""Run as a child on a real pseudo-terminal: the console over facts whose every remote text is hostile, driven through all screens.

It prints nothing itself. The parent reads what reached the terminal.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.runbook.model import Effect
from strideiq_console.settings.model import UiSettings
from strideiq_console.ui.app import ConsoleApp

from .corpus import sequences
from .fakes import FakeConsole, FakeEngine
from .made_facts import facts, failed
from .made_standings import confirmation, gate

EACH = 2  # sequences behind each text: few enough that a table's cell shows them
TURNS = 3
KEPT = {"id", "sha", "head_sha", "environment", "component", "provider", "source", "pattern", "local", "remote", "tip"}


def poisoned(value: Any, poison: Iterator[str], name: str = "") -> Any:
    """Return ``value`` with the next sequences behind every text that could come from outside, as if the first wall had failed."""
    if isinstance(value, (Enum, datetime, Path, Environment)) or name in KEPT:
        return value
    if isinstance(value, str):
        return value[:8] + "".join(islice(poison, EACH))
    if isinstance(value, tuple):
        return tuple(poisoned(item, poison) for item in value)
    if isinstance(value, dict):
        return {key: poisoned(item, poison) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changes = {field.name: poisoned(getattr(value, field.name), poison, field.name) for field in fields(value)}
        return replace(value, **changes)
    return value


async def main(state: Path) -> None:
    """Walk through the screens, each time with other sequences in each field."""
    corpus = sequences()
    endless = cycle(corpus)
    console = FakeConsole(state, facts=facts(), ui=UiSettings(glyphs="unicode"), engine=FakeEngine([gate()]))
    app = ConsoleApp(console)  # type: ignore[arg-type]

    async def drive() -> None:
        for turn in range(TURNS):
            hostile = poisoned(facts(), endless)
            everything = "".join(corpus[turn::TURNS])
            hostile = replace(hostile, runs=failed(hostile.runs, cause=everything))
            held, asked = poisoned(gate(), endless), poisoned(confirmation("merge-main", 3), endless)
            console.engine = FakeEngine([replace(asked, effects=(Effect(everything, everything),))])
            console.log = tuple(corpus)
            console.job_list = (hostile.runs.value or ())[0].jobs or ()
            console.tell("runs", replace(hostile, executions=(held.execution,)))
            for feed in ("branches", "health/production", "executions"):
                console.tell(feed)
            app.notify(everything, title=everything)
            app.copy_to_clipboard(everything)
            app.title = app.sub_title = everything
            for keys in ("3 enter l", "escape escape 2 enter", "escape u c", "escape D", "escape escape ?"):
                await app._press_keys(keys.split())
            await app._press_keys(["escape"])
        app.exit(0)

    await app.run_async(auto_pilot=lambda pilot: drive())  # type: ignore[arg-type,return-value]


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
