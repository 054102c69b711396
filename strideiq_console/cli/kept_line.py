"""Keeps the glance's line for :mod:`strideiq_console.cli.quick`: after each answer, and while a console is open."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from strideiq_console.cli import quick
from strideiq_console.presentation import glance
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from strideiq_console.presentation.verdict import verdict

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


def keep_line(console: Console) -> None:
    """Keep what the glance would say now, for as long as it would say the same. A world's clock is not the wall's: not there."""
    if console.sandbox:
        return
    facts, now = console.facts(), console.clock.now()
    held = glance.steady(facts, now, timedelta(seconds=quick.LONGEST))
    poor = console.settings.ui.glyphs == "ascii"
    rich, plain = (console.redact(glance.line(facts, now, glyphs)) for glyphs in (ASCII if poor else UNICODE, ASCII))
    if console.settings.ui.glyphs == "unicode":
        plain = rich
    began = time.time()
    level = str(verdict(facts, now).level)
    quick.keep(str(console.settings.state), level, rich, plain, since=began, until=began + held.total_seconds())
