"""Named beginnings of a world: what has happened on top of the common story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from strideiq_console.sandbox import ci, founder
from strideiq_console.sandbox import seed_files as files
from strideiq_console.sandbox.state import WorldError
from strideiq_console.sandbox.story import HOUR, Story

HOTFIX = "hotfix/fix-auth-crash"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A beginning. ``bot``: a second account opens pull requests; ``red_main``: the newest run on main failed once."""

    name: str
    sentence: str
    tell: Callable[[Story], None]
    bot: bool = True
    red_main: bool = False
    checked_out: str = "feature/calendar"
    labels: tuple[tuple[int, str], ...] = ()


def _nothing(story: Story) -> None:
    """The calm world is the story itself."""


def _red(story: Story) -> None:
    broken = {ci.BREAKING_PATH: "The week starts on Sunday here.\n", "apps/api/app/week.py": '"""Weeks."""\n\nFIRST_DAY = 6\n'}
    story.history.commit("feature/calendar", story.ago(2 / 24), "feat(calendar): weeks start where the runner says", broken)


def _half_done(story: Story) -> None:
    minute = HOUR / 60 / 86_400
    fixed = files.TOKENS_PY.replace(founder.BUG, founder.FIXED)
    tested = (
        files.TEST_TOKENS_PY
        + '\n\ndef test_a_token_without_an_expiry_stays_valid() -> None:\n    assert not expired({"sub": "1"})\n'
    )
    story.feature(HOTFIX, "main", 44 * minute, [(founder.FIX_SUBJECT, {founder.FIX_FILE: fixed, founder.TEST_FILE: tested})])
    story.open_pull(44, founder.FIX_SUBJECT, HOTFIX, "main", 40 * minute)
    story.merge(43, founder.FIX_SUBJECT, HOTFIX, "staging", 30 * minute, keep=True, opened=40 * minute)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("calm", "all is green, three commits wait on staging", _nothing),
        Scenario("red-ci", "a feature's tests fail, and the newest run on main failed once", _red, red_main=True),
        Scenario(
            "half-done-hotfix",
            "a hotfix is on staging and not on production",
            _half_done,
            checked_out=HOTFIX,
            labels=((43, "P1"), (44, "P1")),
        ),
        Scenario("solo", "the founder is the only account, so nobody can approve", _nothing, bot=False),
    )
}


def find(name: str) -> Scenario:
    """Return a scenario by name. Raises WorldError naming those that there are."""
    if name not in SCENARIOS:
        raise WorldError(f"{name!r} is no scenario: there are {', '.join(SCENARIOS)}")
    return SCENARIOS[name]
