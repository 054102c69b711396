"""Every request of the provider and every example of the contract pack: what is sent fits, what comes maps without loss."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.hosting import JobState
from strideiq_console.providers.vercel import Vercel
from tests.contracts import pack, validator
from tests.providers.vercel.fake import Raw, RawWire, table

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC)
FAILED = {"type": "promote", "jobStatus": "failed", "toDeploymentId": "dpl_1", "fromDeploymentId": None, "requestedAt": 1}
SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
# Examples of operations that the console does not call: it reads /v7 in place of /v6, the project itself in place of the list,
# check runs in place of their older shape, a deployment's own addresses; and it writes no variables.
UNCALLED = {"deployments.v6.json", "projects.json", "checks.json", "aliases.json", "requests/env-create.json"}


def example(name: str) -> Any:
    return json.loads((pack() / "examples" / "vercel" / name).read_text())


def examples(**more: Any) -> dict[str, Any]:
    folder = pack() / "examples" / "vercel"
    one = example("deployment.json")
    known = {
        "user": example("user.json"),
        "team": example("team.json"),
        "teams": example("teams.json"),
        "charges": Raw((folder / "charges.jsonl").read_bytes()),
        "listed": example("deployments.v7.json"),
        "one": one,
        "create": one | {"id": "dpl_new", "readyState": "QUEUED"},
        "cancel": example("cancel.json"),
        "runs": example("check-runs.json"),
        "events": example("events.json"),
        "runtime": Raw((folder / "runtime-logs.jsonl").read_bytes(), "application/stream+json"),
        "aliases": example("promote-aliases.json"),
        "release": example("rolling-release.json"),
        "rollback": (201, None),
        "promote": (201, None),
        "pause": (200, None),
        "unpause": (200, None),
        "env": example("env.json"),
        "custom": example("custom-environments.json"),
        "domains": example("domains.json"),
        "config": example("domain-config.json"),
        "project": example("project.json"),
    }
    return known | more


CALLS: dict[str, Callable[[Vercel], Awaitable[Any]]] = {
    "recent": lambda v: v.recent(),
    "of_commit": lambda v: v.of_commit("staging", SHA),
    "get": lambda v: v.get("dpl_8Zx1"),
    "rollback_targets": lambda v: v.rollback_targets("production"),
    "rollback": lambda v: v.rollback("dpl_1", "incident INC-7"),
    "promote": lambda v: v.promote("dpl_1"),
    "redeploy": lambda v: v.redeploy("dpl_1", production=True),
    "redeploy_again": lambda v: v.redeploy("dpl_1"),
    "cancel": lambda v: v.cancel("dpl_0"),
    "pause": lambda v: v.set_paused(True),
    "unpause": lambda v: v.set_paused(False),
    "pin": lambda v: v.pin("production"),
    "pin_staging": lambda v: v.pin("staging"),
    "rolling_release": lambda v: v.rolling_release(),
    "events": lambda v: v.events("dpl_1"),
    "checks": lambda v: v.checks("dpl_1"),
    "build_log": lambda v: v.build_log("dpl_1", lines=100),
    "runtime_log": lambda v: v.runtime_log("dpl_1"),
    "variables": lambda v: v.variables("production"),
    "domains": lambda v: v.domains("staging"),
    "charges": lambda v: v.charges(START, END),
    "inspect": lambda v: v.inspect(),
    "whoami": lambda v: v.whoami(),
}


@pytest.mark.contract
async def test_every_request_fits_the_contract_and_carries_the_team() -> None:
    contract = validator().openapi("vercel")
    custom = {"environments": [{"id": "env_1", "slug": "x", "branchMatcher": {"type": "equals", "pattern": "staging"}}]}
    odd = example("env.json")
    odd["envs"][0] |= {"customEnvironmentIds": ["env_1"]}
    failed = example("project.json") | {"lastAliasRequest": FAILED}
    port, wire = table(**examples(project=failed, env=odd, custom=custom), named="strideiq-web")
    for call in CALLS.values():
        await call(port)
    operations = set()
    for call in wire.calls:
        assert contract.check_request(call.method, call.path, call.query, call.body) == [], (call.path, call.query)
        assert ("teamId" in call.query) == (not call.path.startswith(("/v2/user", "/v2/teams"))), call.path
        assert call.headers["authorization"] == "Bearer obviously-fake-token"
        operations.add((call.method, contract.find(call.method, call.path)[0]))
    assert len(operations) == 22, sorted(operations)
    assert len(wire.calls) > 40


@pytest.mark.contract
@pytest.mark.parametrize("name", CALLS)
async def test_every_answer_in_these_tests_is_one_of_the_contract(name: str) -> None:
    contract = validator().openapi("vercel")
    port, wire = table(**examples())
    await CALLS[name](port)
    for call in wire.calls:
        body = call.answer
        if isinstance(body, Raw):
            body = [json.loads(line) for line in body.body.splitlines()]
        assert contract.check_response(call.method, call.path, call.status, body) == [], call.path


@pytest.mark.contract
async def test_the_request_examples_are_what_is_sent() -> None:
    port, wire = table(**examples())
    await port.rollback("dpl_1")
    await port.promote("dpl_1")
    await port.redeploy("dpl_1", production=True)
    sent = {c.path: c.body for c in wire.calls if c.method == "POST"}
    assert list(sent.values()) == [example(f"requests/{n}.json") for n in ("rollback", "promote", "redeploy")]


@pytest.mark.contract
async def test_the_error_example_is_a_fault_that_names_the_setting() -> None:
    port, _ = table(project=(403, example("error.403.json")))
    with pytest.raises(OutsideError) as caught:
        await port.recent()
    assert caught.value.fault.kind is FaultKind.FORBIDDEN
    assert "Not authorized" in caught.value.fault.cause


async def _deployments(port: Vercel, _: RawWire) -> None:
    found = {d.id: d for d in await port.recent()}
    assert [(d.id, d.environment, d.state, d.branch, d.can_rollback) for d in found.values() if d.id != "dpl_8Zx1"] == [
        ("dpl_0", "production", DeploymentState.BUILDING, "main", False),
        ("dpl_1", "production", DeploymentState.READY, "main", True),
        ("dpl_2", "staging", DeploymentState.READY, "staging", False),
    ]
    assert {(d.sha, d.subject) for d in found.values()} == {(SHA, "feat(calendar): add view")}
    one = await port.get("dpl_8Zx1")
    assert (one.id, one.url, one.environment) == ("dpl_8Zx1", "https://strideiq-web-8zx1-acme.vercel.app", "production")
    assert one.created_at is not None
    assert one.ready_at is not None
    assert (one.ready_at - one.created_at).total_seconds() == 60


async def _serving(port: Vercel, _: RawWire) -> None:
    pin = await port.pin("production")
    assert pin.pinned is True
    assert pin.job is not None
    assert (pin.job.kind, pin.job.state, pin.job.from_id, pin.job.to_id) == ("rollback", JobState.DONE, "dpl_1", "dpl_4")
    assert pin.deployment_id == "dpl_4"
    release = await port.rolling_release()
    assert release is not None
    assert (release.state, release.to_id, release.from_id) == (JobState.FAILED, "dpl_8Zx1", "dpl_8Zx1")
    assert "staging.strideiq.run" in await port._serving.failed_aliases()  # the example's failed one


async def _logs(port: Vercel, _: RawWire) -> None:
    (line,) = (await port.build_log("dpl_1")).lines
    assert line.text == 'Running "npm run build"'
    first, second = (await port.runtime_log("dpl_1")).lines
    assert (first.text, first.level, first.fields["status"]) == ("GET /", "info", "200")
    assert (second.text, second.level, second.fields["path"]) == ("TypeError: fetch failed", "error", "/api/ping")
    (check,) = await port.checks("dpl_1")
    assert (check.name, check.state, check.sha) == ("Lighthouse", CheckState.UNKNOWN, SHA), "completed without a conclusion"
    texts = [line.text for line in (await port.events("dpl_1")).lines]
    domains = "domains assigned: strideiq.run, strideiq-web-git-main-acme.vercel.app"
    assert set(texts) == {"queued", "building", "ready", "check Lighthouse: unknown", domains}


async def _names(port: Vercel, _: RawWire) -> None:
    live = await port.variables("production")
    assert [(v.name, v.sealed, v.secret) for v in live] == [
        ("NEXT_PUBLIC_API_URL", False, False),
        ("NEXT_PUBLIC_BASE_URL", False, False),
        ("SENTRY_AUTH_TOKEN", True, True),
    ]
    assert [(v.name, v.branch) for v in await port.variables("staging")] == [
        ("NEXT_PUBLIC_API_URL", "staging"),
        ("SENTRY_AUTH_TOKEN", None),
    ]
    (apex,) = await port.domains("production")
    assert (apex.name, apex.verified, apex.configured, apex.wanted[0].content) == ("strideiq.run", True, True, "76.76.21.21")
    (stage,) = await port.domains("staging")
    assert (stage.name, stage.wanted[0].content) == ("staging.strideiq.run", "cname.vercel-dns.com")


async def _money(port: Vercel, _: RawWire) -> None:
    found = await port.charges(START, END)
    assert [(line.what, line.amount, line.quantity, line.unit) for line in found.lines] == [
        ("Pro Plan Seat (purchase)", Decimal("20.0"), None, ""),
        ("Fast Data Transfer", Decimal("0.0"), Decimal("1.2"), "GB"),
    ]
    assert found.complete


async def _owner(port: Vercel, _: RawWire) -> None:
    report = await port.inspect()
    assert (report.who, report.scope) == ("founder", "account, with team Acme")
    assert "Plan: hobby" in report.notes


READING = {
    _deployments: {"deployments.v7.json", "deployment.json"},
    _serving: {"project.json", "promote-aliases.json", "rolling-release.json", "team.json"},
    _logs: {"events.json", "runtime-logs.jsonl", "check-runs.json"},
    _names: {"env.json", "custom-environments.json", "domains.json", "domain-config.json"},
    _money: {"charges.jsonl"},
    _owner: {"user.json", "teams.json"},
}


@pytest.mark.contract
@pytest.mark.parametrize("reading", READING, ids=lambda r: r.__name__.strip("_"))
async def test_the_examples_map(reading: Callable[[Vercel, RawWire], Awaitable[None]]) -> None:
    await reading(*table(**examples()))


@pytest.mark.contract
def test_no_example_is_forgotten() -> None:
    """Each file is read by a reading, sent as a request, an error, or belongs to an operation that is not called."""
    folder = pack() / "examples" / "vercel"
    every = {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}
    sent = {f"requests/{n}.json" for n in ("rollback", "promote", "redeploy")} | {"error.403.json", "cancel.json"}
    assert every == set.union(*READING.values()) | sent | UNCALLED
