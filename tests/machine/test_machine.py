"""A runbook while anybody does anything (RELIABILITY R4): real git, the world's providers, crashes, undo, other people.

After each thing the console does: no commit is lost, nothing was forced, unsaved work and stash are as they were, no effect
without an intention. In the end the audit agrees with the journal and no lease is held.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from strideiq_console.domain.runbook.execution import ExecutionState, StepState
from strideiq_console.domain.runbook.standing import Awaits
from strideiq_console.sandbox.world import World
from tests.crash.happenings import dirty_the_clone, git, move
from tests.crash.practice import PRACTICES, Practice
from tests.machine.stage import Stage, consent_to

SEED = 20261123
EXAMPLES = int(os.environ.get("STRIDEIQ_MACHINES", "200"))
STEPS = int(os.environ.get("STRIDEIQ_MACHINE_STEPS", "30"))
PLAYED = ("hotfix", "feature", "promote", "release", "rollback", "rollback by revert", "protect")
PARTS = 2
REASON = "the machine says so"
IDENTITY = ("-c", "user.name=Founder", "-c", "user.email=founder@strideiq.example")


class RunbookMachine(RuleBasedStateMachine):
    """One execution, carried on by whatever hypothesis thinks of."""

    practice: ClassVar[Practice]

    @initialize(dirty=st.booleans())
    def begin(self, dirty: bool) -> None:
        self.stage = Stage(self.practice.scenario)
        self.stage.somebody(self.practice.prepare)
        if dirty and self.practice.runbook == "hotfix":
            self.stage.somebody(dirty_the_clone)
        engine = self.stage.engine
        plan = self.stage.run(engine.plan(self.practice.runbook, self.practice.inputs))
        self.id = self.stage.run(engine.start(plan)).id
        self.standing = self.stage.run(engine.look(self.id))

    @property
    def branch(self) -> str:
        """Return the branch that the execution works on, ``""`` when none does."""
        named = [step.values.get("branch", "") for step in self.standing.execution.plan.steps]
        inputs = dict(self.standing.execution.plan.inputs)
        return next((name.replace("{slug}", inputs["slug"]) for name in named if "{slug}" in name), "")

    @property
    def going(self) -> bool:
        return not self.standing.execution.state.ended

    def _carry_on(self, how: str, dies_after: int = 0) -> None:
        consent = consent_to(self.standing, how)
        engine = self.stage.engine
        standing = self.stage.console_does(self.id, lambda: engine.advance(self.id, consent), dies_after=dies_after)
        self.standing = standing or self.stage.run(engine.look(self.id))

    @precondition(lambda self: self.going)
    @rule(how=st.sampled_from(["right", "right", "right", "right", "wrong word", "no", "nothing"]))
    def step(self, how: str) -> None:
        self._carry_on(how)

    @precondition(lambda self: self.going)
    @rule(dies_after=st.integers(1, 6))
    def step_and_die(self, dies_after: int) -> None:
        self._carry_on("right", dies_after)

    @precondition(lambda self: self.going and self.branch)
    @rule()
    def work(self) -> None:
        """The founder commits something on the branch."""
        if git(self.stage.world.clone, "for-each-ref", f"refs/heads/{self.branch}"):
            self.stage.somebody(lambda world: world.write_fix(self.branch))

    @rule(seconds=st.sampled_from([20, 120, 600, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.stage.somebody(lambda world: world.advance(seconds))

    @rule(branch=st.sampled_from(["main", "staging"]))
    def somebody_merges(self, branch: str) -> None:
        self.stage.somebody(lambda world: move(world, branch))

    @precondition(lambda self: bool(self.branch))
    @rule(deed=st.sampled_from(["push", "force", "delete"]))
    def somebody_moves_the_branch(self, deed: str) -> None:
        """Another person pushes to the branch, rewrites it, or deletes it at origin."""
        bare, ref = self.stage.world.origin, f"refs/heads/{self.branch}"
        tip = git(bare, "for-each-ref", "--format=%(objectname)", ref).strip()
        if not tip:
            return
        if deed == "delete":
            self.stage.somebody(lambda world: git(bare, "update-ref", "-d", ref, tip))
            return
        parent = tip if deed == "push" else git(bare, "rev-parse", f"{tip}^").strip()
        new = git(bare, *IDENTITY, "commit-tree", f"{tip}^{{tree}}", "-p", parent, "-m", "chore: from somebody else").strip()
        self.stage.somebody(lambda world: git(bare, "update-ref", ref, new, tip))

    @rule(name=st.sampled_from(["README.md", "notes.txt"]), text=st.text("abc", min_size=1, max_size=5))
    def founder_edits(self, name: str, text: str) -> None:
        self.stage.somebody(lambda world: (world.clone / name).write_text(text))

    @rule()
    def ci_flips(self) -> None:
        """The newest run that has ended turns red, as after a job was run again."""

        def flip(world: World) -> None:
            with world.change() as state:
                done = [job for run in state["runs"][-3:] for job in run["jobs"] if job["status"] == "completed"]
                for job in done[-1:]:
                    job["outcome"] = job["conclusion"] = "failure" if job["conclusion"] == "success" else "success"

        self.stage.somebody(flip)

    @precondition(lambda self: self.standing.awaits in (Awaits.CHOICE, Awaits.COMPARISON, Awaits.OUTSIDE))
    @rule()
    def retry(self) -> None:
        engine = self.stage.engine
        self.stage.console_does(self.id, lambda: engine.retry(self.id))
        self.standing = self.stage.run(engine.look(self.id))

    @precondition(lambda self: self.standing.awaits in (Awaits.CHOICE, Awaits.COMPARISON, Awaits.GATE))
    @rule(deed=st.sampled_from(["skip", "mark"]))
    def decide(self, deed: str) -> None:
        engine = self.stage.engine
        decided = {"skip": engine.skip, "mark": engine.mark}[deed]
        self.stage.console_does(self.id, lambda: decided(self.id, REASON))
        self.standing = self.stage.run(engine.look(self.id))

    @precondition(lambda self: self.going and self.standing.undoable)
    @rule(dies_after=st.integers(0, 5))
    def undo(self, dies_after: int) -> None:
        engine = self.stage.engine
        self.stage.console_does(self.id, lambda: engine.undo(self.id))
        self.stage.console_does(self.id, lambda: engine.advance(self.id), dies_after=dies_after)
        self.standing = self.stage.run(engine.look(self.id))

    def teardown(self) -> None:
        if not hasattr(self, "standing"):
            return
        try:
            assert self.stage.audited() is None
            assert self.stage.leases() == []
            execution = self.stage.engine.execution(self.id)
            if execution.state is ExecutionState.DONE:
                assert all(record.state in (StepState.DONE, StepState.SKIPPED) for record in execution.records)
        finally:
            self.stage.close()


@pytest.mark.machine
@pytest.mark.timeout(21600)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", PLAYED)
def test_whatever_happens_the_invariants_hold(name: str, part: int) -> None:
    machine = type("Machine", (RunbookMachine,), {"practice": PRACTICES[name]})
    chosen = SEED + part
    print(f"seed {chosen}")
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        seed(chosen)(machine),
        settings=settings(
            max_examples=max(1, EXAMPLES // (PARTS * len(PLAYED))),
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_practices_that_are_played_exist() -> None:
    known: Mapping[str, Practice] = PRACTICES
    assert set(PLAYED) <= set(known)
