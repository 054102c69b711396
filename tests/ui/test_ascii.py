"""On a terminal with a poor font nothing that the console draws leaves ASCII, borders and bars included; letters of others stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.segment import Segment
from textual.color import Color

from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.presentation.glyphs import pick
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.backstop import AsciiGuard

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_facts import branch, facts, seen
from .made_forms import commit_question
from .made_rollback import candidates, offer
from .made_standings import confirmation, gate, level_4, question, stopped, waiting


def calm() -> Standing:
    return gate()


SCREENS: dict[str, tuple[Callable[[], Standing], tuple[str, ...]]] = {
    "dashboard": (calm, ()),
    **{f"zoom {n}": (calm, (str(n), "enter")) for n in range(1, 7)},
    "history": (calm, ("9",)),
    "help": (calm, ("?",)),
    "palette": (calm, ("colon",)),
    "palette typed": (calm, ("colon", "m")),
    "workflows": (calm, ("W",)),
    "inputs": (calm, ("W", "h")),
    "plan": (calm, ("W", "h", "a", "enter", "enter")),
    "rollback": (calm, ("W", "b")),
    "acts": (calm, ("2", "a")),
    "runbook waiting": (waiting, ("u",)),
    "runbook stopped": (stopped, ("u",)),
    "undo": (stopped, ("u", "z")),
    "question": (question, ("u", "c")),
    "form": (commit_question, ("u", "c")),
    "confirm 2": (lambda: confirmation("push", 2), ("u", "c")),
    "confirm 3": (lambda: confirmation("merge-main", 3), ("u", "c")),
    "confirm 4": (level_4, ("u", "c")),
}


def app_at(make: Make, standing: Callable[[], Standing]) -> ConsoleApp:
    here = standing()
    app = make(glyphs="ascii", sandbox=True, executions=(here.execution,), engine=FakeEngine([here]))
    app.services.candidates, app.services.offer = candidates(), offer()  # type: ignore[attr-defined]
    return app


@pytest.mark.parametrize("screen", SCREENS)
async def test_every_screen_is_ascii(make: Make, screen: str) -> None:
    standing, keys = SCREENS[screen]
    size = (80, 24) if screen in ("dashboard", "confirm 3", "runbook stopped") else (120, 36)
    app = app_at(make, standing)
    async with app.run_test(size=size, notifications=True) as pilot:
        await press(pilot, *keys)
        text = screen_text(app)
        assert {char for char in text if not char.isascii()} == set()
        assert len(text.strip()) > 200


async def test_the_letters_of_others_stay(make: Make) -> None:
    named = branch("feature/größe-走る", (facts().branches.value or ())[1].kind, "b" * 40, "Größe", hours=1)
    app = make(glyphs="ascii", branches=seen("git", (named,)))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "feature/größe-走る" in screen_text(app)


@pytest.mark.parametrize(
    ("drawn", "plain"),
    [
        ("┏━╸▂▅█┃", "+--_=#|"),
        ("⠀⣿ ▊ ◆ ⟶", " : # * *"),
        ("größe", "größe"),
        ("✔ ▲ · …", "+ ! | ."),
        ("🔎", "🔎"),
    ],
)
def test_lines_blocks_and_marks_become_ascii_and_keep_their_width(drawn: str, plain: str) -> None:
    found = AsciiGuard().apply([Segment(drawn)], Color(0, 0, 0))[0].text
    assert found == plain
    assert len(found) == len(drawn)


@pytest.mark.parametrize(
    ("term", "lang", "name"),
    [("linux", "C.UTF-8", "ascii"), ("xterm", "C.UTF-8", "unicode"), ("xterm", "de_DE.ISO-8859-1", "ascii")],
)
def test_the_terminal_decides(term: str, lang: str, name: str) -> None:
    assert pick("auto", {"TERM": term, "LANG": lang}).name == name
