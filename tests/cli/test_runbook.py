"""``strideiq runbook list|start``: every runbook by its name."""

from __future__ import annotations

import json

from tests.cli.fakes import FakeWiring, run
from tests.services.fakes import FakeOutside


def test_the_list_names_every_runbook(wiring: FakeWiring) -> None:
    document = json.loads(run(wiring, "runbook", "list", "--json").out)
    names = [row["name"] for row in document["runbooks"]]
    assert {"hotfix", "protect"} <= set(names)
    assert document["schema"] == "strideiq.runbooks/1"
    text = run(wiring, "runbook", "list")
    assert text.code == 0
    assert "Ship a production fix" in text.out


def test_any_runbook_starts_by_its_name(wiring: FakeWiring, outside: FakeOutside) -> None:
    shown = json.loads(run(wiring, "runbook", "start", "hotfix", "--input", "slug=fix-auth-crash", "--plan", "--json").out)
    assert shown["runbook"] == "hotfix"
    words = shown["next"].split()
    assert words[words.index("runbook") :][:3] == ["runbook", "start", "hotfix"]
    assert outside.effects == []
    ran = run(wiring, *words[words.index("runbook") :], "--json")
    assert ran.code == 75


def test_what_is_missing_or_strange_is_said(wiring: FakeWiring) -> None:
    assert run(wiring, "runbook", "start").code == 64
    assert run(wiring, "runbook", "start", "nothing", "--plan").code == 64
    assert run(wiring, "runbook", "start", "hotfix", "--input", "slug").code == 64
    assert run(wiring, "runbook", "start", "hotfix", "--input", "colour=red", "--plan").code == 64
