"""Tables of the pure rules: names, checks, blockers, deployments, health, gates, money."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from strideiq_console.domain.branch import BranchKind, classify, propose_slug, slug_fault
from strideiq_console.domain.ci import CheckRun, CheckState, check_state, summarise, worst
from strideiq_console.domain.commit import ref_fault
from strideiq_console.domain.deployment import Deployment, DeploymentState, live_of, of_commit
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.health import judge_body
from strideiq_console.domain.policy.budget import planned_by_environment, planned_total
from strideiq_console.domain.policy.promotion import Verification, gates
from strideiq_console.domain.pull_request import (
    Protection,
    PullRequest,
    PullState,
    Review,
    ReviewState,
    approvals_of,
    blockers,
)
from strideiq_console.domain.reading import Level, Look, Reading

NOW = datetime(2026, 1, 9, 2, 10, tzinfo=UTC)
A, B = "a" * 40, "b" * 40
REQUIRED = ("backend-lint", "backend-test", "frontend-lint", "frontend-build")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("main", BranchKind.MAIN),
        ("staging", BranchKind.STAGING),
        ("feature/add-calendar", BranchKind.FEATURE),
        ("hotfix/fix-auth-crash", BranchKind.HOTFIX),
        ("release/v1.2.0", BranchKind.RELEASE),
        ("release/next", BranchKind.UNCLASSIFIED),
        ("feature/", BranchKind.UNCLASSIFIED),
        ("feat/x", BranchKind.UNCLASSIFIED),
        ("experimental/x", BranchKind.UNCLASSIFIED),
    ],
)
def test_branches_are_classified_and_never_hidden(name: str, kind: BranchKind) -> None:
    assert classify(name) is kind


@pytest.mark.parametrize(
    "name",
    [
        "",
        "+main",
        "-x",
        "@",
        "a..b",
        "a b",
        "a~1",
        "a^",
        "a:b",
        "a?b",
        "a*",
        "a[b",
        "a\\b",
        "x.lock",
        "a//b",
        ".a",
        "a/",
        "HEAD",
        "a/.b",
        "x" * 101,
        "a\u202eb",
        "a\x1b",
        "zero\u200bwidth",
        "a@{1}",
    ],
)
def test_names_that_git_or_the_console_refuses(name: str) -> None:
    assert ref_fault(name)


@pytest.mark.parametrize("name", ["main", "hotfix/fix-auth-crash", "feature/ünï", "release/v1.2.0", "a.b_c-d"])
def test_names_that_may_be_acted_on(name: str) -> None:
    assert ref_fault(name) is None


@pytest.mark.parametrize("slug", ["", "Fix", "fix auth", "-x", "../x", "x" * 62, "a/b", "ä", "x.lock", "a..b"])
def test_bad_slugs(slug: str) -> None:
    assert slug_fault(slug)


def test_a_slug_is_proposed_from_a_sentence() -> None:
    assert propose_slug("  Training Calendar: Übersicht! ") == "training-calendar-bersicht"


@pytest.mark.parametrize(
    ("status", "conclusion", "state"),
    [
        ("queued", None, CheckState.QUEUED),
        ("in_progress", None, CheckState.RUNNING),
        ("completed", "success", CheckState.SUCCESS),
        ("completed", "timed_out", CheckState.TIMED_OUT),
        ("completed", "brand_new_word", CheckState.UNKNOWN),
        ("completed", None, CheckState.UNKNOWN),
        ("brand_new_word", None, CheckState.UNKNOWN),
        (None, None, CheckState.UNKNOWN),
    ],
)
def test_unheard_of_words_are_unknown_and_never_green(status: str | None, conclusion: str | None, state: CheckState) -> None:
    assert check_state(status, conclusion) is state
    assert not (state is CheckState.UNKNOWN and state.passes)


def check(name: str, state: CheckState, minute: int = 0, sha: str = A) -> CheckRun:
    return CheckRun(name, state, sha, started_at=NOW + timedelta(minutes=minute))


def test_the_newest_check_of_a_name_counts_and_missing_ones_are_expected() -> None:
    summary = summarise(
        A,
        [
            check("backend-test", CheckState.FAILURE, 0),
            check("backend-test", CheckState.SUCCESS, 5),
            check("backend-lint", CheckState.SUCCESS),
            check("frontend-lint", CheckState.SUCCESS, sha=B),
            check("deploy-staging", CheckState.SKIPPED),
        ],
        REQUIRED,
    )
    assert dict(summary.required) == {
        "backend-lint": CheckState.SUCCESS,
        "backend-test": CheckState.SUCCESS,
        "frontend-lint": CheckState.EXPECTED,
        "frontend-build": CheckState.EXPECTED,
    }
    assert summary.passed == 2
    assert summary.state is CheckState.EXPECTED
    assert [c.name for c in summary.others] == ["deploy-staging"]
    assert summary.blockers() == ("check frontend-lint, frontend-build has not started",)


@pytest.mark.parametrize(
    ("states", "answer"),
    [
        ([], CheckState.UNKNOWN),
        ([CheckState.SUCCESS, CheckState.SKIPPED], CheckState.SUCCESS),
        ([CheckState.SUCCESS, CheckState.UNKNOWN], CheckState.UNKNOWN),
        ([CheckState.SUCCESS, CheckState.RUNNING], CheckState.RUNNING),
        ([CheckState.RUNNING, CheckState.FAILURE], CheckState.FAILURE),
        ([CheckState.SKIPPED], CheckState.SKIPPED),
    ],
)
def test_the_worst_state_decides(states: list[CheckState], answer: CheckState) -> None:
    assert worst(states) is answer


def pull(**more) -> PullRequest:
    values = {
        "number": 43,
        "title": "t",
        "state": PullState.OPEN,
        "head": "hotfix/x",
        "head_sha": A,
        "base": "main",
        "author": "bot",
    }
    return PullRequest(**{**values, "url": "", "mergeable": True, "mergeable_state": "clean", **more})


PROTECTED = Protection("main", "classic", True, 1, REQUIRED, True, False, False, False)
GREEN = summarise(A, [check(n, CheckState.SUCCESS) for n in REQUIRED], REQUIRED)


def review(author: str, state: ReviewState, sha: str = A) -> Review:
    return Review(author, state, sha, NOW)


def test_nothing_blocks_a_green_approved_pull_request() -> None:
    assert blockers(pull(), GREEN, (review("founder", ReviewState.APPROVED),), PROTECTED) == ()


def test_all_blockers_are_named_at_once() -> None:
    red = summarise(A, [check("backend-test", CheckState.FAILURE)], REQUIRED)
    said = " | ".join(blockers(pull(draft=True, mergeable=False, mergeable_state="behind"), red, (), PROTECTED))
    for word in ("draft", "conflicts with main", "behind main", "backend-test is failure", "approval is missing"):
        assert word in said


def test_unknown_checks_and_uncomputed_mergeability_block() -> None:
    assert len(blockers(pull(mergeable=None), None, (), None)) == 2


def test_the_deadlock_is_named_when_the_founder_opened_it() -> None:
    said = blockers(pull(author="founder"), GREEN, (), PROTECTED, viewer="founder")
    assert any("does not let its author approve" in reason for reason in said)


def test_an_approval_of_an_older_commit_or_of_the_author_does_not_count() -> None:
    reviews = (review("founder", ReviewState.APPROVED, B), review("bot", ReviewState.APPROVED))
    assert approvals_of(reviews, author="bot", head_sha=A) == ()
    changed = (review("qa", ReviewState.APPROVED), review("qa", ReviewState.CHANGES_REQUESTED))
    assert approvals_of(changed, author="bot", head_sha=A) == ()
    commented = (review("qa", ReviewState.APPROVED), review("qa", ReviewState.COMMENTED))
    assert approvals_of(commented, author="bot", head_sha=A) == ("qa",)


def deployment(id_: str, minute: int, **more) -> Deployment:
    values = {"provider": "vercel", "component": "web", "environment": "production", "state": DeploymentState.READY, "sha": A}
    return Deployment(id=id_, created_at=NOW + timedelta(minutes=minute), **{**values, **more})


def test_the_marked_deployment_is_live_even_when_a_newer_one_is_ready() -> None:
    pinned, newer = deployment("old", 0, live=True), deployment("new", 5, live=False, sha=B)
    assert live_of([newer, pinned], "production", "web") == pinned
    assert of_commit([newer, pinned], "production", "web", B) == newer
    assert live_of([newer], "production", "web") is None
    assert live_of([deployment("x", 1)], "production", "web").id == "x"


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ({"status": "ok"}, Level.OK),
        ({"status": "healthy", "db": "ok", "redis": "degraded"}, Level.WARNING),
        ({"status": "ok", "checks": {"db": {"status": "down"}}}, Level.CRITICAL),
        ({"status": "splendid"}, Level.UNKNOWN),
        ({"status": "ok", "db": "splendid"}, Level.UNKNOWN),
        ({"uptime": 4}, Level.UNKNOWN),
        ({}, Level.UNKNOWN),
        ([], Level.UNKNOWN),
        ("ok", Level.UNKNOWN),
        ({"status": True}, Level.OK),
        ({"status": "ok", "redis": False}, Level.CRITICAL),
    ],
)
def test_health_bodies(body: object, level: Level) -> None:
    assert judge_body(body)[0] is level


def test_gates_want_the_exact_staging_commit() -> None:
    word = Verification(A, "founder", NOW)
    by_name = {g.name: g for g in gates(GREEN, REQUIRED, A, word)}
    assert not any(g.blocks for g in by_name.values())
    assert by_name["no known vulnerabilities"].passed is None
    moved = {g.name: g for g in gates(GREEN, REQUIRED, B, word)}["staging verified by hand"]
    assert moved.blocks
    assert "moved from aaaaaaa to bbbbbbb" in moved.detail
    assert {g.name: g for g in gates(GREEN, REQUIRED, None, word)}["staging verified by hand"].blocks
    assert sum(g.blocks for g in gates(None, None, A, None)) == 4


def test_the_document_s_money_is_exact() -> None:
    assert planned_total() == Decimal("31.25")
    assert planned_by_environment() == {"staging": Decimal(15), "production": Decimal("16.25")}


def test_looks_of_a_reading() -> None:
    period = timedelta(seconds=10)
    fresh = Reading("git", 1, NOW)
    assert Reading("git").look(NOW, period) is Look.NEVER_SEEN
    assert fresh.look(NOW + timedelta(seconds=20), period) is Look.FRESH
    assert fresh.look(NOW + timedelta(seconds=21), period) is Look.STALE
    failed = fresh.failed(Fault(FaultKind.TIMEOUT, "git", "no answer"), NOW)
    assert failed.look(NOW, period) is Look.FAILED
    assert failed.value == 1
    absent = Reading("git").failed(Fault(FaultKind.NOT_CONFIGURED, "git", "no clone"), NOW)
    assert absent.look(NOW, period) is Look.NOT_CONFIGURED
