"""What serves and what proves it: CI of the live commit, the schema behind its code, p99, the month, certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from strideiq_console.domain.branch import Promotion
from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import Health
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.migration import Revision
from strideiq_console.domain.policy.month import MonthSide
from strideiq_console.domain.provider_status import ProviderStatus
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.reading import Level
from strideiq_console.domain.schema_ladder import Rung, SchemaLadder
from strideiq_console.presentation import environments
from strideiq_console.presentation.cell import Table, Tone, plain
from strideiq_console.presentation.draw import width, widths
from strideiq_console.presentation.environment_measures import month_cell
from strideiq_console.presentation.environment_state import EnvironmentState, environment_states
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.presentation.verdict import verdict
from tests.presentation.facts import MAIN, NOW, ago, branch, calm, deployment, health, probe, reading, red_run, run, sha

OLD = sha("beef123")


def state(facts: Facts, name: str = "production") -> EnvironmentState:
    return next(s for s in environment_states(facts, NOW) if s.environment.name == name)


def cell(facts: Facts, title: str, name: str = "production", *, narrow: bool = False) -> str:
    table = environments.table(facts, NOW, UNICODE, narrow=narrow)
    row = next(row for row in table.rows if row.key == name)
    return next(cell.text for column, cell in zip(table.columns, row.cells, strict=True) if column.title == title)


def page(facts: Facts, name: str = "production") -> str:
    return "\n".join(plain(line) for line in environments.detail(facts, name, NOW, UNICODE))


def serving(commit: str, *runs: Any, **more: Any) -> Facts:
    hosts = {
        "vercel": reading("vercel", (deployment("web", "production", commit, at=ago(minutes=12)),), period=120),
        "railway": reading("railway", (deployment("api", "production", commit, at=ago(minutes=12)),), period=120),
    }
    return calm(deployments=hosts, runs=reading("github", runs), **more)


def test_the_ci_cell_is_of_the_commit_that_serves_not_of_the_head() -> None:
    facts = serving(OLD, run(1840, "main", MAIN), red_run(1830, "main", OLD))
    assert state(facts).ci is not None
    assert state(facts).ci.state is CheckState.SUCCESS  # type: ignore[union-attr]
    assert cell(facts, "CI") == "✖ 2/4"


def test_the_ci_of_the_head_stands_in_while_nobody_says_what_serves() -> None:
    facts = calm(deployments={})
    assert cell(facts, "CI") == "✔ 6/6"
    assert cell(serving(OLD, run(1840, "main", MAIN)), "CI") == "no run"


def test_a_commit_that_serves_although_its_ci_is_red_is_flagged() -> None:
    facts = serving(MAIN, red_run(1840, "main", MAIN))
    assert state(facts).level is Level.WARNING
    assert [component.name for component, _ in state(facts).unproven] == ["web", "api"]
    assert "web serves a1b2c3d although its CI is red" in page(facts)


def test_the_verdict_flags_red_code_that_serves_where_the_head_is_green() -> None:
    late = reading("git", (branch("main", MAIN, at=ago(minutes=3)),))
    facts = serving(OLD, run(1840, "main", MAIN), red_run(1830, "main", OLD), branches=late)
    assert verdict(facts, NOW).sentence == "Production: web and api serve beef123, whose CI is red."


def test_red_ci_that_was_read_long_ago_decides_nothing() -> None:
    facts = serving(MAIN, red_run(1840, "main", MAIN))
    old = replace(facts, runs=replace(facts.runs, seen=NOW - timedelta(hours=2)))
    assert state(old).red_live is False
    assert state(old).unproven


def test_a_commit_whose_ci_has_not_ended_is_said_to_serve_unproven_without_alarm() -> None:
    running = run(1840, "main", MAIN, state=CheckState.RUNNING)
    facts = serving(MAIN, running)
    assert state(facts).level is Level.OK
    assert "web serves a1b2c3d while its CI is in progress" in page(facts).replace("running", "in progress")


def test_a_deploy_that_did_not_wait_for_its_ci_is_noted_once_that_has_passed() -> None:
    early = run(1840, "main", MAIN, updated_at=ago(minutes=9))
    facts = serving(MAIN, early)
    assert "web and api went live 3 min before CI had ended" in page(facts)
    assert state(facts).level is Level.OK
    assert "before CI had ended" not in page(serving(MAIN, run(1840, "main", MAIN)))


def schema(*, due: tuple[str, ...] | None, rows: tuple[str, ...] | None = ("0040_shoes",), **more: Any) -> Any:
    missing = None if due is None else tuple(Revision(one) for one in due)
    rungs = (Rung("staging", ("0041_intervals",)), Rung("production", rows, due=missing, branch="main", **more))
    return reading("migrations", SchemaLadder(rungs), period=600)


def test_a_schema_behind_the_code_that_serves_is_a_warning() -> None:
    facts = calm(ladder=schema(due=("0041_intervals",)))
    assert state(facts).schema_lags
    assert state(facts).level is Level.WARNING
    assert "0040_shoes, lacks 0041_intervals of main" in page(facts)
    assert verdict(facts, NOW).sentence.startswith("Production: the database lacks 0041_intervals")


@pytest.mark.parametrize("due", [(), None], ids=["nothing is due", "the files of main were not read"])
def test_a_schema_of_which_nothing_is_known_to_lack_is_no_warning(due: tuple[str, ...] | None) -> None:
    facts = calm(ladder=schema(due=due))
    assert not state(facts).schema_lags
    assert state(facts).level is Level.OK
    assert "0040_shoes, the head of" in page(facts)


def test_code_that_is_not_live_yet_may_hold_revisions_that_the_database_lacks() -> None:
    facts = serving(OLD, run(1840, "main", MAIN), ladder=schema(due=("0041_intervals",)))
    assert not state(facts).schema_lags


def test_rows_that_no_file_defines_are_unknown_and_said_so() -> None:
    assert "no migration file defines zz" in page(calm(ladder=schema(due=None, rows=("zz",), strange=("zz",))))
    assert "not known: its database is not configured" in page(
        calm(ladder=schema(due=None, rows=None, note="its database is not configured"))
    )


def p99(value: float | None, *, n: int | None = 613, seen: Any = NOW) -> Any:
    samples = (Sample(seen, value),)
    series = Series(Quantity.P99, "production", "prometheus", samples, window=timedelta(minutes=5), n=n)
    return {"production/prometheus": reading("prometheus", Metrics("production", "prometheus", (series,)), seen=seen)}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"value": 691.0}, "691 ms"),
        ({"value": 2400.0}, "2.4 s ▲"),
        ({"value": 691.0, "n": 3}, "too few"),
        ({"value": 691.0, "seen": ago(minutes=14)}, "? 14min"),
        ({"value": None}, "blind"),
    ],
    ids=["well", "above its limit", "too few", "old", "blind"],
)
def test_the_p99_fits_its_cell_and_is_never_good_when_it_is_not_known(value: dict[str, Any], words: str) -> None:
    facts = calm(metrics=p99(**value))
    for narrow in (False, True):
        assert cell(facts, "p99", narrow=narrow) == words
        assert width(words) <= 7
    assert cell(calm(), "p99") == "–"


def test_the_page_names_source_and_number_of_requests_of_the_p99() -> None:
    assert "691 ms, n=613  prometheus" in page(calm(metrics=p99(691.0)))
    assert "no source" in page(calm())


@pytest.mark.parametrize(
    ("side", "words", "tone"),
    [
        (None, "–", Tone.MUTED),
        (MonthSide(), "–", Tone.MUTED),
        (MonthSide(Decimal(15)), "$15.00", Tone.MUTED),
        (MonthSide(Decimal(15), Decimal("12.31"), Decimal("14.90"), True, True), "$12.31/15.00", Tone.PLAIN),
        (MonthSide(Decimal(15), Decimal("12.31"), Decimal("14.90"), False, True), "$12.31+/15.00", Tone.PLAIN),
        (MonthSide(Decimal(15), Decimal("12.31"), Decimal("15.01"), True, True), "$12.31/15.00 ▲", Tone.WARNING),
        (MonthSide(Decimal(115), Decimal("112.31"), Decimal("150"), False, True), "$112.31+/115 ▲", Tone.WARNING),
    ],
    ids=["none", "nothing planned", "plan alone", "both", "a lower bound", "forecast above plan", "large"],
)
def test_the_month_stands_beside_its_plan_in_fourteen_letters(side: MonthSide | None, words: str, tone: Tone) -> None:
    found = month_cell(side, UNICODE)
    assert (found.text, found.tone) == (words, tone)
    assert width(found.text) <= 14


def test_a_certificate_that_ends_soon_is_named_with_its_days() -> None:
    facts = calm(health={"production": health("production", probe(tls_days=20))})
    assert "the certificate of the API ends in 20 d" in page(facts)
    edge = calm(health={"production": health("production", probe(tls_days=21))})
    assert "the certificate" not in page(edge)


def test_the_page_says_drift_with_both_commits_and_since_when() -> None:
    facts = serving(OLD, run(1840, "main", MAIN, created_at=ago(minutes=22)))
    late = replace(facts, branches=reading("git", (branch("main", MAIN, at=ago(minutes=22)),)))
    assert "✖ not deployed: main is at a1b2c3d, merged 22 min ago; web and api still serve beef123" in page(late)


def test_the_own_machine_tells_branch_and_unsaved_files_and_old_fetches() -> None:
    words = page(calm(), "local")
    assert "hotfix/fix-auth-crash" in words
    assert "2 unsaved files" in words
    assert "not fetched since it was cloned" in words
    headless = replace(calm().clone.value, branch=None, shallow=True)  # type: ignore[type-var]
    lost = page(calm(clone=replace(calm().clone, value=headless)), "local")
    assert "detached: no branch is checked out" in lost
    assert "shallow" in lost


def test_a_protection_that_cannot_be_read_is_unknown() -> None:
    off = Protection("main", "none", None, None, None, None, None, None, None, note="403: a private repository on a free plan")
    assert "protection not known: 403" in page(calm(protections=reading("github", (off,))))
    on = replace(off, pull_request=True, force_push=False)
    assert "protected" in page(calm(protections=reading("github", (on,))))


def test_every_fact_names_its_source_and_an_old_one_its_age() -> None:
    old = {"production": replace(health("production"), seen=ago(minutes=4))}
    words = page(calm(health=old))
    assert "probe 4 min, old" in words
    assert "vercel 0 s" in words
    assert "github 0 s" in words


def test_an_answer_by_way_of_redirects_says_so() -> None:
    web = probe(redirects=("https://www.strideiq.run", "https://strideiq.run"))
    facts = calm(health={"production": reading("probe", Health("production", web, probe()), period=30)})
    assert "by way of https://www.strideiq.run > https://strideiq.run" in page(facts)


def test_an_old_count_of_what_waits_keeps_number_and_age_in_its_cell() -> None:
    old = replace(calm().promotion, seen=ago(minutes=4))
    assert cell(calm(promotion=old), "waiting") == "3, 4 min old"
    assert cell(calm(promotion=old, verification=None), "waiting", "staging") == "? 4 min old"
    assert cell(calm(promotion=old), "waiting", "local") == "2 unpushed"
    clone = replace(calm().clone, seen=ago(minutes=4))
    assert cell(calm(clone=clone), "waiting", "local") == "2, 4 min old"


def test_trouble_of_a_provider_is_named_as_theirs_and_an_old_page_is_not() -> None:
    slow = ProviderStatus("vercel", Level.WARNING, "Builds are slow")
    facts = calm(status={"vercel": reading("vercel status", slow, period=600)})
    assert "▲ Vercel says: Builds are slow (theirs, not ours)" in page(facts)
    assert state(facts).level is Level.OK
    old = {"vercel": reading("vercel status", slow, seen=ago(hours=5), period=600)}
    assert "theirs" not in page(calm(status=old))
    assert "theirs" not in page(facts, "local")


def narrowly(*what: Any) -> Table:
    return environments.table(*what, narrow=True)


@pytest.mark.parametrize("minutes", [0, 3, 14, 400], ids=lambda m: f"{m} min old")
@pytest.mark.parametrize(
    ("make", "total"), [(environments.table, 117), (narrowly, 77), (environments.beside, 69)], ids=["wide", "narrow", "beside"]
)
def test_no_cell_but_a_branch_name_is_ever_cut(make: Any, total: int, minutes: int) -> None:
    facts = calm(metrics=p99(2400.0, seen=ago(minutes=minutes)), promotion=reading("git", Promotion(0, 12, 12)))
    aged = {name: replace(one, seen=ago(minutes=minutes)) for name, one in facts.health.items()}
    old = replace(
        facts,
        health=aged,
        runs=replace(facts.runs, seen=ago(minutes=minutes)),
        promotion=replace(facts.promotion, seen=ago(minutes=minutes)),
        verification=None,
    )
    web, api = deployment("web", "production", OLD, at=ago(hours=3)), deployment("api", "production", MAIN, at=ago(hours=3))
    split = replace(old, deployments={"vercel": reading("vercel", (web,)), "railway": reading("railway", (api,))})
    for shown in (make(one, NOW, UNICODE) for one in (old, split, replace(old, verification=facts.verification))):
        sizes = widths(shown, total)
        for row in shown.rows:
            for column, cell, size in zip(shown.columns, row.cells, sizes, strict=True):
                last = column is shown.columns[-1]
                assert column.title == "branch" or width(cell.text) <= size - (not last), (row.key, column.title, cell.text)
