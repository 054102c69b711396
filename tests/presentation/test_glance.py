"""The glance: the JSON of DESIGN section 10 says what the panels say; the text fits; the header is the header."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.fault import FaultKind
from strideiq_console.presentation import alerts, branches, ci_runs, glance, header, metrics
from strideiq_console.presentation.cell import plain
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from strideiq_console.presentation.verdict import verdict
from tests.presentation.facts import MAIN, NOW, STAGING, bare, calm, fault
from tests.presentation.plans import up_to


def document(facts) -> dict[str, Any]:
    return json.loads(json.dumps(glance.as_json(facts, NOW, (RateBudget("github", 4812, 5000),))))


def test_the_document_has_every_promised_part() -> None:
    found = document(calm(executions=(up_to("push"),)))
    assert set(found) >= {
        "schema",
        "level",
        "verdict",
        "environments",
        "branches",
        "ci",
        "metrics",
        "costs",
        "alerts",
        "executions",
    }
    for environment in found["environments"]:
        assert set(environment) >= {"name", "branch", "live", "health", "waiting", "pinned"}
    assert found["costs"]["planned"] == 31.25
    assert {name: side["planned"] for name, side in found["costs"]["by_environment"].items()} == {
        "staging": 15.0,
        "production": 16.25,
    }
    assert found["costs"]["actual"] is None
    assert found["costs"]["forecast"] is None
    assert found["costs"]["currency"] == "USD"


def test_the_document_and_the_panels_say_the_same() -> None:
    facts = calm()
    found = document(facts)
    assert found["verdict"] == verdict(facts, NOW).sentence
    assert found["level"] == str(verdict(facts, NOW).level)
    assert {e["name"]: {c: v["sha"] for c, v in e["live"].items()} for e in found["environments"] if e["name"] != "local"} == {
        "production": {"web": MAIN, "api": MAIN},
        "staging": {"web": STAGING, "api": STAGING},
    }
    assert {b["name"] for b in found["branches"]} == {r.key for r in branches.table(facts, NOW, UNICODE).rows}
    assert [str(r["id"]) for r in found["ci"]] == [r.key for r in ci_runs.table(facts, NOW, UNICODE).rows]
    assert found["environments"][0]["waiting"]["words"] == "3 on staging"
    assert found["environments"][0]["waiting"]["commits"] == 3


def test_every_fact_from_outside_carries_when_and_where_it_was_seen() -> None:
    found = document(calm())
    outside: list[dict[str, Any]] = []
    for environment in found["environments"]:
        outside += [*environment["live"].values(), environment["health"], environment["waiting"], environment["ci"]]
    never = ("mainline", "names", "ladder")  # nobody has read these here, and they say so
    outside += [*found["branches"], *found["ci"], *(fact for name, fact in found["feeds"].items() if name not in never)]
    assert all(found["feeds"][name]["seen"] is None for name in never)
    outside += [pull for item in found["branches"] for pull in item["pulls"]]
    for fact in outside:
        assert fact["source"], fact
        assert fact["seen"] == NOW.isoformat(), fact
        assert "fault" not in fact


def test_a_hidden_newer_value_is_named_beside_the_old_one() -> None:
    hosts = dict(calm().deployments)
    hosts["vercel"] = hosts["vercel"].failed(fault(FaultKind.TIMEOUT, "vercel", "no answer in 15 s", "wait"), NOW)
    live = document(calm(deployments=hosts))["environments"][0]["live"]
    assert live["web"]["sha"] == MAIN
    assert live["web"]["fault"]["kind"] == "timed out"
    assert live["web"]["fault"]["next"] == "wait"
    assert "fault" not in live["api"]


def test_a_component_that_is_not_configured_is_named_with_no_commit() -> None:
    live = document(bare())["environments"][0]["live"]
    assert live["web"]["sha"] is None
    assert live["web"]["fault"]["kind"] == "not configured"


@pytest.mark.parametrize("columns", [78, 100, 116, 118])
@pytest.mark.parametrize("marks", [UNICODE, ASCII], ids=lambda g: g.name)
@pytest.mark.parametrize("make", [calm, bare, lambda: calm(executions=(up_to("push"),))], ids=["calm", "bare", "unfinished"])
def test_one_screen_of_text_fits_its_width(columns: int, marks, make) -> None:
    lines = [plain(line) for line in glance.lines(make(), NOW, marks, columns)]
    assert all(width(line) <= columns for line in lines)
    assert len(lines) <= 46
    if marks is ASCII:
        assert all(line.isascii() for line in lines)


def test_the_text_names_the_command_that_resumes() -> None:
    lines = [plain(line) for line in glance.lines(calm(executions=(up_to("push"),)), NOW, UNICODE, 100)]
    assert "  strideiq resume 0120-abc123" in lines


def test_the_line_is_the_verdict() -> None:
    assert glance.line(calm(), NOW, UNICODE) == "✔ Production healthy, 3 commits wait on staging, CI green, $31.25 planned."
    assert glance.line(calm(), NOW, ASCII).startswith("+ ")


def test_without_a_source_the_panels_say_so_and_never_show_zeros() -> None:
    for module in (metrics, alerts):
        table = module.table(calm(), NOW, UNICODE)
        words = " ".join(cell.text for row in table.rows for cell in row.cells) + table.notice
        assert "no source" in words
        assert not re.search(r"\b0(\.0)?( %| ms)", words)


def test_the_header_shows_mode_budgets_and_time() -> None:
    budgets = (RateBudget("github", 4812, 5000), RateBudget("railway", 61, 1000), RateBudget("vercel"))
    assert header.left(calm()) == "StrideIQ ▏LIVE▕"
    assert header.left(calm(sandbox=True)) == "StrideIQ ▏SANDBOX▕"
    assert header.left(bare()) == "StrideIQ ▏PRE-DEPLOYMENT▕"
    assert header.right(budgets, NOW, False) == "GitHub 4 812/5 000 · Railway 61/1 000 low · 14:10:44"
    assert header.right(budgets, NOW, True) == "GH 4 812  RW 61 low  14:10"
