"""The environments panel: what is live, drift, health by its bad part, and unknown that is never green."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.branch import Promotion
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation import environments
from strideiq_console.presentation.cell import Tone, plain
from strideiq_console.presentation.draw import table_lines, width
from strideiq_console.presentation.environment_state import environment_states
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from tests.presentation.facts import (
    MAIN,
    NOW,
    STAGING,
    ago,
    bare,
    branch,
    calm,
    deployment,
    fault,
    health,
    probe,
    reading,
    run,
    sha,
)


def cells(facts: Facts, name: str, *, narrow: bool = False) -> dict[str, str]:
    table = environments.table(facts, NOW, UNICODE, narrow=narrow)
    row = next(row for row in table.rows if row.key == name)
    return {column.title or "mark": cell.text for column, cell in zip(table.columns, row.cells, strict=True)}


def tone(facts: Facts, name: str, title: str) -> Tone:
    table = environments.table(facts, NOW, UNICODE)
    row = next(row for row in table.rows if row.key == name)
    return next(cell.tone for column, cell in zip(table.columns, row.cells, strict=True) if column.title == title)


def with_deployments(*items, **more) -> Facts:
    web = tuple(d for d in items if d.provider == "vercel")
    api = tuple(d for d in items if d.provider == "railway")
    hosts = {"vercel": reading("vercel", web, period=120), "railway": reading("railway", api, period=120)}
    return calm(deployments=hosts, **more)


def level(facts: Facts, name: str = "production") -> Level:
    return next(s.level for s in environment_states(facts, NOW) if s.environment.name == name)


@pytest.mark.parametrize(("narrow", "columns"), [(False, 117), (True, 77)])
@pytest.mark.parametrize("marks", [UNICODE, ASCII], ids=lambda g: g.name)
@pytest.mark.parametrize("make", [calm, bare])
def test_the_panel_fits_the_screen(narrow: bool, columns: int, marks, make) -> None:
    for line in table_lines(replace(environments.table(make(), NOW, marks, narrow=narrow), notice=""), columns):
        assert width(plain(line)) == columns


def test_the_row_of_the_design_page() -> None:
    row = cells(calm(), "production")
    assert row["live"] == "a1b2c3d web api"
    assert row["deployed"] == "12 min ago"
    assert row["CI"] == "✔ 6/6"
    assert row["health"] == "✔ 82 ms"
    assert row["p99"] == "–"
    assert row["waiting"] == "3 on staging"
    assert row["month"] == "$16.25"
    assert cells(calm(), "staging")["waiting"] == "verified"
    assert cells(calm(), "production", narrow=True)["live"] == "a1b2c3d 12 min"


def test_the_own_machine_not_running_is_no_incident() -> None:
    row = cells(calm(), "local")
    assert row["mark"] == UNICODE.queued
    assert row["branch"] == "hotfix"
    assert row["live"] == "77aa012 2 dirty"
    assert row["health"] == "○ :3000 not running"
    assert row["waiting"] == "2 unpushed"
    assert cells(calm(), "local", narrow=True)["health"] == "○ not up"


def test_the_bad_part_is_named() -> None:
    parts = (("db", Level.OK), ("redis", Level.WARNING))
    facts = calm(health={"production": health("production", probe(Level.WARNING, parts=parts)), "staging": health("staging")})
    assert cells(facts, "production")["health"] == "▲ redis degraded"
    assert cells(facts, "production", narrow=True)["health"] == "▲ redis"
    assert level(facts) is Level.WARNING


def test_a_page_that_does_not_answer_is_critical() -> None:
    down = probe(Level.CRITICAL, status=None, error="connection refused", running=False)
    facts = calm(health={"production": health("production", down)})
    assert cells(facts, "production")["health"] == "✖ API refused"
    assert level(facts) is Level.CRITICAL


def test_both_commits_are_shown_when_web_and_api_differ() -> None:
    other = sha("beef123")
    facts = with_deployments(
        deployment("web", "production", MAIN, at=ago(minutes=12)), deployment("api", "production", other, at=ago(hours=3))
    )
    assert cells(facts, "production")["live"] == "a1b2c3d beef123 ▲"
    assert tone(facts, "production", "live") is Tone.WARNING


def test_a_merged_commit_that_is_not_live_is_drift_and_after_a_quarter_of_an_hour_a_finding() -> None:
    old = sha("beef123")
    live = (deployment("web", "production", old, at=ago(hours=3)), deployment("api", "production", old, at=ago(hours=3)))
    young = with_deployments(*live)
    assert cells(young, "production")["live"].endswith("▲")
    assert level(young) is Level.OK
    heads = reading("git", (branch("main", MAIN, at=ago(minutes=22)),))
    late = with_deployments(*live, branches=heads, runs=reading("github", (run(1, "main", MAIN, created_at=ago(minutes=22)),)))
    assert level(late) is Level.CRITICAL


def test_a_deployment_on_its_way_is_no_drift_alarm() -> None:
    old = sha("beef123")
    moving = replace(
        deployment("web", "production", MAIN, at=ago(minutes=1)), state=DeploymentState.BUILDING, live=False, ready_at=None, id="n"
    )
    facts = with_deployments(
        deployment("web", "production", old, at=ago(hours=3)), moving, deployment("api", "production", MAIN, at=ago(minutes=2))
    )
    row = cells(facts, "production")
    assert row["live"].endswith(UNICODE.partial)
    assert row["deployed"] == "building"


def test_the_newest_push_run_counts_as_head_when_the_clone_has_not_fetched() -> None:
    newer = sha("0ddba11")
    facts = calm(runs=reading("github", (run(1841, "main", newer, created_at=ago(minutes=1)),)))
    state = next(s for s in environment_states(facts, NOW) if s.environment.production)
    assert state.head == newer
    assert state.drift is True


def test_a_commit_that_the_provider_does_not_name_is_unknown() -> None:
    facts = with_deployments(
        deployment("web", "production", None, at=ago(minutes=3)), deployment("api", "production", None, at=ago(minutes=3))
    )
    assert cells(facts, "production")["live"] == "unknown"
    assert level(facts) is Level.UNKNOWN


def test_a_failed_deployment_is_critical_although_the_old_one_serves() -> None:
    failed = replace(deployment("api", "production", MAIN, at=ago(minutes=2)), state=DeploymentState.FAILED, live=False, id="f")
    facts = with_deployments(
        deployment("web", "production", MAIN, at=ago(minutes=2)),
        deployment("api", "production", sha("beef123"), at=ago(hours=3)),
        failed,
    )
    assert level(facts) is Level.CRITICAL


@pytest.mark.parametrize(
    "stale",
    [
        {"health": {"production": replace(health("production"), seen=NOW - timedelta(minutes=3))}},
        {"health": {"production": health("production").failed(fault(FaultKind.TIMEOUT, "probe", "timed out"), NOW)}},
        {"health": {}},
        {"deployments": {}},
    ],
    ids=["old health", "failed health", "no health", "no deployments"],
)
def test_what_is_not_known_now_is_never_green(stale: dict) -> None:
    facts = calm(**stale)
    assert level(facts) is Level.UNKNOWN
    mark = cells(facts, "production")["mark"]
    assert mark in (UNICODE.unknown, UNICODE.queued)
    assert tone(facts, "production", "health") is not Tone.OK or "health" not in stale


def test_a_value_older_than_two_periods_shows_its_age_in_its_cell() -> None:
    old = {"production": replace(health("production"), seen=NOW - timedelta(minutes=3))}
    facts = calm(health=old, promotion=replace(calm().promotion, seen=ago(hours=2)))
    assert cells(facts, "production")["health"] == "? 82 ms 3 min"
    assert cells(facts, "production")["waiting"] == "3, 2 h old"
    runs = replace(calm().runs, seen=ago(hours=2))
    assert cells(calm(runs=runs), "production")["CI"] == "? 2 h"


def test_a_failed_source_keeps_the_rows_and_says_cause_and_next_step() -> None:
    hosts = dict(calm().deployments)
    hosts["vercel"] = hosts["vercel"].failed(fault(FaultKind.TIMEOUT, "vercel", "no answer in 15 s"), NOW)
    table = environments.table(calm(deployments=hosts), NOW, UNICODE)
    assert table.look is Look.FAILED
    assert "no answer in 15 s" in table.notice
    assert "Press r" in table.notice
    assert len(table.rows) == 3
    assert cells(calm(deployments=hosts), "production")["live"] == "a1b2c3d web api"


def test_nothing_configured_is_grey_and_names_the_keys() -> None:
    table = environments.table(bare(), NOW, UNICODE)
    assert table.look is Look.NOT_CONFIGURED
    assert "STRIDEIQ_VERCEL_TOKEN" in table.notice
    row = cells(bare(), "production")
    assert row["mark"] == UNICODE.queued
    assert row["live"] == "not configured"


def test_one_missing_provider_does_not_grey_out_the_other() -> None:
    hosts = {**calm().deployments, "vercel": bare().deployments["vercel"]}
    assert environments.table(calm(deployments=hosts), NOW, UNICODE).look is Look.FRESH
    assert level(calm(deployments=hosts)) is Level.UNKNOWN


def test_staging_says_whether_exactly_its_head_was_verified() -> None:
    other = Verification(MAIN, "founder", ago(hours=1))
    assert cells(calm(verification=other), "staging")["waiting"] == "not verified"
    behind = calm(verification=None, promotion=reading("git", Promotion(0, 3, 2)))
    assert cells(behind, "staging")["waiting"] == "2 behind main"


def test_a_pinned_environment_is_seen_by_its_newer_ready_deployment() -> None:
    newer = replace(deployment("web", "production", STAGING, at=ago(minutes=1)), live=False, id="newer")
    facts = with_deployments(
        deployment("web", "production", MAIN, at=ago(hours=1)), newer, deployment("api", "production", MAIN, at=ago(hours=1))
    )
    state = next(s for s in environment_states(facts, NOW) if s.environment.production)
    assert state.pinned is True
    assert next(s for s in environment_states(calm(), NOW) if s.environment.production).pinned is False


def test_the_preview_tells_purpose_components_and_probes() -> None:
    lines = "\n".join(plain(line) for line in environments.detail(calm(), "production", NOW, UNICODE))
    for part in ("live users", "real user data", "https://strideiq.run", "vercel", "railway", "TLS 61 d", "82 ms"):
        assert part in lines
    assert environments.detail(calm(), "nowhere", NOW, UNICODE) == ()


def test_an_old_age_fits_the_narrow_cell_too() -> None:
    old = {"production": replace(health("production"), seen=NOW - timedelta(minutes=14))}
    assert cells(calm(health=old), "production", narrow=True)["health"] == "? 14 min ago"
    parts = (("redis", Level.CRITICAL),)
    bad = {"production": replace(health("production", probe(Level.CRITICAL, parts=parts)), seen=NOW - timedelta(minutes=14))}
    assert cells(calm(health=bad), "production", narrow=True)["health"] == "✖ redis 14min"
