"""Named beginnings of a world: what has happened on top of the common story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from strideiq_console.sandbox import incidents, red_ci, shortage
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.state import State, WorldError
from strideiq_console.sandbox.story import Story

HOTFIX = incidents.HOTFIX


@dataclass(frozen=True, slots=True)
class Scenario:
    """A beginning. ``bot``: a second account opens pull requests; ``red_main``: the newest run on main failed once.

    ``branches``: further local ones of the clone. ``aftermath`` changes the finished beginning: state, origin, the world's folder,
    and when it begins.
    """

    name: str
    sentence: str
    tell: Callable[[Story], None]
    bot: bool = True
    red_main: bool = False
    checked_out: str = "feature/calendar"
    labels: tuple[tuple[int, str], ...] = ()
    branches: tuple[str, ...] = ()
    aftermath: Callable[[State, Origin, Path, float], None] | None = None


def _nothing(story: Story) -> None:
    """The calm world is the story itself."""


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("calm", "all is green, three commits wait on staging", _nothing),
        Scenario(
            "red-ci",
            "CI fails in every way: tests, the migrations' head, by chance once, and where no run was started",
            red_ci.told,
            red_main=True,
            aftermath=red_ci.looked_at,
        ),
        Scenario(
            "half-done-hotfix",
            "a hotfix is on staging and not on production",
            incidents.half_done,
            checked_out=HOTFIX,
            labels=((43, "P1"), (44, "P1")),
        ),
        Scenario("solo", "the founder is the only account, so nobody can approve", _nothing, bot=False),
        Scenario(
            "bad-deploy",
            "production is slow and wrong since a deployment 14 minutes ago",
            incidents.bad_deploy,
            aftermath=incidents.slow_and_wrong,
        ),
        Scenario(
            "schema-rollback",
            "the same, and the deployment dropped a table and a column",
            incidents.schema_rollback,
            checked_out="main",
            aftermath=incidents.slow_with_a_backup,
        ),
        Scenario(
            "diverged",
            "a half-done hotfix whose branch somebody else moved on GitHub",
            incidents.half_done,
            checked_out=HOTFIX,
            labels=((43, "P1"), (44, "P1")),
            aftermath=incidents.moved_by_others,
        ),
        Scenario(
            "two-heads",
            "the migrations of a branch have two heads, and two files that cannot be read",
            incidents.two_heads,
            checked_out=incidents.TWO_HEADS,
            branches=(incidents.ONE_HEAD,),
        ),
        Scenario(
            "quota",
            "budgets, minutes, money, connections and the queue are nearly used up",
            _nothing,
            aftermath=shortage.nearly_used_up,
        ),
        Scenario("behind", "main has a merge commit that staging lacks", incidents.behind),
    )
}


def find(name: str) -> Scenario:
    """Return a scenario by name. Raises WorldError naming those that there are."""
    if name not in SCENARIOS:
        raise WorldError(f"{name!r} is no scenario: there are {', '.join(SCENARIOS)}")
    return SCENARIOS[name]
