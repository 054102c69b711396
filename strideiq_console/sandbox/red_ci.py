"""The beginning in which CI is red in every way that a founder meets, and the runs behind it that say why (S9)."""

from __future__ import annotations

from pathlib import Path

from strideiq_console.sandbox import ci, ci_past, head_gate
from strideiq_console.sandbox import seed_files as files
from strideiq_console.sandbox import seed_migrations as migrations
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.state import State
from strideiq_console.sandbox.story import DAY, Story

MINUTE = 60.0 / DAY
GATED = "feature/race-goals"
RETARGETED = "feature/goal-badges"
LEFT_OVER = "feature/recovery-score"
RUNNING = "feature/pace-chart"
GATED_PULL, LEFT_OVER_PULL, RETARGETED_PULL, PROMOTION_PULL = 43, 44, 45, 46


def told(story: Story) -> None:
    """Tell of red tests, a wrong head, a branch that was squashed away, a stacked pull request, a promotion and a run under way."""
    broken = {ci.BREAKING_PATH: "The week starts on Sunday here.\n", "apps/api/app/week.py": '"""Weeks."""\n\nFIRST_DAY = 6\n'}
    story.history.commit("feature/calendar", story.ago(2 / 24), "feat(calendar): weeks start where the runner says", broken)
    _squashed(story)
    _gated(story)
    story.feature(RETARGETED, GATED, 70 * MINUTE, [("feat(goals): badges", files.component("Badges", "Your badges"))])
    title = "feat(goals): badges of a season"
    story.open_pull(RETARGETED_PULL, title, RETARGETED, "staging", 66 * MINUTE, opened_for=GATED)
    story.open_pull(PROMOTION_PULL, "release: interval builder and recovery score", "staging", "main", 50 * MINUTE)
    dots = files.component("PaceDots", "Each kilometre")
    story.history.commit(RUNNING, story.ago(1.1 * MINUTE), "feat(ui): dots on the pace chart", dots)


def looked_at(state: State, origin: Origin, folder: Path, begin: float) -> None:
    """Let runs have failed by chance before, and let the log of a running job be read."""
    for branch in ("staging", "main"):
        ci_past.stumbled(state, branch, begin)
    state["ci"] = {"live_logs": True}


def _squashed(story: Story) -> None:
    """Squash a branch into staging and forget to delete it: to git it looks unmerged."""
    title = "feat(recovery): recovery score"
    story.feature(LEFT_OVER, "staging", 112 * MINUTE, [(title, files.python("recovery", "Recovery score"))])
    story.history.commit(LEFT_OVER, story.ago(108 * MINUTE), "test(recovery): rest counts", files.check("recovery", "Rest counts"))
    story.merge(LEFT_OVER_PULL, title, LEFT_OVER, "staging", 95 * MINUTE, squash=True, keep=True, opened=105 * MINUTE)


def _gated(story: Story) -> None:
    """Add a migration and leave the file that names the expected head as it was."""
    last = migrations.revision_id(8)
    pin = {head_gate.PIN: f"{last}\n"}
    goals = migrations.simple("0042_race_goals", last, "add race goals", "race_goals") | files.python("goals", "Race goals")
    story.feature(GATED, "staging", 88 * MINUTE, [("ci: name the head that the migrations must have", pin)])
    story.history.commit(GATED, story.ago(80 * MINUTE), "feat(goals): goals of a race", goals)
    story.open_pull(GATED_PULL, "feat(goals): race goals", GATED, "staging", 78 * MINUTE)
