"""Variables by name, and domains."""

from __future__ import annotations

import json
from typing import Any

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.untrusted import is_clean
from tests.providers.hosting import HOSTILE, Call
from tests.providers.vercel.fake import T0, table

SENTINEL = "sentinel-value-0123456789"


def variable(key: str, *target: str, kind: str = "encrypted", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "target": list(target), "value": SENTINEL, "updatedAt": T0, "securityIssues": []} | more


def envs(*found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"envs": list(found), "hiddenProductionEnvCount": 0} | more


def domain(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "apexName": "strideiq.run", "projectId": "prj_1", "verified": True, "gitBranch": None} | more


CUSTOM = {
    "accountLimit": {"total": 1},
    "environments": [
        {"id": "env_stage", "slug": "stage", "branchMatcher": {"type": "equals", "pattern": "staging"}},
        {"id": "env_other", "slug": "other", "branchMatcher": {"type": "startsWith", "pattern": "release/"}},
        {"id": "env_odd", "slug": "odd", "branchMatcher": {"type": "matches", "pattern": "staging"}},
        {"id": "env_none", "slug": "none"},
    ],
}


async def test_each_environment_gets_its_names() -> None:
    found = envs(
        variable("A_BOTH", "production", "preview", kind="sensitive"),
        variable("B_LIVE", "production", kind="plain"),
        variable("C_STAGE", "preview", gitBranch="staging"),
        variable("D_OTHER", "preview", gitBranch="feature/x"),
        variable("E_LOCAL", "development"),
        variable("F_WORD") | {"target": "preview"},
        variable("G_CUSTOM", customEnvironmentIds=["env_stage"]) | {"target": None},
        variable("H_ELSEWHERE", customEnvironmentIds=["env_other", "env_odd", "env_none"]),
        variable("I_NEW", "preview", kind="brand-new"),
    )
    port, wire = table(env=found, custom=CUSTOM)
    live = await port.variables("production")
    stage = await port.variables("staging")
    assert [(v.name, v.sealed, v.secret) for v in live] == [("A_BOTH", True, True), ("B_LIVE", False, False)]
    assert [(v.name, v.branch) for v in stage] == [
        ("A_BOTH", None),
        ("C_STAGE", "staging"),
        ("F_WORD", None),
        ("G_CUSTOM", None),
        ("I_NEW", None),
    ]
    assert stage[-1].secret is None
    assert {(v.provider, v.component, v.environment) for v in stage} == {("vercel", "web", "staging")}
    assert all(v.updated_at is not None for v in live)
    assert all("decrypt" not in call.query for call in wire.calls)


async def test_no_value_outlives_the_decoding() -> None:
    port, _ = table(env=envs(variable("A", "production", kind="plain")))
    assert SENTINEL not in repr(await port.variables("production"))


async def test_custom_environments_are_only_asked_for_when_something_refers_to_one() -> None:
    port, wire = table(env=envs(variable("A", "production")), domains={"domains": [domain("strideiq.run")]})
    await port.variables("production")
    await port.domains("staging")
    assert not [c for c in wire.calls if c.path.endswith("/custom-environments")]


@pytest.mark.parametrize(
    "more", [{"hiddenProductionEnvCount": 3}, {"pagination": {"count": 1, "next": T0, "prev": None}, "hiddenProductionEnvCount": 0}]
)
async def test_names_that_are_hidden_make_the_list_unusable(more: dict[str, Any]) -> None:
    port, _ = table(env=envs(variable("A", "production", "preview"), **more))
    with pytest.raises(OutsideError) as caught:
        await port.variables("production")
    assert caught.value.fault.kind is FaultKind.INCOMPLETE
    if "pagination" not in more:
        assert [v.name for v in await port.variables("staging")] == ["A"], "only production's are hidden"


@pytest.mark.parametrize(
    "change",
    [{"key": None}, {"key": 7}, {"type": None}, {"target": 5}, {"gitBranch": []}, {"updatedAt": "x"}, {"updatedAt": 1e300}],
)
async def test_malformed_variables_are_a_fault_without_the_value(change: dict[str, Any]) -> None:
    port, _ = table(env=envs(variable("A", "production") | change))
    with pytest.raises(OutsideError) as caught:
        await port.variables("production")
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert SENTINEL not in caught.value.fault.sentence()


