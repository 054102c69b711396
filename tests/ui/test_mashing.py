"""Key mashing (RELIABILITY U1): no crash, and nothing of level 2 or above without a full confirmation.

``STRIDEIQ_KEYS`` raises the number of events over all seeds; a failing seed becomes a case of its own in ``SEEDS``.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from strideiq_console.settings.model import UiSettings
from strideiq_console.ui import links

from .fakes import FakeConsole
from .made_facts import facts
from .made_forms import commit_question, gate_with_override
from .made_rollback import candidates, offer
from .made_standings import confirmation, diverged, gate, level_4, question, stopped, waiting
from .mashing import MashedApp, MashedEngine, Masher

pytestmark = pytest.mark.machine
SEEDS = tuple(range(1, 17))
KEYS = int(os.environ.get("STRIDEIQ_KEYS", "10000"))
POSES = {
    "level 2": lambda: confirmation("push", 2),
    "level 3": lambda: confirmation("merge-main", 3),
    "level 4": level_4,
    "question": question,
    "form": commit_question,
    "gate": gate,
    "override": gate_with_override,
    "diverged": diverged,
    "stopped": stopped,
    "waiting": waiting,
}
WAYS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("dashboard", (), "gate"),
    ("zoom", ("3", "enter"), "gate"),
    ("menu", ("W",), "gate"),
    ("inputs", ("W", "h"), "gate"),
    ("form", ("u", "c"), "form"),
    ("override", ("u", "o"), "override"),
    ("confirm level 2", ("u", "c"), "level 2"),
    ("confirm level 3", ("u", "c"), "level 3"),
    ("confirm level 4", ("u", "c"), "level 4"),
    ("question", ("u", "c"), "question"),
    ("diverged", ("u",), "diverged"),
    ("mark", ("u", "m"), "diverged"),
    ("stopped", ("u",), "stopped"),
    ("waiting", ("u",), "waiting"),
    ("plan", ("u", "D"), "gate"),
    ("rollback", ("W", "b"), "level 3"),
    ("history", ("9",), "gate"),
    ("help", ("?",), "gate"),
    ("palette", (":",), "gate"),
)


def asleep(seed: int, tmp_path: Path, ways: tuple[tuple[str, tuple[str, ...], str], ...] = WAYS) -> Masher:
    """Return an application with somebody asleep on its keyboard."""
    dice = random.Random(seed)  # noqa: S311 - mashed keys are no secret
    engine = MashedEngine(POSES, dice)
    made = {name: make() for name, make in POSES.items()}
    known = facts(executions=(made["gate"].execution,))
    console = FakeConsole(tmp_path, facts=known, engine=engine, ui=UiSettings(glyphs="unicode"))
    console.candidates, console.offer = candidates(), offer()
    app = engine.app = MashedApp(console)
    app.animation_level = "none"
    # Each seed begins at another scene, so that all of them together come by every one of them often.
    return Masher(app, engine, dice, [(name, keys, made[pose]) for name, keys, pose in ways], opened=5 * seed)


async def carry_out(masher: Masher, count: int) -> None:
    async with masher.app.run_test(size=(120, 36)) as pilot:
        await masher.mash(count)
        await pilot.resize_terminal(120, 36)
        await pilot.pause()
        assert masher.app.is_running
        masher.app.leave()
    print(f"{masher.sent} events, scenes {masher.scenes}, confirmed {masher.engine.confirmed}, left {masher.app.left}")


@pytest.mark.parametrize("seed", SEEDS)
async def test_mashed_keys_break_nothing_and_confirm_nothing(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"seed {seed}")
    monkeypatch.setattr(links, "has_browser", lambda: False)
    masher = asleep(seed, tmp_path)
    await carry_out(masher, KEYS // len(SEEDS))
    assert masher.app.broken == []
    assert masher.engine.unfounded == []


async def test_the_witness_sees_what_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "has_browser", lambda: False)
    masher = asleep(0, tmp_path, tuple(way for way in WAYS if way[0].startswith("confirm")))
    masher.meant = 1.0
    await carry_out(masher, 300)
    assert {2, 3, 4} <= set(masher.engine.confirmed)
    assert masher.engine.unfounded == []
