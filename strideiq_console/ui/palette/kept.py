"""What the console keeps itself: executions, and the settings with what they came to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from strideiq_console.presentation import config_lines
from strideiq_console.ui.palette.entry import Carried, Entry, Setting

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


def executions(services: Console) -> Iterable[Entry]:
    """Offer each execution, newest first."""
    for one in services.facts().executions:
        yield Entry(f"{one.plan.title}: {one.state}  {one.id}", Carried(one.id), "execution")


def settings(services: Console) -> Iterable[Entry]:
    """Offer each key of the configuration."""
    return (Entry(key, Setting(key), "setting") for key, _, _ in config_lines.rows(services.settings))
