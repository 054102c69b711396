"""What the console itself has to offer: runbooks, places, verbs and themes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from strideiq_console.ui.palette.entry import Do, Entry
from strideiq_console.ui.panels import PANELS

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

VERBS = (
    ("Resume what is unfinished", "app.resume"),
    ("Dry run: plan a runbook, enter nothing", "app.dry_run"),
    ("History: every execution, with its evidence", "app.history"),
    ("Read all feeds again", "app.renew_all"),
    ("Lock or unlock production writes", "app.lock"),
    ("Next theme", "app.next_theme"),
    ("Keys here", "app.help"),
    ("Redraw the screen", "app.redraw"),
    ("Quit", "app.quit"),
)


def runbooks(services: Console) -> Iterable[Entry]:
    """Offer to start each runbook."""
    for name, runbook in services.runbooks().items():
        yield Entry(f"Start {name}: {runbook.title}", Do(f"app.runbook({name!r})"))


def panels(services: Console) -> Iterable[Entry]:
    """Offer to go to each panel."""
    return (Entry(f"Go to {spec.title}", Do(f"app.panel({spec.name!r})")) for spec in PANELS)


def verbs(services: Console) -> Iterable[Entry]:
    """Offer what a key does anywhere."""
    return (Entry(words, Do(action)) for words, action in VERBS)


def themes(names: Sequence[str]) -> Iterable[Entry]:
    """Offer each theme that can be shown."""
    return (Entry(f"Theme {name}", Do(f"app.use_theme({name!r})")) for name in names)
