"""A founder asleep on the keyboard: random keys, pastes and resizes, and a witness of what was really confirmed."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual import events
from textual.geometry import Size
from textual.worker import Worker, WorkerState

from strideiq_console.domain.runbook.standing import Consent, Standing
from strideiq_console.ui import app as app_module
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.dialog import DEAF, Dialog

from .fakes import FakeEngine, FrozenClock

WORDS = {
    "confirm level 2": ("y",),
    "confirm level 3": (*"production", "enter", "enter"),
    "confirm level 4": (*"production", "enter", *"strideiq", "enter", "enter"),
}
PATIENT = 300
"""Turns of the event loop in which a screen opens and its execution says where it stands."""
HANGS = 20.0
LETTERS = "abcdefghijklmnopqrstuvwxyzDNRSTWXYGP0123456789?/:[] -._"
NAMED = (
    *("enter", "enter", "enter", "escape", "escape", "tab", "tab", "shift+tab", "up", "down", "left", "right"),
    *("home", "end", "pageup", "pagedown", "backspace", "delete", "space"),
)
RARE = (
    *("ctrl+c", "ctrl+l", "ctrl+p", "ctrl+u", "ctrl+d", "ctrl+v", "ctrl+x", "ctrl+a", "ctrl+z", "ctrl+y", "ctrl+k"),
    *("f1", "f6", "f7"),
)
SHIFTED = {"?": "question_mark", "/": "slash", ":": "colon", "[": "left_square_bracket", "]": "right_square_bracket"}
SHIFTED |= {" ": "space", "-": "minus", ".": "full_stop", "_": "underscore"}
PASTES = ("production", "y\ny\n", "c\ny\nproduction\n\n", "[/x] \x1b]52;c;eA==\x07", "feat: a\n\nb" * 40, "production\nstrideiq\n")
SIZES = ((120, 36), (80, 24), (40, 12), (20, 5), (160, 50), (100, 30), (1, 1))


def key_event(key: str) -> events.Key:
    """Return a key as the terminal sends it."""
    if len(key) == 1:
        return events.Key(SHIFTED.get(key, key), key)
    return events.Key(key, {"space": " ", "enter": "\r", "tab": "\t", "escape": "\x1b"}.get(key))


@dataclass
class Shown:
    """A dialog that was put on the screen, and the keys that came while it was on top."""

    dialog: Dialog[Any]
    at: float
    keys: list[tuple[float, str]] = field(default_factory=list)

    def typed(self) -> str:
        """Return the letters that counted."""
        return "".join(key for at, key in self.keys if at - self.at >= DEAF and len(key) == 1)

    def awake_keys(self) -> int:
        return sum(at - self.at >= DEAF for at, _ in self.keys)


class MashedApp(ConsoleApp):
    """Watches keys as they arrive and dialogs as they open; leaving is counted and does not happen."""

    CSS_PATH = str(Path(app_module.__file__).parent / "console.tcss")

    def __init__(self, console: Any) -> None:
        super().__init__(console)
        self.shown: list[Shown] = []
        self.left = 0
        self.taken = 0
        self.broken: list[BaseException] = []

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and self.screen_stack and isinstance(self.screen, Dialog):
            clock = self.services.clock
            if not self.shown or self.shown[-1].dialog is not self.screen:
                self.shown.append(Shown(self.screen, self.screen._opened))
                del self.shown[:-12]
            self.shown[-1].keys.append((clock.monotonic(), event.character or event.key))
        await super().on_event(event)
        if isinstance(event, (events.Key, events.Paste, events.Resize)):
            self.taken += 1

    def exit(self, *arguments: Any, **more: Any) -> None:
        self.left += 1

    def leave(self) -> None:
        super().exit(0)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.broken.append(event.worker.error)
        super().on_worker_state_changed(event)


class MashedEngine(FakeEngine):
    """Stands where the scene says, goes on to a random standing, and asks the witness about every consent."""

    def __init__(self, poses: dict[str, Callable[[], Standing]], dice: random.Random) -> None:
        super().__init__([poses[next(iter(poses))]()])
        self._poses = [make() for make in poses.values()]
        self._dice = dice
        self.app: MashedApp | None = None
        self.confirmed: list[int] = []
        self.unfounded: list[str] = []

    def stand(self, standing: Standing) -> None:
        self.standings = [standing]

    async def advance(self, execution_id: str, consent: Consent = Consent(), *, wait: float | None = 0.0) -> Standing:  # noqa: B008
        if consent != Consent():
            self._judge(consent)
            self.standings = [self._dice.choice(self._poses)]
        return self.standings[0]

    async def undo(self, execution_id: str) -> Standing:
        if not (self.app and self.app.shown and "y" in self.app.shown[-1].typed() + "y" * bool(self.app.shown[-1].awake_keys())):
            self.unfounded.append("undo without a dialog")
        return await super().undo(execution_id)

    def _judge(self, consent: Consent) -> None:
        standing = self.standings[0]
        last = self.app.shown[-1] if self.app and self.app.shown else None
        if last is None or not last.awake_keys():
            self.unfounded.append(f"{consent}: nobody had seen a dialog")
            return
        if not consent.step:
            self.confirmed.append(0)
            return
        if consent.effects != standing.fingerprint or standing.level < 2:
            self.unfounded.append(f"{consent}: not what is shown")
        for word in (standing.word, standing.database):
            if word and not within(word, last.typed()):
                self.unfounded.append(f"{consent}: {word} was not typed, but {last.typed()!r}")
        if (consent.word, consent.database) != (standing.word, standing.database):
            self.unfounded.append(f"{consent}: not the words of {standing.level}")
        if standing.level >= 4 and self.app and self.app.services.clock.monotonic() - last.at < standing.arms_in - 1:
            self.unfounded.append(f"{consent}: sooner than it may be")
        self.confirmed.append(standing.level)


def within(word: str, typed: str) -> bool:
    """Say whether the letters of ``word`` were typed in their order."""
    letters: Iterator[str] = iter(typed)
    return all(letter in letters for letter in word)


@dataclass
class Masher:
    """Sends events in batches. ``openings`` are keys that lead to each scene, with the standing that is met there."""

    app: MashedApp
    engine: MashedEngine
    dice: random.Random
    openings: list[tuple[str, tuple[str, ...], Standing]]
    sent: int = 0
    posted: int = 0
    opened: int = 0
    meant: float = 0.5
    scenes: dict[str, int] = field(default_factory=dict)

    async def mash(self, count: int) -> None:
        while self.sent < count:
            name, keys, standing = self.openings[self.opened % len(self.openings)]
            self.opened += 1
            self.engine.stand(standing)
            self.app.to_dashboard()
            await self._settle()
            for key in keys:
                self._post(key_event(key))
                await self._settle(PATIENT)
            self.scenes[name] = self.scenes.get(name, 0) + 1
            if name in WORDS and self.dice.random() < self.meant:
                await self._confirm(*WORDS[name])
            for _ in range(self.dice.randint(1, 4)):
                await self._batch()

    async def _confirm(self, *keys: str) -> None:
        """Now and then somebody means it: this must count, or the witness would prove nothing."""
        clock = self.app.services.clock
        assert isinstance(clock, FrozenClock)
        clock.seconds += 11
        await clock.sleep(11)
        for key in keys:
            self._post(key_event(key))
            await self._settle(PATIENT // 10)

    async def _batch(self) -> None:
        clock = self.app.services.clock
        assert isinstance(clock, FrozenClock)
        for _ in range(self.dice.randint(5, 30)):
            self._send_one()
            if self.dice.random() < 0.05:
                passed = self.dice.choice((0.1, 0.3, 0.5, 6.0))
                clock.seconds += passed
                await clock.sleep(passed)
        if self.dice.random() < 0.15:
            self._resize(*self.dice.choice(SIZES))
        await self._settle()

    async def _settle(self, turns: int = 12) -> None:
        """Wait until the application has taken every event, and some turns of the loop more; one that does not in 20 s hangs."""
        began = time.monotonic()
        while self.app.taken < self.posted or self.app._held:
            if self.app._exception is not None:
                raise self.app._exception
            if time.monotonic() - began > HANGS:
                stacks = [task.get_stack(limit=1)[-1:] for task in asyncio.all_tasks()]
                raise TimeoutError(
                    f"{self.app.taken} of {self.posted} taken, {self.app._held} held on {self.app.screen_stack}: {stacks}"
                )
            await asyncio.sleep(0)
        for _ in range(turns):
            await asyncio.sleep(0)

    def _resize(self, width: int, height: int) -> None:
        driver = self.app._driver
        assert driver is not None
        size = Size(width, height)
        driver._size = (width, height)
        self._post(events.Resize(size, size, size))

    def _send_one(self) -> None:
        luck = self.dice.random()
        if luck < 0.03:
            self._post(events.Paste(self.dice.choice(PASTES)))
        elif luck < 0.06:
            for key in (*self.dice.choice(("production", "strideiq", "give a reason", "Training calendar")), "enter", "enter"):
                self._post(key_event(key))
        elif luck < 0.09:
            self._post(key_event(self.dice.choice(RARE)))
        elif luck < 0.4:
            self._post(key_event(self.dice.choice(NAMED)))
        else:
            self._post(key_event(self.dice.choice(LETTERS)))

    def _post(self, event: events.Event) -> None:
        self.sent += 1
        self.posted += 1
        self.app.post_message(event)
