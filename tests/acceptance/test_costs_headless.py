"""S12 by the command line: the plan's sums, an entry that moves the forecast, exports that are the screen, and growth."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Ended, Shell

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = World.open(tmp_path / "world", scenario="calm", clock="manual")
    yield opened
    opened.close()


def table(ended: Ended) -> list[list[str]]:
    """Return the rows of the CSV."""
    return list(csv.reader(io.StringIO(ended.out)))


def test_a_month_is_entered_exported_and_taken_back(shell: Shell, world: World, tmp_path: Path) -> None:
    def costs(*words: str, code: int = 0) -> Ended:
        ended = shell.run("--world", str(world.folder), "costs", *words, COLUMNS="140")
        assert ended.code == code, ended
        return ended

    before = costs("--live", "--json").json
    assert (before["schema"], before["planned"], before["currency"]) == ("strideiq.costs/1", 31.25, "USD")
    assert (before["by_environment"]["production"]["planned"], before["by_environment"]["staging"]["planned"]) == (16.25, 15)
    assert before["complete"], before
    assert 0 < before["actual"] <= before["forecast"]
    railway = next(item for item in before["items"] if item["key"] == "railway")
    assert railway["source"] == "railway"
    assert "its rows $31.25" in " ".join(before["notes"])

    said = costs("enter", "railway", "12.40", "--note", "the bill").out
    assert "Entered: railway 2026-11 $12.40" in said
    after = costs("--stored", "--json").json
    assert after["actual"] == pytest.approx(before["actual"] - railway["actual"] + 12.40, abs=0.011)
    assert after["forecast"] != before["forecast"]
    assert after["delta"] == pytest.approx(after["forecast"] - 31.25, abs=0.011)
    entered = next(item for item in after["items"] if item["key"] == "railway")
    assert (entered["kind"], entered["actual"], entered["without_entry"]) == ("entered", 12.4, railway["actual"])

    shown = costs("--stored").out
    rows = table(costs("export", "--csv", "--stored"))
    for row in rows:
        line = next(one for one in shown.splitlines() if one.split()[: len(row[0].split())] == row[0].split())
        shown = shown[shown.index(line) :].partition("\n")[2]
        assert line.split() == " ".join(row).split()
    report = tmp_path / "costs.md"
    costs("export", "--markdown", "--stored", "--output", str(report))
    cells = [
        [cell.strip().replace("&emsp;", "") for cell in one.strip("|").split("|")]
        for one in report.read_text().splitlines()
        if one[:1] == "|"
    ]
    assert [cells[0], *cells[2:]] == [[cell.strip() for cell in row] for row in rows]
    costs("export", "--csv", "--stored", "--output", str(report), code=64)

    costs("take-back", "railway")
    assert costs("--stored", "--json").json["actual"] == before["actual"]


def test_what_cannot_be_entered_says_why_and_changes_nothing(shell: Shell, world: World) -> None:
    def enter(*words: str) -> Ended:
        return shell.run("--world", str(world.folder), "costs", "enter", *words)

    assert enter("domain", "2.50", "--month", "2026-10").code == 0
    for words, cause in (
        (("rialway", "1"), "perhaps railway"),
        (("railway", "12,40"), "has a comma"),
        (("railway", "1000000"), "a million or more"),
        (("railway-api", "1", "--environment", "prod"), "there is no environment 'prod'"),
        (("railway-api", "1", "--month", "2027-01"), "has not begun"),
    ):
        refused = enter(*words)
        assert (refused.code, cause in refused.err) == (64, True), refused
        assert "Traceback" not in refused.err
    items = json.loads(shell.run("--world", str(world.folder), "costs", "--stored", "--json").out)["items"]
    assert not [item for item in items if item["kind"] == "entered"], "an entry of October counts for October alone"


def test_growth_is_told_with_its_distance(shell: Shell, world: World) -> None:
    found = shell.run("--world", str(world.folder), "costs", "triggers", "--live", "--json")
    standings = {one["trigger"]: one for one in found.json["triggers"]}
    users = standings["users-1000"]["value"]
    assert standings["users-1000"]["state"] == ("fired" if users > 1000 else "ok")
    assert standings["users-10000"]["distance"] == 10000 - users
    assert found.code == (1 if users > 1000 else 0)
    assert standings["cpu"]["state"] in ("ok", "rising")
    words = shell.run("--world", str(world.folder), "costs", "triggers", "--stored").out
    assert f"users > 1,000: {standings['users-1000']['state']}" in words
