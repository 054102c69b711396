"""Chooses among the themes that could be read, says what was wrong with the others, and shows the user's own as they are edited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.theme import Theme
from textual.timer import Timer

from strideiq_console.ui import themes
from strideiq_console.ui.walls import WalledApp

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

DEFAULT_THEME = "night"
SHIPPED = ("night", "day", "contrast", "quiet", "colour-blind")
"""The order in which ``T`` turns; the user's own come after these."""
LOOK_EVERY = 1.0
"""Seconds between two looks at the folder of the user's own themes, while the terminal has the focus."""


class ThemedApp(WalledApp):
    """Knows the console's own themes and those beside the user's configuration; ``complaints`` are shown once it stands."""

    def __init__(self, services: Console) -> None:
        super().__init__(services)
        self.complaints: list[str] = list(services.settings.warnings)
        file = services.settings.file
        self._own: Path | None = file.parent / "themes" if file else None
        self._stamps: dict[str, themes.Stamp] = {}
        self._theme_timer: Timer | None = None
        self._set_themes()

    @property
    def theme_names(self) -> list[str]:
        """Return the themes that can be shown: the console's own in their order, then the user's by name."""
        known = [name for name in SHIPPED if name in self.available_themes]
        return [*known, *sorted(set(self.available_themes) - set(known))]

    def _set_themes(self) -> None:
        self._stamps = themes.listing(self._own) if self._own else {}
        known, faults = themes.load(themes.folder(), *((self._own,) if self._own else ()))
        self.complaints += faults
        for theme in known.values():
            self.register_theme(theme)
        wanted = self.services.settings.ui.theme
        if wanted not in known:
            self.complaints.append(f"there is no theme {wanted!r}: {DEFAULT_THEME} is shown")
        self.theme = wanted if wanted in known else DEFAULT_THEME
        for name in set(self.available_themes) - set(known):
            self.unregister_theme(name)  # Textual's own are not ours to vouch for

    def on_mount(self) -> None:
        """Begin to look at the user's own themes."""
        if self._own is not None:
            self._theme_timer = self.set_interval(LOOK_EVERY, self.look_at_themes)

    def on_app_focus(self) -> None:
        """Look again, and go on looking."""
        if self._theme_timer is not None:
            self.look_at_themes()
            self._theme_timer.resume()

    def on_app_blur(self) -> None:
        """Look at nothing while nobody looks here."""
        if self._theme_timer is not None:
            self._theme_timer.pause()

    def look_at_themes(self) -> None:
        """Read the user's own theme files that were changed; one that is unfit leaves the last good one on the screen."""
        found = themes.listing(self._own) if self._own else {}
        changed = {name for name in {*found, *self._stamps} if found.get(name) != self._stamps.get(name)}
        self._stamps = found
        for file in sorted(changed):
            name = file.removesuffix(".toml")
            if file in found and self._own is not None:
                theme, words = themes.attempt(self._own / file)
                if words:
                    kept = " The last good one stays." if theme is None and name in self.available_themes else ""
                    self.notify(f"{words}.{kept}", title="Theme", severity="warning", timeout=8)
            else:
                theme = self._without_file(name)
            if theme is not None:
                self.register_theme(theme)
                if name == self.theme:
                    self.mutate_reactive(ThemedApp.theme)

    def _without_file(self, name: str) -> Theme | None:
        """Return the console's own theme of a name whose file the user took away; what is shown stays until another is chosen."""
        shipped = themes.folder() / f"{name}.toml"
        if name in SHIPPED and shipped.is_file():
            return themes.attempt(shipped)[0]
        if name != self.theme:
            self.unregister_theme(name)
        return None

    def action_next_theme(self) -> None:
        """Show the next theme."""
        names = self.theme_names
        self.action_use_theme(names[(names.index(self.theme) + 1) % len(names)])

    def action_use_theme(self, name: str) -> None:
        """Show a theme by name, and say how it is kept: the configuration is the user's to write."""
        if name not in self.available_themes:
            self.notify(f"There is no theme {name!r} any more.", title="Theme", severity="warning")
            return
        self.theme = name
        ui, file = self.services.settings.ui, self.services.settings.file
        where = str(file) if file else "config.toml (strideiq init writes one)"
        kept = "as config.toml says" if name == ui.theme else f'to keep it, under [ui] in {where}: theme = "{name}"'
        self.notify(f"{name}; {kept}", title="Theme", timeout=4)
