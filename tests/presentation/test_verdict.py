"""The verdict: one sentence, the worst first, since when, the next key; unknown is never green."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.branch import Promotion
from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.presentation.cell import plain
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.presentation.verdict import verdict, verdict_line
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
    missing,
    probe,
    pull,
    reading,
    red_run,
    run,
    sha,
)
from tests.presentation.plans import execution, plan, up_to


def critical_health(environment: str) -> Reading:
    return health(environment, probe(Level.CRITICAL, parts=(("redis", Level.CRITICAL),)))


def failed_deployment(environment: str) -> dict[str, Reading]:
    hosts = dict(calm().deployments)
    failed = replace(
        deployment("api", environment, sha("bad0bad"), at=ago(minutes=5)), state=DeploymentState.FAILED, live=False, id="f"
    )
    hosts["railway"] = replace(hosts["railway"], value=(*hosts["railway"].value, failed))
    return hosts


def overdue() -> dict:
    old = sha("beef123")
    hosts = {
        "vercel": reading("vercel", (deployment("web", "production", old, at=ago(hours=3)),), period=120),
        "railway": reading("railway", (deployment("api", "production", old, at=ago(hours=3)),), period=120),
    }
    heads = reading("git", (branch("main", MAIN, at=ago(minutes=22)), branch("staging", STAGING, at=ago(hours=2))))
    runs = reading("github", (run(1840, "main", MAIN, created_at=ago(minutes=22)), run(1838, "staging", STAGING)))
    return {"deployments": hosts, "branches": heads, "runs": runs}


STOPPED = (execution(("fetch", EntryKind.FAILED, {"reason": "origin does not answer"})),)
RED_MAIN = reading("github", (red_run(1840, "main", MAIN), run(1838, "staging", STAGING)))
BLOCKED = reading("github", (pull(41, "feature/calendar", "staging", state=CheckState.FAILURE),))
DEGRADED_STAGING = {**calm().health, "staging": health("staging", probe(Level.WARNING, parts=(("db", Level.WARNING),)))}

# From the worst to the least: each must win over everything below it.
LADDER: tuple[tuple[str, dict, Level, str], ...] = (
    (
        "health",
        {"health": {**calm().health, "production": critical_health("production")}},
        Level.CRITICAL,
        "Production: redis down",
    ),
    ("deploy", {"deployments": failed_deployment("production")}, Level.CRITICAL, "deployment bad0bad of api failed 5 min ago"),
    ("drift", overdue(), Level.CRITICAL, "a1b2c3d was merged 22 min ago and is not live"),
    ("unfinished", {"executions": STOPPED}, Level.WARNING, "Hotfix fix-auth-crash failed at step 1 of "),
    ("blind", {"health": {}}, Level.UNKNOWN, "Production is unknown"),
    ("ci", {"runs": RED_MAIN}, Level.WARNING, "CI is red on main at a1b2c3d (backend-test)"),
    ("staging", {"health": DEGRADED_STAGING}, Level.WARNING, "Staging: db degraded"),
    ("pull", {"pulls": BLOCKED}, Level.WARNING, "Pull request #41 is held back: CI is red"),
    (
        "hidden",
        {"clone": calm().clone.failed(fault(FaultKind.LOCAL, "git", "git does not answer"), NOW)},
        Level.UNKNOWN,
        "git does not",
    ),
)


@pytest.mark.parametrize(("name", "change", "level", "words"), LADDER, ids=[row[0] for row in LADDER])
def test_each_finding_has_its_sentence_and_level(name: str, change: dict, level: Level, words: str) -> None:
    found = verdict(calm(**change), NOW)
    assert words in found.sentence
    assert found.level is level
    assert found.sentence.endswith(".")


@pytest.mark.parametrize("upper", range(len(LADDER) - 1))
def test_the_worse_finding_wins(upper: int) -> None:
    worse, less = LADDER[upper], LADDER[upper + 1]
    merged = {**less[1], **worse[1]}
    if "health" in worse[1] and "health" in less[1]:
        merged["health"] = {**less[1]["health"], **worse[1]["health"]}
    assert worse[3] in verdict(calm(**merged), NOW).sentence


def test_the_calm_sentence() -> None:
    found = verdict(calm(), NOW)
    assert found.sentence == "Production healthy, 3 commits wait on staging, CI green, $31.25 planned."
    assert found.level is Level.OK


@pytest.mark.parametrize(
    ("count", "words"), [(0, "nothing waits on staging"), (1, "1 commit waits on staging"), (None, "waiting commits unknown")]
)
def test_what_waits_is_counted_or_said_to_be_unknown(count: int | None, words: str) -> None:
    found = verdict(calm(promotion=reading("git", Promotion(0, count, 0))), NOW)
    assert words in found.sentence
    assert (found.level is Level.OK) is (count is not None)


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (missing("github"), "CI not configured"),
        (reading("github", ()), "CI unknown"),
        (replace(calm().runs, seen=NOW - timedelta(hours=2)), "CI unknown"),
        (
            reading("github", (run(1, "main", MAIN, state=CheckState.UNKNOWN), run(2, "staging", STAGING))),
            "CI unknown",
        ),
    ],
    ids=["missing", "no run", "stale", "unheard-of state"],
)
def test_ci_that_is_not_known_is_never_called_green(runs: Reading, words: str) -> None:
    found = verdict(calm(runs=runs), NOW)
    assert words in found.sentence
    assert found.level is Level.UNKNOWN


def test_a_critical_answer_right_after_a_deployment_names_it() -> None:
    found = verdict(calm(health={**calm().health, "production": critical_health("production")}), NOW)
    assert "12 min after deploy a1b2c3d" in found.sentence


def test_what_was_healthy_long_ago_is_not_healthy_now() -> None:
    old = {name: replace(value, seen=NOW - timedelta(minutes=14)) for name, value in calm().health.items()}
    found = verdict(calm(health=old), NOW)
    assert found.sentence == "Production was healthy 14 min ago; nothing newer is known."
    assert found.level is Level.UNKNOWN


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (up_to("push"), f"waits for you at step 5 of {len(plan().steps)}, push"),
        (up_to("push", ("push", EntryKind.INTENDED, {})), "is in doubt at step 5"),
        (up_to("push", ("push", EntryKind.DIVERGED, {"reason": "x"})), "the outside has moved"),
        (up_to("checks", ("checks", EntryKind.WAITING, {"detail": "ci"})), "waits at step 9"),
        (up_to("push", ("", EntryKind.UNDO_REQUESTED, {})), "is being undone"),
    ],
)
def test_an_unfinished_execution_says_where_it_stands(made, words: str) -> None:
    found = verdict(calm(executions=(made,)), NOW)
    assert words in found.sentence
    assert found.hints == (("u", "resume"),)


def test_an_ended_execution_is_no_finding() -> None:
    done = execution(("", EntryKind.ABANDONED, {"reason": "no need"}))
    assert verdict(calm(executions=(done,)), NOW).level is Level.OK


def test_a_bare_clone_before_the_first_deployment_is_not_red() -> None:
    found = verdict(bare(), NOW)
    assert found.level is Level.UNKNOWN
    assert found.sentence.startswith("Before the first deployment: production is not configured")
    assert verdict(replace(bare(), pre_deployment=False), NOW).sentence.startswith("Production is unknown")


def test_nothing_read_yet_says_so() -> None:
    empty = Facts((*calm().environments,), *(Reading(s) for s in ("git", "git", "git", "github", "github", "github")))
    facts = replace(empty, deployments={"vercel": Reading("vercel")}, health={"production": Reading("probe")})
    assert verdict(facts, NOW).sentence.startswith("Nothing is known of production yet")


def test_the_line_carries_mark_sentence_and_keys() -> None:
    line = plain(verdict_line(verdict(calm(), NOW), UNICODE))
    assert line.startswith("✔ Production healthy")
    assert line.endswith("W workflows")


def test_a_hotfix_that_nobody_leads_is_said_before_the_calm_sentence() -> None:
    waiting = reading("github", (pull(44, "hotfix/fix-auth-crash", "main"),), period=120)
    said = verdict(calm(pulls=waiting), NOW)
    assert said.level is Level.WARNING
    assert said.sentence == "Hotfix fix-auth-crash is open to main as #44 and not in production."
    assert said.hints == (("W h", "take fix-auth-crash over"),)
    staging_only = reading("github", (pull(43, "hotfix/fix-auth-crash", "staging"),), period=120)
    assert verdict(calm(pulls=staging_only), NOW).level is Level.OK
