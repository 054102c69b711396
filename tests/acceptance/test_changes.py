"""What changed, asked of a world by command line: the way, its commits and migrations, and the words for what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.console import Shell


@pytest.mark.parametrize("scenario", ["bad-deploy", "schema-rollback"])
def test_a_world_tells_what_came_with_the_bad_deployment(scenario: str, tmp_path: Path, shell: Shell) -> None:
    world = ("--world", str(tmp_path / "w"), "--scenario", scenario, "--clock", "manual")
    done = shell.run(*world, "changes", "--json")
    found = done.json
    assert found["schema"] == "strideiq.changes/1"
    assert (done.code, found["unknown"]) == (0, [])
    assert found["to"] == found["components"][0]["live"]
    assert found["from"] != found["to"]
    assert found["commits"]
    assert (found["migrations"] == []) is (scenario == "bad-deploy")
    assert "Next" in shell.run(*world, "changes").out


def test_an_environment_that_is_not_served_is_said_before_anything_is_read(tmp_path: Path, shell: Shell) -> None:
    done = shell.run("--world", str(tmp_path / "w"), "--clock", "manual", "changes", "local")
    assert done.code == 4
    assert "name one of these: production, staging" in done.err
