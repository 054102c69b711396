"""The demo without a terminal: a dashboard, a hotfix carried to production with every command, the dashboard again."""

from __future__ import annotations

from pathlib import Path

from strideiq_console.cli import demo
from strideiq_console.domain.ci import CheckState
from strideiq_console.services.engine import Engine
from tests.cli.fakes import FakeWiring, run
from tests.services.fakes import FakeOutside


def test_the_demo_carries_a_hotfix_to_production_in_print(wiring: FakeWiring, outside: FakeOutside, engine: Engine) -> None:
    ran = run(wiring, "demo")
    assert ran.code == 0, ran.out[-2000:]
    assert ran.out.count("Environments") == 2
    assert wiring.console.refreshed == 2
    for step in engine.executions()[0].records:
        assert step.step.title in ran.out
        for command in step.commands:
            assert command in ran.out
    assert "> production" in ran.out
    assert len([effect for effect in outside.effects if effect.endswith("/merge")]) == 3


def test_the_demo_takes_a_fresh_world_and_removes_it(wiring: FakeWiring) -> None:
    run(wiring, "demo", "red-ci")
    options = wiring.seen[-1]
    assert options.world is not None
    assert (options.scenario, options.clock) == ("red-ci", "fast")
    assert not options.world.parent.exists()


def test_a_named_world_is_kept(wiring: FakeWiring, tmp_path: Path) -> None:
    world = tmp_path / "mine"
    world.mkdir()
    assert run(wiring, "--world", str(world), "demo").code == 0
    assert world.exists()


def test_at_a_terminal_the_console_opens_with_a_guide_of_three_lines(wiring: FakeWiring) -> None:
    assert run(wiring, "demo", terminal=True).code == 0
    (guide,) = wiring.guides
    assert len(guide) == 3
    assert "W h" in guide[0]
    assert "sandbox fix hotfix/fix-auth-crash" in guide[2]


def test_a_demo_that_does_not_get_there_says_so_by_its_exit_code(wiring: FakeWiring, outside: FakeOutside, monkeypatch) -> None:
    monkeypatch.setattr(demo, "PATIENCE", 30.0)
    outside.check_states["backend-test"] = CheckState.RUNNING
    ran = run(wiring, "demo")
    assert ran.code == 75
    assert "next: strideiq" in ran.out
