"""The command palette: runbooks, places, themes and verbs, each an action that a key has too."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.ui import safe
from strideiq_console.ui.panels import PANELS

VERBS = (
    ("Resume what is unfinished", "app.resume"),
    ("Read all feeds again", "app.renew_all"),
    ("Next theme", "app.next_theme"),
    ("Keys here", "app.help"),
    ("Quit", "app.quit"),
)


def commands(themes: Iterable[str]) -> list[tuple[str, str]]:
    """Return each command's words and its action."""
    return [
        *((f"Start {name}: {runbook.title}", f"app.runbook('{name}')") for name, runbook in RUNBOOKS.items()),
        *((f"Go to {spec.title}", f"app.panel('{spec.name}')") for spec in PANELS),
        *VERBS,
        *((f"Theme {name}", f"app.use_theme('{name}')") for name in themes),
    ]


class ConsoleCommands(Provider):
    """Finds commands by their words. Matches are weighed by Textual, but drawn by our own hand: its highlighter parses markup."""

    def _all(self) -> list[tuple[str, str]]:
        return commands(sorted(self.app.available_themes))

    async def discover(self) -> Hits:
        """Offer all commands before anything is typed."""
        for words, action in self._all():
            yield DiscoveryHit(safe.content(words), partial(self.app.run_action, action), text=words)

    async def search(self, query: str) -> Hits:
        """Offer the commands that fit."""
        matcher = self.matcher(query)
        for words, action in self._all():
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, safe.cells((Cell(words, Tone.ACCENT),)), partial(self.app.run_action, action), text=words)
