"""What tests of screens share: waiting until the application is idle, and reading the screen as text."""

from __future__ import annotations

from textual.pilot import Pilot

from strideiq_console.ui.app import ConsoleApp


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys one by one, each answered before the next."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    await settled(pilot)


async def settled(pilot: Pilot[int]) -> None:
    """Wait until no worker of the engine's runs any more."""
    app = pilot.app
    for _ in range(50):
        await pilot.pause()
        if not any(w.is_running and w.group in ("execution", "log", "jobs", "browser") for w in app.workers):
            break
    await pilot.pause()


def screen_text(app: ConsoleApp) -> str:
    """Return what stands on the screen, one line a row."""
    width, height = app.size
    strips = app.screen._compositor.render_strips(app.size) if width else []
    return "\n".join("".join(segment.text for segment in strip) for strip in strips[:height])
