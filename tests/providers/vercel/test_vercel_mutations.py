"""Answers with something wrong in them: each is read, or is a fault that names the provider; never anything else.

``STRIDEIQ_MUTATIONS`` says how many, ``STRIDEIQ_SEED`` which.
"""

from __future__ import annotations

import copy
import json
import os
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from strideiq_console.domain.fault import Fault, OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.vercel import Vercel
from tests.providers.hosting import HOSTILE, SHA_A
from tests.providers.vercel.fake import T0, Raw, deployment, project, table, target, whole

COUNT = int(os.environ.get("STRIDEIQ_MUTATIONS", "300"))
SEED = int(os.environ.get("STRIDEIQ_SEED", "20260109"))
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC)
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    1e300,
    2**70,
    "",
    "x" * 5000,
    HOSTILE,
    "\ud800",
    [],
    {},
    [[[]]],
    {"a": {"b": None}},
    "2026-01-09",
)
REQUEST = {"type": "rollback", "jobStatus": "failed", "toDeploymentId": "dpl_1", "fromDeploymentId": None, "requestedAt": T0}
ALIAS = {"domain": "strideiq.run", "deployment": target("dpl_1"), "environment": "production", "target": "PRODUCTION"}
EVENT = {
    "type": "stdout",
    "created": T0,
    "payload": {"date": T0, "serial": "1", "text": "a\nb", "info": {"type": "b", "step": "x"}},
}
PROXY = {"type": "request", "created": T0, "payload": {"date": T0, "serial": "2", "proxy": {"method": "GET", "statusCode": 200}}}
RUNTIME = {"level": "info", "message": "m", "timestampInMs": T0, "source": "request", "responseStatusCode": 200}
CHARGE = {"BilledCost": 1.5, "EffectiveCost": 1, "BillingCurrency": "USD", "ChargeCategory": "Usage", "ServiceName": "s"}
RUN = {"name": "n", "status": "completed", "conclusion": "succeeded", "createdAt": T0, "externalUrl": "https://a.example/"}
DOMAIN = {"name": "a.strideiq.run", "apexName": "strideiq.run", "verified": False, "customEnvironmentId": "e", "gitBranch": None}
CONFIG = {"recommendedIPv4": [{"rank": 1, "value": ["192.0.2.1"]}], "recommendedCNAME": [{"rank": 1, "value": "c.example"}]}
TEAM = {
    "id": "team_1",
    "slug": "acme",
    "name": "Acme",
    "limitedBy": ["mfa"],
    "membership": {"role": "OWNER"},
    "billing": {"plan": "p"},
}
BODIES: dict[str, Any] = {
    "user": {"user": {"username": "founder", "email": "e", "billing": {"plan": "hobby"}, "limited": False}},
    "team": TEAM,
    "teams": {"teams": [TEAM], "pagination": {"next": None}},
    "charges": [CHARGE | {"ConsumedQuantity": 2, "ConsumedUnit": "GB", "Tags": {"ProjectId": "prj_1"}}, CHARGE],
    "listed": {"deployments": [deployment("dpl_1", 0, SHA_A), deployment("dpl_2", 1, SHA_A)], "pagination": {"next": None}},
    "one": whole(deployment("dpl_1", 0, SHA_A)) | {"aliasAssignedAt": T0, "errorMessage": "e", "customEnvironment": {"id": "e"}},
    "runs": {"runs": [RUN]},
    "events": [EVENT, PROXY, None],
    "runtime": [RUNTIME, RUNTIME],
    "aliases": {"aliases": [{"alias": "strideiq.run", "id": "1", "status": "failed"}]},
    "release": {"rollingRelease": {"state": "ACTIVE", "substate": None, "startedAt": T0, "canaryDeployment": {"id": "d"}}},
    "env": {"envs": [{"key": "A", "type": "plain", "target": ["production"], "value": "v", "customEnvironmentIds": ["e"]}]},
    "custom": {"environments": [{"id": "e", "slug": "s", "branchMatcher": {"type": "equals", "pattern": "staging"}}]},
    "domains": {"domains": [DOMAIN | {"verification": [{"type": "TXT", "domain": "d", "value": "v", "reason": "r"}]}]},
    "config": CONFIG | {"misconfigured": False},
    "project": project(alias=[ALIAS], lastAliasRequest=REQUEST, targets={"production": target("dpl_1")}, permissions={"logs": []}),
}
READS: dict[str, tuple[Callable[[Vercel], Awaitable[Any]], ...]] = {
    "user": (lambda v: v.inspect(), lambda v: v.whoami()),
    "team": (lambda v: v.rollback_targets("production"),),
    "teams": (lambda v: v.inspect(),),
    "charges": (lambda v: v.charges(START, END),),
    "listed": (lambda v: v.recent(), lambda v: v.rollback_targets("production"), lambda v: v.pin("production")),
    "one": (lambda v: v.get("dpl_1"), lambda v: v.events("dpl_1")),
    "runs": (lambda v: v.checks("dpl_1"), lambda v: v.events("dpl_1")),
    "events": (lambda v: v.build_log("dpl_1"),),
    "runtime": (lambda v: v.runtime_log("dpl_1"),),
    "aliases": (lambda v: v.pin("production"),),
    "release": (lambda v: v.rolling_release(),),
    "env": (lambda v: v.variables("production"), lambda v: v.variables("staging")),
    "custom": (lambda v: v.variables("staging"), lambda v: v.domains("staging")),
    "domains": (lambda v: v.domains("staging"), lambda v: v.domains("production")),
    "config": (lambda v: v.domains("staging"),),
    "project": (lambda v: v.recent(), lambda v: v.pin("production"), lambda v: v.inspect()),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every value inside another."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in inner for found in places(child, (*path, key)))]


def mutated(body: Any, chance: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """Replace, remove or repeat one part of a body."""
    made = copy.deepcopy(body)
    path = chance.choice(places(made))
    if not path:
        return copy.deepcopy(chance.choice(ODD)), path
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    way = chance.randrange(4)
    if way == 0:
        del holder[path[-1]]
    elif way == 1 and isinstance(holder, list):
        holder += copy.deepcopy(holder) * 3
    else:
        holder[path[-1]] = copy.deepcopy(chance.choice(ODD))
    return made, path


def packed(name: str, body: Any) -> Any:
    """Return a body as it goes over the wire; a missing one as the JSON null."""
    if name in ("charges", "runtime"):
        lines = body if isinstance(body, list) else [body]
        return Raw(b"".join(json.dumps(line).encode() + b"\n" for line in lines), "application/jsonl")
    return Raw(json.dumps(body).encode(), "application/json")


async def outcome(port: Vercel, read: Callable[[Vercel], Awaitable[Any]], where: str) -> Fault | None:
    """Return the fault of a read, None for one that worked; anything else that is raised says where."""
    try:
        await read(port)
    except OutsideError as error:
        return error.fault
    except Exception as error:
        raise AssertionError(where) from error
    return None


async def test_a_wrong_part_anywhere_is_read_or_named_and_nothing_else() -> None:
    chance = random.Random(SEED)  # noqa: S311 - not for secrets
    answers = {name: packed(name, body) for name, body in BODIES.items()}
    port, wire = table(**answers)
    replies = wire.answering.answers  # type: ignore[attr-defined]
    outcomes = {"read": 0, "fault": 0}
    for number in range(COUNT):
        name = chance.choice(sorted(READS))
        body, path = mutated(BODIES[name], chance)
        where = f"seed {SEED}, mutation {number}: {name} at {path} became {json.dumps(body)[:300]}"
        replies[name] = packed(name, body)
        began = time.monotonic()
        fault = await outcome(port, chance.choice(READS[name]), where)
        replies[name] = answers[name]
        outcomes["read" if fault is None else "fault"] += 1
        if fault is not None:
            assert fault.source == "vercel", where
            assert fault.cause.lower().startswith("vercel"), (where, fault.cause)
            assert is_clean(fault.sentence()), where
        assert time.monotonic() - began < 5, where
        wire.calls.clear()
    print(f"seed {SEED}: {outcomes}")
    assert min(outcomes.values()) > COUNT / 10
