"""The frame around what touches real users: a heavy border that carries the word, so that it never depends on colour."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from textual.screen import Screen
from textual.widget import Widget

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.presentation.production import PRODUCTION, acts_on_production, reaches_production
from strideiq_console.ui import safe


def frame(widget: Widget, *, production: bool, word: str = PRODUCTION) -> None:
    """Put the production frame around a bordered widget, or take it away."""
    widget.set_class(production, "production-frame")
    safe.subtitle(widget, word if production else "")


def frame_execution(screen: Screen[Any], standing: Standing, environments: Collection[Environment]) -> None:
    """Frame the steps of an execution that comes to production, and the current step where it acts there."""
    record = standing.record
    frame(screen.query_one("#steps"), production=reaches_production(standing.execution, environments), word=f"reaches {PRODUCTION}")
    frame(screen.query_one("#step"), production=record is not None and acts_on_production(record.step, environments))
