"""The doctor's walk: what each answer means, and that one examination's trouble is its own line alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from strideiq_console.domain.backup import Backup, Backups, BackupSchedule
from strideiq_console.domain.broker import BrokerMemory, BrokerState, QueueDepth, Workers
from strideiq_console.domain.database import DatabaseRevisions, Identity, VersionTable
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.dns import DnsRecord, Domain
from strideiq_console.domain.fault import CloneError, Fault, FaultKind, OutsideError
from strideiq_console.domain.finding import Finding, level_of
from strideiq_console.domain.hosting import Pin
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.migration import Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.policy import variables as policy
from strideiq_console.domain.reading import Level
from strideiq_console.domain.repository import RepositoryFacts
from strideiq_console.domain.security_alert import AlertKind, AlertList, AlertSource
from strideiq_console.domain.service import ServiceBoard, ServiceState, Trigger, VolumeState
from strideiq_console.domain.token_report import Permission, TokenReport
from strideiq_console.domain.variable import ValueDigest, Variable
from strideiq_console.domain.vulnerability import Audit, AuditState, Vulnerability, VulnerabilitySeverity
from strideiq_console.services.checkup import data, hosts, repository, tokens, walk, watching
from strideiq_console.services.checkup.examination import Examination, Patient
from strideiq_console.settings.model import Settings
from strideiq_console.settings.outside import DatabaseSettings

NOW = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
FACTS = RepositoryFacts("acme/strideiq", "main", True, "acme", True, merge_commit=True, delete_branch_on_merge=False)


def one(found) -> Finding:
    (finding,) = found
    return finding


async def test_one_that_hangs_fails_or_breaks_costs_its_own_line_alone() -> None:
    fault = Fault(FaultKind.UNAUTHORISED, "github", "the token is refused", next_step="make a new one")

    async def good():
        return [Finding("a", "b", Level.OK, "well")]

    async def refused():
        raise OutsideError(fault)

    async def local():
        raise CloneError("no migrations", next_step="name the folder")

    async def hangs():
        await asyncio.Event().wait()

    async def broken():
        raise ZeroDivisionError

    asked = [Examination(str(i), "x", ask) for i, ask in enumerate((good, refused, local, hangs, broken, good))]
    found = await walk.examine(asked, deadline=0.05)
    assert [f.level for f in found] == [Level.OK, Level.WARNING, Level.UNKNOWN, Level.UNKNOWN, Level.UNKNOWN, Level.OK]
    assert [f.next_step for f in found[1:5]] == [
        "make a new one",
        "name the folder",
        "run strideiq doctor again",
        "report it with the output of strideiq doctor",
    ]
    assert "ZeroDivisionError" in found[4].cause


def test_nothing_configured_is_nothing_examined() -> None:
    assert walk.examinations(Patient(Outside(), Settings(), lambda: NOW)) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"delete_branch_on_merge": True}, "staging too"),
        ({"merge_commit": False}, "merge commits are switched off"),
        ({"default_branch": "master"}, "default branch is master"),
        ({"archived": True}, "archived"),
    ],
)
def test_settings_of_the_repository_that_break_the_document(change: dict[str, object], words: str) -> None:
    assert one(repository.judge_facts(FACTS, "main", "staging")).level is Level.OK
    found = one(repository.judge_facts(replace(FACTS, **change), "main", "staging"))  # type: ignore[arg-type]
    assert found.level in (Level.WARNING, Level.CRITICAL)
    assert words in found.cause
    assert found.next_step


def test_a_required_check_that_no_job_bears_is_named() -> None:
    names = ("backend-lint", "backend-test")
    assert one(repository.judge_checks("main", names, {"backend-lint"}, {"backend-test"})).level is Level.OK
    found = one(repository.judge_checks("main", names, {"backend-lint"}, {"test"}))
    assert (found.level, "backend-test is required" in found.cause) == (Level.WARNING, True)
    assert one(repository.judge_checks("main", names, set(), set())).level is Level.UNKNOWN


@pytest.mark.parametrize(
    ("source", "complete", "level"),
    [
        (AlertSource.ON, True, Level.OK),
        (AlertSource.ON, False, Level.UNKNOWN),
        (AlertSource.OFF, True, Level.WARNING),
        (AlertSource.NEVER, True, Level.WARNING),
        (AlertSource.UNREADABLE, True, Level.UNKNOWN),
    ],
)
def test_no_alert_is_good_news_only_where_somebody_looks(source: AlertSource, complete: bool, level: Level) -> None:
    assert repository.judge_alerts(AlertList(AlertKind.CODE, source, (), complete, "why")).level is level


def test_tokens_that_end_or_lack_something() -> None:
    good = TokenReport("github", "founder", expires_at=NOW + timedelta(days=90), expiry_known=True)
    assert one(tokens.findings("github", good, NOW)).level is Level.OK
    assert one(tokens.findings("github", replace(good, expires_at=NOW + timedelta(days=3)), NOW)).level is Level.WARNING
    assert one(tokens.findings("github", replace(good, expires_at=NOW), NOW)).level is Level.CRITICAL
    lacking = replace(good, permissions=(Permission("Actions: read", "CI", False), Permission("Contents: write", "pushes", None)))
    assert [f.level for f in tokens.findings("github", lacking, NOW)] == [Level.OK, Level.WARNING]


@pytest.mark.parametrize(("pinned", "level"), [(True, Level.WARNING), (False, Level.OK), (None, Level.UNKNOWN)])
def test_a_pin(pinned: bool | None, level: Level) -> None:
    assert hosts.judge_pin("web", Pin("production", "web", pinned)).level is level


def variable(name: str, **more: object) -> Variable:
    return Variable(name, "production", "railway", "api", **more)  # type: ignore[arg-type]


def test_variables_by_name_with_their_aliases() -> None:
    names = ("DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "STRAVA_CLIENT_ID", "STRAVA_CLIENT_SECRET", "OPENAI_API_KEY")
    found = one(hosts.judge_variables("api", [variable(name) for name in names], "production", "api"))
    assert (found.level, found.cause) == (Level.WARNING, "not set: ENCRYPTION_KEY/TOKEN_ENCRYPTION_KEY")
    whole = [variable(name) for name in (*names, "TOKEN_ENCRYPTION_KEY")]
    assert one(hosts.judge_variables("api", whole, "production", "api")).level is Level.OK
    elsewhere = [replace(v, environment="staging") for v in whole]
    assert one(hosts.judge_variables("api", elsewhere, "production", "api")).level is Level.WARNING


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("NEXT_PUBLIC_STRIPE_SECRET", True),
        ("NEXT_PUBLIC_API_KEY", True),
        ("NEXT_PUBLIC_API_URL", False),
        ("NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY", False),
        ("SECRET_KEY", False),
    ],
)
def test_public_names_that_look_like_secrets(name: str, told: bool) -> None:
    found = list(hosts.judge_variables("web", [variable(name)], "production", "none"))
    assert any("every visitor" in f.cause for f in found) is told


def test_domains() -> None:
    good = Domain("strideiq.run", "vercel", "production", True, True)
    assert hosts.judge_domain(good, NOW).level is Level.OK
    wanted = (DnsRecord("strideiq.run", "A", "192.0.2.1"),)
    wrong = hosts.judge_domain(replace(good, configured=False, wanted=wanted), NOW)
    assert (wrong.level, wrong.next_step) == (Level.WARNING, "set A strideiq.run to 192.0.2.1")
    assert hosts.judge_domain(replace(good, certificate_ends=NOW + timedelta(days=5)), NOW).level is Level.WARNING
    assert hosts.judge_domain(Domain("x", "railway", None), NOW).level is Level.UNKNOWN


def service(component: str, **more: object) -> ServiceState:
    return ServiceState(component, component, "production", "railway", DeploymentState.READY, running=True, **more)  # type: ignore[arg-type]


def test_what_runs_beside_the_api() -> None:
    three = tuple(service(c) for c in ("api", "database", "redis"))
    assert level_of(hosts.judge_board(ServiceBoard("production", "railway", three))) is Level.OK
    assert level_of(hosts.judge_board(ServiceBoard("production", "railway", three[:2]))) is Level.WARNING
    assert level_of(hosts.judge_board(ServiceBoard("production", "railway", three[:2], complete=False))) is Level.UNKNOWN
    red = Trigger("production", "railway", "api", "main", "acme/strideiq", waits_for_ci=False)
    full = VolumeState("v", "pgdata", "production", "railway", "database", 95, 100)
    found = list(hosts.judge_board(ServiceBoard("production", "railway", three, (full,), (red,))))
    assert [f.check for f in found if f.level is Level.WARNING] == ["deploys", "volume"]
    asleep = (replace(three[0], sleeping=True), *three[1:])
    assert level_of(hosts.judge_board(ServiceBoard("production", "railway", asleep))) is Level.WARNING


def test_backups_by_their_age() -> None:
    def made(hours: float, size: int | None = 10) -> Backups:
        backup = Backup("b", "production", "railway", NOW - timedelta(hours=hours), size=size)
        return Backups("production", "railway", (backup,), (BackupSchedule("production", "railway", "DAILY", None, None),))

    assert hosts.judge_backups(made(25), NOW, production=True).level is Level.OK
    assert hosts.judge_backups(made(27), NOW, production=True).level is Level.CRITICAL
    assert hosts.judge_backups(made(27), NOW, production=False).level is Level.WARNING
    assert hosts.judge_backups(made(1, size=0), NOW, production=True).level is Level.CRITICAL
    assert hosts.judge_backups(Backups("production", "railway"), NOW, production=True).level is Level.CRITICAL
    assert hosts.judge_backups(Backups("production", "railway", complete=False), NOW, production=True).level is Level.UNKNOWN


def test_metrics_that_are_missing_are_named() -> None:
    series = Series(Quantity.P99, "production", "prometheus", (Sample(NOW, 310.0),))
    found = watching.judge_metrics(
        "prometheus", Metrics("production", "prometheus", (series,), missing=((Quantity.WORKERS, "no exporter"),))
    )
    assert (found.level, found.cause, found.note) == (Level.OK, "p99 310 ms; 1 values", "workers: no exporter")
    assert watching.judge_metrics("x", Metrics("production", "x")).level is Level.WARNING
    assert watching.judge_metrics("x", Metrics("production", "x", (series,), complete=False)).level is Level.UNKNOWN
    partly = Metrics("production", "railway", (series,), (), endpoints_complete=False)
    assert watching.judge_metrics("railway", partly).level is Level.OK
    assert watching.judge_metrics("railway", replace(partly, endpoints=None)).level is Level.UNKNOWN


IDENTITY = Identity("strideiq", "7301", "db.example", user="console", server_version="15.4")


def test_another_database_than_enrolled_is_critical_and_nothing_enrolled_is_unknown() -> None:
    enrolled = DatabaseSettings("production", "7301", "strideiq", "db.example")
    assert one(data.judge_identity("production", IDENTITY, enrolled)).level is Level.OK
    wrong = one(data.judge_identity("production", replace(IDENTITY, system_identifier="9"), enrolled))
    assert wrong.level is Level.CRITICAL
    assert "7301" in wrong.cause
    bare = one(data.judge_identity("production", IDENTITY, None))
    assert (bare.level, 'system_identifier = "7301"' in bare.next_step) == (Level.UNKNOWN, True)
    writing = list(data.judge_identity("production", replace(IDENTITY, writes=("runs",)), enrolled))
    assert [f.level for f in writing] == [Level.OK, Level.OK]
    assert "could write" in writing[1].cause


def test_a_revision_that_the_clone_does_not_know() -> None:
    graph = RevisionGraph.of([Revision("aaa", (), "a.py"), Revision("bbb", ("aaa",), "b.py")])
    known = DatabaseRevisions((VersionTable("public", ("bbb",)),))
    assert data.judge_revisions("production", known, graph).level is Level.OK
    strange = DatabaseRevisions((VersionTable("public", ("ccc",)),))
    assert data.judge_revisions("production", strange, graph).level is Level.WARNING
    assert (
        data.judge_revisions("production", DatabaseRevisions((VersionTable("public", None, "no"),)), graph).level is Level.UNKNOWN
    )
    assert one(data.judge_graph(graph)).level is Level.OK
    forked = RevisionGraph.of([*graph.revisions, Revision("ddd", ("aaa",), "d.py")])
    assert Level.WARNING in [f.level for f in data.judge_graph(forked)]


def test_a_broker_without_workers_is_told_and_an_unreadable_queue_is_unknown() -> None:
    def state(waiting: int | None, workers: int | None) -> BrokerState:
        return BrokerState(NOW, BrokerMemory(1), (QueueDepth("celery", waiting),), 0, Workers(workers))

    assert data.judge_broker("production", state(3, 2)).level is Level.OK
    assert data.judge_broker("production", state(3, 0)).level is Level.WARNING
    assert data.judge_broker("production", state(None, 2)).level is Level.UNKNOWN
    assert "workers unknown" in data.judge_broker("production", state(3, None)).cause


def digest(environment: str, value: str | None, **more: object) -> ValueDigest:
    return ValueDigest("SECRET_KEY", environment, "railway", value, "api", **more)  # type: ignore[arg-type]


HOSTS = {"production": frozenset({"api.strideiq.run"}), "staging": frozenset({"api-staging.strideiq.run"})}


@pytest.mark.parametrize(
    ("found", "levels"),
    [
        ([digest("production", "a"), digest("staging", "b")], [Level.OK]),
        ([digest("production", "a"), digest("staging", "a")], [Level.CRITICAL]),
        ([digest("production", "a"), digest("staging", None)], [Level.UNKNOWN]),
        ([digest("production", "a", placeholder=True), digest("staging", "b")], [Level.OK, Level.CRITICAL]),
        ([digest("staging", "a", host="api.strideiq.run")], [Level.CRITICAL]),
        ([digest("staging", "a", host="api-staging.strideiq.run")], []),
        ([], []),
    ],
)
def test_values_are_compared_without_being_kept(found: list[ValueDigest], levels: list[Level]) -> None:
    judged = list(policy.judge_values(found, HOSTS))
    assert [f.level for f in judged] == levels


def test_an_audit_that_saw_only_a_part_is_never_clear() -> None:
    good = Audit("npm audit", "apps/web", NOW)
    assert data.judge_audit("npm", good, NOW).level is Level.OK
    assert (
        data.judge_audit("npm", replace(good, state=AuditState.UNKNOWN, note="2 packages were skipped"), NOW).level is Level.UNKNOWN
    )
    assert data.judge_audit("npm", good, NOW + timedelta(days=2)).level is Level.UNKNOWN
    hole = Vulnerability("left-pad", VulnerabilitySeverity.HIGH, "GHSA-aaaa-bbbb-cccc", "it pads")
    found = data.judge_audit("npm", replace(good, vulnerabilities=(hole,)), NOW)
    assert (found.level, found.cause, "update left-pad" in found.next_step) == (Level.WARNING, "1 high", True)
