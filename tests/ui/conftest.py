"""An application over fakes, deterministic to the last cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.settings.model import UiSettings
from strideiq_console.ui.app import ConsoleApp

from .fakes import FakeConsole, FakeEngine
from .made_facts import facts

Make = Callable[..., ConsoleApp]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEXTUAL", "TEXTUAL_LOG", "NO_COLOR", "TEXTUAL_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(*, engine: FakeEngine | None = None, guide: tuple[str, ...] = (), theme: str = "night", **changes: Any) -> ConsoleApp:
        keys = changes.pop("keys", ())
        glyphs = changes.pop("glyphs", "unicode")
        read_only = changes.pop("read_only", "")
        ui = UiSettings(theme=theme, glyphs=glyphs, keys=keys)
        app = ConsoleApp(FakeConsole(tmp_path, facts=facts(**changes), engine=engine, ui=ui, read_only=read_only), guide=guide)  # type: ignore[arg-type]
        app.animation_level = "none"
        return app

    return build
