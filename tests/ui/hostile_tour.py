"""Drives every screen over hostile facts until each text of a corpus was drawn on enough of them; says what was drawn where."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from typing import Any

from textual import events
from textual.pilot import Pilot

from strideiq_console.domain.ci_file import CiFile, CiRemark
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.model import Effect, Runbook
from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.dialog import Box

from .fakes import FakeConsole, FakeEngine
from .hostile_facts import Poison, changed, commits, comparison, joined, poisoned, unfolded, whole
from .made_rollback import candidates, offer
from .made_standings import gate, make_plan
from .stillness import still, strike

TAG = re.compile(r"q(\d{3})")
HEAD = 3
SCROLLS = ("scroll_up", "scroll_down", "grab")
"""What Textual's own scroll bars do when they are clicked."""
WIDE, NARROW = (120, 36), (80, 24)
Way = Callable[["Tour"], Awaitable[None]]
Ways = Mapping[str, tuple[Way, tuple[str, ...]]]
"""Ways through the screens by name, each with the surfaces that it passes."""


class Tour:
    """Knows which text has been drawn on which surface. ``framed`` is told after each look, with the surface's name.

    Each text has its number before it (``q017``); it counts as drawn where its first letters stand behind that number, so one that
    is eaten, or that moves the cursor, never counts; and as ``whole`` where all of it stands there. On a dialog only what stands
    within its box counts. ``acted`` are the actions that drawn text would start when it is clicked: there must be none.
    """

    def __init__(
        self, app: ConsoleApp, pilot: Pilot[int], console: FakeConsole, texts: Sequence[str], ways: Ways, *, turns: int = 1
    ) -> None:
        self.app, self.pilot, self.console, self.ways, self.most = app, pilot, console, ways, turns
        self.texts = tuple(f"q{number:03d}{text}" for number, text in enumerate(texts))
        self._clean = [clean_line(text) for text in texts]
        self.drawn: dict[str, set[int]] = defaultdict(set)
        self.whole: dict[str, set[int]] = defaultdict(set)
        self.given: dict[str, set[int]] = defaultdict(set)
        self.acted: set[str] = set()
        self.framed: Callable[[str], None] = lambda surface: None
        self.resize: Callable[[int, int], None] = lambda width, height: None
        self.poison = Poison(cycle(self.texts), 1, 1)
        self.left: list[int] = []

    async def go(self, *keys: str) -> None:
        """Press keys, each so late that no dialog is deaf any more."""
        for key in keys:
            self.console.clock.seconds += 1
            await strike(self.pilot, key)

    async def still(self) -> None:
        await still(self.pilot)

    async def paste(self, words: str) -> None:
        """Let the terminal paste words."""
        event = events.Paste(words)
        event.set_sender(self.app)
        self.app.post_message(event)
        await self.still()

    def look(self, surface: str) -> None:
        """Count what stands on the screen now."""
        text = self._text()
        for match in TAG.finditer(text):
            number = int(match[1])
            if number < len(self._clean):
                words = self._clean[number]
                if text.startswith(words[:HEAD].rstrip(), match.end()):
                    self.drawn[surface].add(number)
                if text.startswith(words.rstrip(), match.end()):
                    self.whole[surface].add(number)
        self.given[surface].update(self.left)
        self.framed(surface)

    def _text(self) -> str:
        """Return the screen, or the box of the dialog on top; on the way every action of what is drawn is noted."""
        screen, height = self.app.screen, self.app.size.height
        box = next((one.region for one in screen.query(Box)), None)
        lines = []
        for strip in screen._compositor.render_strips(self.app.size)[:height]:
            for segment in strip:
                meta = segment.style.meta if segment.style is not None else {}
                self.acted.update(f"{key} {value}" for key, value in meta.items() if key.startswith("@") and value not in SCROLLS)
            lines.append("".join(segment.text for segment in strip))
        if box is not None:
            lines = [line[box.x : box.right] for line in lines[box.y : box.bottom]]
        return "\n".join(lines)

    async def walk(self, name: str) -> None:
        """Walk one way so often; each time with what its surfaces have not drawn yet, what was drawn least of all first."""
        way, surfaces = self.ways[name]
        seen = Counter(number for numbers in self.drawn.values() for number in numbers)
        for turn in range(self.most):
            lacking = {n for n in range(len(self.texts)) for surface in surfaces if n not in self.drawn[surface]}
            self.left = sorted(lacking, key=lambda n: (seen[n], n))
            if not self.left:
                break
            self._prepare(turn)
            self.app.to_dashboard()
            await self.still()
            await way(self)

    def _prepare(self, turn: int) -> None:
        shift = turn * 37 % len(self.left)
        order = [self.texts[n] for n in (*self.left[shift:], *self.left[:shift])]
        # A narrow cell shows one text, a wide one two or three; what is folded shows more, and leaves room for rows.
        self.poison = Poison(cycle(order), (2, 1, 4)[turn % 3], (8, len(order), 1)[turn % 3])
        console = self.console
        standing = self.hostile(gate())
        console.current = joined(self.hostile(whole(executions=(standing.execution,))))
        console.engine = self.engine(standing)
        console.unfolding.error = None
        console.unfolding.found = {name: self.hostile(value) for name, value in unfolded().items()}
        console.branches.commits, console.branches.comparison = commits(self.packed(30)), comparison(self.packed(46))
        console.came = changed(self.hostile(console.known_changes("production")), self.packed(70))
        console.candidates, console.offer = self.hostile(candidates()), self.hostile(offer())
        console.ci.workflow = CiFile(remarks=[CiRemark(n, self.poison.behind("")) for n in range(9)])
        console.job_list, console.log = (), tuple(self.packed(60))
        console.past = console.current.history["production"].value or ()
        console.rates = (RateBudget(self.poison.behind("gith"), 4812, 5000),)
        console.own = {f"own-{n}": self._own(f"own-{n}") for n in range(9)}
        for feed in ("branches", "runs", "metrics/production/prometheus", "costs/railway", "health/production", "executions"):
            console.tell(feed)

    def hostile(self, value: Any) -> Any:
        return poisoned(value, self.poison)

    def _own(self, name: str) -> Runbook:
        """Return a runbook of one's own; its names are letters alone, the settings see to that. Some ask for nothing."""
        known = RUNBOOKS["hotfix" if name < "own-5" else "promote"]
        inputs = tuple(replace(self.hostile(one), name=one.name, choices=(), default="") for one in known.inputs)
        return replace(self.hostile(known), name=name, inputs=inputs, own=True)

    @property
    def everything(self) -> str:
        return " ".join(self.texts[n] for n in self.left)

    def packed(self, room: int) -> list[str]:
        """Return all texts that are left in lines of so many columns, none of them on two lines."""
        lines = [""]
        for text in (self.texts[n] for n in self.left):
            if len(lines[-1]) + len(text) >= room:
                lines.append("")
            lines[-1] += f"{text} "
        return lines

    def part(self, number: int, of: int) -> str:
        """Return one of so many parts of all texts that are left."""
        return " ".join(self.texts[n] for n in self.left[number::of])

    def engine(self, standing: Standing) -> FakeEngine:
        """Return an engine whose plans are hostile too."""
        engine = FakeEngine([standing])
        plan = self.hostile(make_plan())
        effects = tuple(Effect(line, line) for line in self.packed(70))
        engine.planned = replace(plan, steps=(*plan.steps[:-1], replace(plan.steps[-1], effects=effects)))
        return engine

    async def standing(self, standing: Standing) -> None:
        """Let one execution stand so, and open it."""
        self.console.engine = self.engine(standing)
        self.console.tell("executions", replace(self.console.current, executions=(standing.execution,)))
        await self.go("u")
