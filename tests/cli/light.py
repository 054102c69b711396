"""A wiring for the import test: facts alone, so that nothing heavy is imported on its behalf."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from strideiq_console.domain.secret import Redactor
from strideiq_console.settings.model import Settings
from tests.presentation.facts import NOW, calm


class LightWiring:
    @contextmanager
    def stored(self, options: Any) -> Iterator[Any]:
        yield SimpleNamespace(
            settings=Settings(state=Path("/nowhere")),
            clock=SimpleNamespace(now=lambda: NOW),
            facts=calm,
            budgets=tuple,
            redact=Redactor(),
        )
