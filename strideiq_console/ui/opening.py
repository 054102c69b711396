"""Shows an address, and hands it to a browser where there is one and the host is known (RELIABILITY threat T7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from strideiq_console.ui import links

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


def offer(screen: Screen[Any], url: str, services: Console) -> None:
    """Open ``url`` from a screen, or say why it is not opened; ``""`` does nothing."""
    if not url:
        return
    wrong = "the sandbox has no pages" if services.sandbox else links.refusal(url, services.settings)
    if wrong:
        screen.app.notify(f"{url}\nNot opened: {wrong}.", title="Page", severity="warning", markup=False)
    elif links.has_browser():
        screen.app.notify(url, title="Opening", markup=False)
        screen.run_worker(lambda: links.open_page(url), thread=True, exit_on_error=False, group="browser")
    else:
        screen.app.notify(f"{url}\nThere is no browser here; Y copies the address.", title="Page", markup=False)
