"""``make pictures``: the screens of the README, from the real console over worlds that stand still; the same bytes every time.

``python -m tools.pictures [FOLDER [NAME ...]]`` draws all of them, or those that are named, as SVG into the folder.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.sandbox.world import World
from strideiq_console.services.console import Console
from strideiq_console.settings.secret_names import take_out
from strideiq_console.ui.screens.rollback import RollbackScreen
from strideiq_console.ui.screens.runbook import RunbookScreen
from strideiq_console.ui.widgets.header import Header
from tools.still import BEGIN, Sitting, read, sitting, steadily, still

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
TURN = 15.0
"""Seconds of the world between two looks at what is waited for."""
ENVIRON = {"TZ": "UTC", "USER": "founder", "LANG": "C.UTF-8", "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"}
UNWANTED = ("NO_COLOR", "TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_THEME", "COLORTERM", "LC_ALL", "LC_CTYPE", "USERNAME")
_WEB_FONT = re.compile(r",?\s*url\(\"https?://[^\"]*\"\) format\(\"[^\"]*\"\)")


async def dashboard(folder: Path) -> str:
    """The dashboard 14 minutes after a bad deploy."""
    async with still(folder, "bad-deploy") as here, sitting(here) as seat:
        return await picture(seat, "StrideIQ Console: the dashboard after a bad deploy")


async def metrics(folder: Path) -> str:
    """Production's metrics, zoomed, with the chart of one of them."""
    async with still(folder, "bad-deploy") as here, sitting(here) as seat:
        await seat.press("4", "enter")
        return await picture(seat, "StrideIQ Console: metrics of production")


async def costs(folder: Path) -> str:
    """The month's costs, zoomed: planned, actual, forecast."""
    async with still(folder, "calm") as here, sitting(here) as seat:
        await seat.press("5", "enter")
        return await picture(seat, "StrideIQ Console: the month's costs")


async def rollback(folder: Path) -> str:
    """The rollback planner: what production can go back to, and the plan of the fastest safe way."""
    async with still(folder, "bad-deploy") as here, sitting(here) as seat:
        await seat.press("W", "b")
        await seat.until(lambda: isinstance(seat.app.screen, RollbackScreen))
        await seat.rest()
        seat.way.begin_anew()  # how much was asked before the cursor stood still depends on the machine
        await read(seat.console)
        return await picture(seat, "StrideIQ Console: the way back")


async def hotfix(folder: Path) -> str:
    """A hotfix on its way: everything up to the merge to main is done."""
    async with still(folder, "calm") as here:
        with steadily():
            await carry_out(here.world, here.console, stop_at="merge-main")
        here.world.advance(60.0)  # the limits of a minute are free again
        await read(here.console)
        async with sitting(here) as seat:
            await seat.press("u")
            await seat.until(lambda: isinstance(seat.app.screen, RunbookScreen))
            return await picture(seat, "StrideIQ Console: a hotfix on its way to production")


async def carry_out(world: World, console: Console, *, stop_at: str) -> None:
    """Be the founder: commit the fix when asked for it, say yes to what is asked, and stop before a step."""
    engine = console.engine
    assert engine is not None, "a world can be acted in"  # noqa: S101
    plan = await engine.plan("hotfix", {"slug": "fix-auth-crash", "severity": "P1"})
    execution = await engine.start(plan)
    consent = Consent(plan=plan.fingerprint)
    while True:
        world.advance(4.0)
        standing = await engine.advance(execution.id, consent)
        consent = Consent(plan=plan.fingerprint)
        step = standing.record.step.id if standing.record else ""
        if step == stop_at and standing.awaits is Awaits.CONFIRMATION:
            return
        if standing.awaits is Awaits.ANSWER:
            if step == "fix":
                world.advance(240.0)
                world.write_fix("hotfix/fix-auth-crash")
            consent = Consent(plan=plan.fingerprint, answer="yes")
        elif standing.awaits in (Awaits.OUTSIDE, Awaits.GATE):
            world.advance(TURN)
            if world.clock.now().timestamp() > BEGIN.timestamp() + 86_400:
                raise TimeoutError(f"{step} never became {stop_at}: {standing.sentence}")
        else:
            raise RuntimeError(f"{step}: {standing.awaits}: {standing.sentence}")


async def picture(seat: Sitting, title: str) -> str:
    """Return what stands on the screen as SVG: without toasts, without a cursor that blinks, without a font from the network."""
    await seat.rest()
    for widget in seat.app.screen.query("Input"):
        widget.cursor_blink = False  # type: ignore[attr-defined]
    seat.app.clear_notifications()
    for screen in seat.app.screen_stack:
        await screen.query("Toast").remove()
    for header in seat.app.screen.query(Header):
        header.renew()  # it would wait for its second to be over before it tells what was asked for meanwhile
    await seat.rest()
    return _WEB_FONT.sub("", seat.app.export_screenshot(title=title))


PICTURES: dict[str, Callable[[Path], Coroutine[Any, Any, str]]] = {
    "dashboard": dashboard,
    "hotfix": hotfix,
    "rollback": rollback,
    "metrics": metrics,
    "costs": costs,
}


def draw(name: str) -> str:
    """Draw one picture in a world of its own that is thrown away. KeyError for a name that is none."""
    make = PICTURES[name]
    take_out(os.environ)
    for unwanted in UNWANTED:
        os.environ.pop(unwanted, None)
    os.environ.update(ENVIRON)
    time.tzset()
    with tempfile.TemporaryDirectory(prefix="strideiq-picture-") as scratch:
        return _only(asyncio.run(make(Path(scratch) / "world")), scratch)


def _only(svg: str, scratch: str) -> str:
    """Return a picture that shows the world alone. Raises ValueError for one that shows where this machine keeps it."""
    for place in (scratch, str(Path.home()), str(Path.cwd())):
        if len(place) > 1 and place in svg.replace("&#160;", " "):
            raise ValueError(f"a picture would show {place}")
    return svg


def main(argv: list[str]) -> int:
    """Draw the pictures that are named (all of them when none is) into the folder named first."""
    folder, names = Path(argv[0]) if argv else FOLDER, argv[1:] or list(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.svg").write_text(draw(name), encoding="utf-8")
        print(f"{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
