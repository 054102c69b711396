"""Chooses among the themes that could be read, and remembers what was wrong with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strideiq_console.ui import themes
from strideiq_console.ui.walls import WalledApp

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

DEFAULT_THEME = "night"


class ThemedApp(WalledApp):
    """Knows the console's own themes and those beside the user's configuration; ``complaints`` are shown once it stands."""

    def __init__(self, services: Console) -> None:
        super().__init__(services)
        self.complaints: list[str] = list(services.settings.warnings)
        self._set_themes()

    def _set_themes(self) -> None:
        own = self.services.settings.file.parent / "themes" if self.services.settings.file else None
        known, faults = themes.load(themes.folder(), *((own,) if own else ()))
        self.complaints += faults
        for theme in known.values():
            self.register_theme(theme)
        self._theme_names = sorted(known, reverse=True)
        wanted = self.services.settings.ui.theme
        if wanted not in known:
            self.complaints.append(f"there is no theme {wanted!r}: {DEFAULT_THEME} is shown")
        self.theme = wanted if wanted in known else DEFAULT_THEME
        for name in set(self.available_themes) - set(known):
            self.unregister_theme(name)  # Textual's own are not ours to vouch for

    def action_next_theme(self) -> None:
        """Show the next theme."""
        at = self._theme_names.index(self.theme) if self.theme in self._theme_names else -1
        self.action_use_theme(self._theme_names[(at + 1) % len(self._theme_names)])

    def action_use_theme(self, name: str) -> None:
        """Show a theme by name."""
        self.theme = name