def configs(call: Call) -> Any:
    name = call.path.split("/")[3]
    if name == "closed.strideiq.run":
        return 403, {"error": {"message": "not yours"}}
    return {
        "acceptedChallenges": [],
        "configuredBy": "A",
        "misconfigured": name == "www.strideiq.run",
        "recommendedCNAME": [{"rank": 2, "value": "second.example"}, {"rank": 1, "value": "cname.vercel-dns.com"}],
        "recommendedIPv4": [{"rank": 1, "value": ["192.0.2.1", "192.0.2.2"]}, {"rank": 2, "value": ["192.0.2.9"]}],
    }


async def test_domains_of_each_environment_with_the_records_that_they_want() -> None:
    proof = {"type": "TXT", "domain": "_vercel.strideiq.run", "value": "vc-domain-verify=x", "reason": "pending"}
    page = {
        "domains": [
            domain("strideiq.run"),
            domain("www.strideiq.run", redirect="strideiq.run", verified=False, verification=[proof]),
            domain("closed.strideiq.run"),
            domain("strideiq-web.vercel.app", apexName="vercel.app"),
            domain("staging.strideiq.run", gitBranch="staging"),
            domain("x.strideiq.run", gitBranch="feature/x"),
            domain("custom.strideiq.run", customEnvironmentId="env_stage"),
        ],
        "pagination": {"count": 7, "next": None, "prev": None},
    }
    port, wire = table(domains=page, config=configs, custom=CUSTOM)
    apex, www, closed, own = await port.domains("production")
    assert (apex.name, apex.verified, apex.configured, apex.note) == ("strideiq.run", True, True, "")
    assert [(r.type, r.content) for r in apex.wanted] == [("A", "192.0.2.1"), ("A", "192.0.2.2")]
    assert (www.verified, www.configured, www.note) == (False, False, "redirects to strideiq.run")
    assert [(r.name, r.type, r.content) for r in www.wanted] == [
        ("_vercel.strideiq.run", "TXT", "vc-domain-verify=x"),
        ("www.strideiq.run", "CNAME", "cname.vercel-dns.com"),
    ]
    assert closed.configured is None
    assert "could not be checked" in closed.note
    assert (own.configured, own.wanted) == (None, ())
    assert [d.name for d in await port.domains("staging")] == ["staging.strideiq.run", "custom.strideiq.run"]
    asked = [c for c in wire.calls if "/config" in c.path]
    assert {c.query["projectIdOrName"] for c in asked} == {"prj_1"}
    assert not [c for c in asked if "vercel.app" in c.path]


async def test_domains_come_page_by_page_and_never_endlessly() -> None:
    def page(call: Call) -> dict[str, Any]:
        until = int(call.query.get("until", 3))
        names = [domain(f"d{until}.strideiq.run", gitBranch="staging")]
        return {"domains": names, "pagination": {"count": 1, "next": until - 1 if until > 1 else None, "prev": None}}

    port, _ = table(domains=page, config=configs)
    assert [d.name for d in await port.domains("staging")] == ["d3.strideiq.run", "d2.strideiq.run", "d1.strideiq.run"]
    stuck = {"domains": [], "pagination": {"next": 5}}
    for endless in (lambda _: stuck, lambda c: stuck | {"pagination": {"next": int(c.query.get("until", 100)) - 1}}):
        port, wire = table(domains=endless, config=configs)
        with pytest.raises(OutsideError) as caught:
            await port.domains("staging")
        assert caught.value.fault.kind is FaultKind.INCOMPLETE
        assert len(wire.calls) <= 5


async def test_many_domains_do_not_become_many_questions() -> None:
    page = {"domains": [domain(f"d{n}.strideiq.run") for n in range(30)]}
    port, wire = table(domains=page, config=configs)
    found = await port.domains("production")
    assert len([c for c in wire.calls if "/config" in c.path]) == 20
    assert [d.configured for d in found[20:]] == [None] * 10
    assert "not checked" in found[-1].note


async def test_hostile_names_come_out_clean() -> None:
    hostile = domain(HOSTILE, gitBranch="staging", redirect=HOSTILE, verified=False)
    hostile["verification"] = [{"type": HOSTILE, "domain": HOSTILE, "value": HOSTILE, "reason": ""}]
    port, _ = table(env=envs(variable(HOSTILE, "preview")), domains={"domains": [hostile]}, config=configs)
    (name,) = await port.variables("staging")
    (found,) = await port.domains("staging")
    texts = [name.name, found.name, found.note, *(t for r in found.wanted for t in (r.name, r.type, r.content))]
    assert all(is_clean(t) for t in texts), json.dumps(texts)
    dots, wire = table(domains={"domains": [domain("..", gitBranch="staging")]}, config=configs)
    assert (await dots.domains("staging"))[0].configured is None
    assert not [c for c in wire.calls if "config" in c.path]
