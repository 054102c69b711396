"""The project's deployments: listing, one, redeploying, cancelling, their addresses and checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.deploy_orders import cancel_web, redeploy_web, rollback_candidates
from strideiq_console.sandbox.vercel.call import Answer, Call, Record, VercelError, number, page_of
from strideiq_console.sandbox.vercel.shapes import PROJECT, TEAM, aliases, deployment_shape, iso, list_shape, ms

PAGE = 20
MAX_PAGE = 100


def listed(call: Call) -> tuple[int, Any]:
    """Answer the newest deployments that fit the filters."""
    limit = call.number("limit", PAGE)
    if not 1 <= limit <= MAX_PAGE:
        raise VercelError(400, "bad_request", f"Invalid request: `limit` should be between 1 and {MAX_PAGE}")
    if call.query.get("projectId", PROJECT["id"]) not in PROJECT.values():
        raise VercelError(404, "not_found", "Project not found")
    candidates = [entry["id"] for entry in rollback_candidates(call.state)]
    mine = [entry for entry in deploys.records(call.state) if entry["provider"] == "vercel"]
    shapes = [list_shape(entry, entry["id"] in candidates) for entry in mine]
    fitting = sorted((s for s in shapes if _fits(s, call.query)), key=lambda s: int(s["created"]), reverse=True)
    page = fitting[:limit]
    more = page[-1]["created"] if len(fitting) > limit else None
    first = page[0]["created"] if page else None
    return 200, {"deployments": page, "pagination": page_of(len(page), following=more, previous=first)}


def one(call: Call) -> tuple[int, Any]:
    """Answer one deployment by its id or any of its addresses."""
    wanted = call.at["id"]
    for entry in deploys.records(call.state):
        if entry["provider"] == "vercel":
            shape = deployment_shape(entry)
            if wanted in (entry["id"], shape["url"], *shape["alias"]):
                return 200, shape
    raise VercelError(404, "not_found", "The deployment could not be found")


def create(call: Call) -> tuple[int, Any]:
    """Build an existing deployment's commit again, as the world knows no uploads."""
    body = call.body
    if not isinstance(body.get("name"), str):
        raise VercelError(400, "bad_request", "Invalid request: missing required property `name`")
    source = call.deployment(str(body.get("deploymentId", "")))
    target = body.get("target")
    if target not in (None, "production"):
        raise VercelError(400, "bad_request", f"Invalid request: there is no environment {target}")
    made = redeploy_web(call.state, source, call.now, production=target == "production")
    call.effect(f"redeployed {source['id']} as {made['id']}")
    return 200, deployment_shape(made)


def cancel(call: Call) -> tuple[int, Any]:
    """Cancel a deployment that is queued or building."""
    entry = call.deployment(call.at["id"])
    cancel_web(entry, call.now)
    call.effect(f"cancelled {entry['id']}")
    return 200, deployment_shape(entry)


def addresses(call: Call) -> tuple[int, Any]:
    """Answer the addresses that point at a deployment now."""
    entry = call.deployment(call.at["id"])
    created = iso(entry["live_from"] or entry["created"])
    return 200, {"aliases": [{"alias": a, "created": created, "uid": f"als_{a.replace('.', '_')}"} for a in aliases(entry)]}


def checks(call: Call) -> tuple[int, Any]:
    """Answer the checks of integrations, in the older shape."""
    entry = call.deployment(call.at["id"])
    status, conclusion = _checked(entry)
    shape: Record = {
        "blocking": False,
        "createdAt": ms(entry["created"]),
        "id": f"check_{entry['id'][-8:]}",
        "integrationId": "oac_lighthouse",
        "name": "Lighthouse",
        "rerequestable": False,
        "status": "registered" if status == "queued" else status,
        "updatedAt": ms(entry["changed"]),
    }
    return 200, {"checks": [shape | ({"conclusion": conclusion} if conclusion else {})]}


def check_runs(call: Call) -> tuple[int, Any]:
    """Answer the check runs of a deployment."""
    entry = call.deployment(call.at["id"])
    status, conclusion = _checked(entry)
    shape: Record = {
        "checkId": "chk_lighthouse",
        "createdAt": ms(entry["created"]),
        "deploymentId": entry["id"],
        "id": f"run_{entry['id'][-8:]}",
        "name": "Lighthouse",
        "ownerId": TEAM,
        "projectId": PROJECT["id"],
        "source": {"kind": "integration", "integrationId": "oac_lighthouse", "integrationConfigurationId": "icfg_acme"},
        "status": status,
        "timeout": 300,
        "updatedAt": ms(entry["changed"]),
    }
    return 200, {"runs": [shape | ({"conclusion": conclusion, "completedAt": ms(entry["changed"])} if conclusion else {})]}


def _checked(entry: Record) -> tuple[str, str]:
    """Return status and conclusion: the check runs on what is ready, and is skipped for what never will be."""
    if entry["state"] in deploys.MOVING:
        return "queued", ""
    return "completed", "succeeded" if entry["state"] == "ready" else "skipped"


def _fits(shape: Record, query: Mapping[str, str]) -> bool:
    created = shape["created"]
    older = [query[name] for name in ("until", "to") if name in query]
    newer = [query[name] for name in ("since", "from") if name in query]
    rules = (
        "target" not in query or (shape["target"] or "preview") == query["target"],
        "state" not in query or shape["readyState"] in query["state"].upper().split(","),
        "branch" not in query or shape["meta"]["githubCommitRef"] == query["branch"],
        "sha" not in query or shape["meta"]["githubCommitSha"] == query["sha"].lower(),
        "rollbackCandidate" not in query or shape["isRollbackCandidate"] == (query["rollbackCandidate"] == "true"),
        all(created < number(value, "time") for value in older),
        all(created > number(value, "time") for value in newer),
    )
    return all(rules)


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/v7/deployments", listed),
    ("GET", "/v6/deployments", listed),
    ("GET", "/v13/deployments/{id}", one),
    ("POST", "/v13/deployments", create),
    ("PATCH", "/v12/deployments/{id}/cancel", cancel),
    ("GET", "/v2/deployments/{id}/aliases", addresses),
    ("GET", "/v1/deployments/{id}/checks", checks),
    ("GET", "/v2/deployments/{id}/check-runs", check_runs),
)
