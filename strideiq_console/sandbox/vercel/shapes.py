"""Vercel's JSON for a deployment, the project, the team and the user."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from strideiq_console.sandbox import deploys

Record = dict[str, Any]
TEAM = "team_acme"
PROJECT = {"id": "prj_strideiq_web", "name": "strideiq-web"}
USER_ID = "usr_founder"
DOMAINS = {"production": "strideiq.run", "staging": "staging.strideiq.run"}
PERMISSIONS = {
    "deployment": ["create", "delete", "list", "read", "update"],
    "deploymentPromote": ["create"],
    "deploymentRollback": ["create"],
    "logs": ["list", "read"],
    "projectDomain": ["create", "delete", "list", "read", "update"],
    "projectEnvVars": ["create", "delete", "list", "read", "update"],
}
STATES = {"queued": "QUEUED", "building": "BUILDING", "ready": "READY", "failed": "ERROR", "cancelled": "CANCELED"}
USER: Record = {
    "avatar": None,
    "billing": None,
    "createdAt": 1_700_000_000_000,
    "defaultTeamId": TEAM,
    "email": "founder@strideiq.example",
    "hasTrialAvailable": False,
    "id": USER_ID,
    "name": "Founder",
    "resourceConfig": {},
    "softBlock": None,
    "stagingPrefix": "founder",
    "username": "founder",
}


def iso(seconds: float) -> str:
    """Return a time as text."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def ms(seconds: float) -> int:
    """Return epoch milliseconds."""
    return round(seconds * 1000)


def list_shape(entry: Record, candidate: bool) -> Record:
    """Return a deployment as the lists show it."""
    shape = _common(entry) | {
        "uid": entry["id"],
        "created": ms(entry["created"]),
        "state": STATES[entry["state"]],
        "source": "git",
        "isRollbackCandidate": candidate,
    }
    return {name: value for name, value in shape.items() if value is not None or name in ("target", "aliasError")}


def deployment_shape(entry: Record) -> Record:
    """Return a deployment with everything that is always there."""
    failed = entry["state"] == "failed"
    shape = _common(entry) | {
        "id": entry["id"],
        "alias": aliases(entry),
        "aliasAssigned": entry["live_from"] is not None,
        "aliasAssignedAt": ms(entry["live_from"]) if entry["live_from"] is not None else None,
        "automaticAliases": [],
        "bootedAt": ms(deploys.time_of(entry, "building") or entry["created"]),
        "build": {"env": []},
        "buildingAt": ms(deploys.time_of(entry, "building") or entry["created"]),
        "buildSkipped": False,
        "createdIn": "sfo1",
        "env": [],
        "canceledAt": ms(entry["changed"]) if entry["state"] == "cancelled" else None,
        "errorCode": "BUILD_UTILS_SPAWN_1" if failed else None,
        "errorMessage": 'Command "npm run build" exited with 1' if failed else None,
        "isInConcurrentBuildsQueue": entry["state"] == "queued",
        "isInSystemBuildsQueue": False,
        "ownerId": TEAM,
        "plan": "hobby",
        "projectSettings": {"framework": "nextjs"},
        "public": False,
        "regions": ["iad1"],
        "routes": [],
        "status": STATES[entry["state"]],
        "version": 2,
    }
    return {name: value for name, value in shape.items() if value is not None or name in ("target", "aliasError")}


def aliases(entry: Record) -> list[str]:
    """Return the addresses that point at a deployment now."""
    if not deploys.is_live(entry):
        return []
    branch = entry["branch"].replace("/", "-")
    own = [DOMAINS[entry["environment"]]] if entry["environment"] in DOMAINS else []
    return [*own, f"strideiq-web-git-{branch}-acme.vercel.app"]


def project_shape(state: Record) -> Record:
    """Return the project with what its domains point at; while a rollback pins it, custom domains are not assigned."""
    memory = deploys.vercel(state)
    production = deploys.live(state, "production", "web")
    request = memory["alias_request"]
    shape: Record = {
        **PROJECT,
        "accountId": TEAM,
        "alias": [entry for name in DOMAINS if (entry := _domain(state, name)) is not None],
        "autoAssignCustomDomains": not memory["pinned"],
        "createdAt": ms(state["repository"]["created_at"]),
        "defaultResourceConfig": {"functionDefaultRegions": ["iad1"]},
        "deploymentExpiration": {},
        "directoryListing": False,
        "framework": "nextjs",
        "lastAliasRequest": None,
        "link": _link(),
        "nodeVersion": "22.x",
        "paused": bool(memory.get("paused")),
        "resourceConfig": {"functionDefaultRegions": ["iad1"]},
        "permissions": PERMISSIONS,
        "rootDirectory": "apps/web",
        "targets": {"production": _target(production)} if production else {},
    }
    if request:
        shape["lastAliasRequest"] = {
            "fromDeploymentId": request["from"],
            "toDeploymentId": request["to"],
            "jobStatus": request["state"],
            "requestedAt": ms(request["requested"]),
            "type": request["type"],
        }
    if memory.get("rollback_description"):
        shape["rollbackDescription"] = memory["rollback_description"]
    if memory["pinned"] and production:
        shape["lastRollbackTarget"] = {"id": production["id"]}
    return shape


def team_shape(created: float, plan: str) -> Record:
    """Return the one team."""
    return {
        "avatar": None,
        "billing": {"plan": plan},
        "createdAt": ms(created),
        "creatorId": USER_ID,
        "description": None,
        "id": TEAM,
        "name": "Acme",
        "slug": "acme",
        "stagingPrefix": "acme",
        "updatedAt": ms(created),
    }


def _common(entry: Record) -> Record:
    building, ready = deploys.time_of(entry, "building"), deploys.time_of(entry, "ready")
    substate = ("PROMOTED" if entry["live_from"] is not None else "STAGED") if entry["state"] == "ready" else None
    return {
        "aliasAssigned": ms(entry["live_from"]) if entry["live_from"] is not None else False,
        "aliasError": None,
        "buildingAt": ms(building) if building is not None else None,
        "createdAt": ms(entry["created"]),
        "creator": {"uid": USER_ID, "username": "founder", "githubLogin": entry["author"]},
        "inspectorUrl": f"https://vercel.com/acme/{PROJECT['name']}/{entry['id'].removeprefix('dpl_')}",
        "meta": _meta(entry),
        "name": PROJECT["name"],
        "projectId": PROJECT["id"],
        "ready": ms(ready) if ready is not None else None,
        "readyState": STATES[entry["state"]],
        "readySubstate": substate,
        "target": "production" if entry["environment"] == "production" else None,
        "type": "LAMBDAS",
        "url": f"strideiq-web-{entry['id'][-9:]}-acme.vercel.app",
    }


def _meta(entry: Record) -> dict[str, str]:
    return {
        "githubCommitRef": entry["branch"],
        "githubCommitSha": entry["sha"],
        "githubCommitMessage": entry["subject"],
        "githubCommitAuthorLogin": entry["author"],
        "githubRepo": "strideiq",
        "githubOrg": "acme",
    }


def _target(entry: Record) -> Record:
    """Return a deployment as the project shows what a target or a domain serves."""
    return {
        "alias": aliases(entry),
        "aliasAssigned": ms(entry["live_from"]),
        "createdAt": ms(entry["created"]),
        "createdIn": "sfo1",
        "creator": {"email": USER["email"], "uid": USER_ID, "username": "founder"},
        "deploymentHostname": f"strideiq-web-{entry['id'][-9:]}-acme",
        "id": entry["id"],
        "meta": _meta(entry),
        "name": PROJECT["name"],
        "plan": "hobby",
        "private": False,
        "readyState": STATES[entry["state"]],
        "readySubstate": "PROMOTED",
        "target": "production" if entry["environment"] == "production" else None,
        "type": "LAMBDAS",
        "url": f"strideiq-web-{entry['id'][-9:]}-acme.vercel.app",
        "userId": USER_ID,
    }


def _domain(state: Record, environment: str) -> Record | None:
    entry = deploys.live(state, environment, "web")
    if entry is None:
        return None
    main = environment == "production"
    shape: Record = {
        "deployment": _target(entry),
        "domain": DOMAINS[environment],
        "environment": "production" if main else "preview",
        "target": "PRODUCTION" if main else "PREVIEW",
    }
    return shape if main else shape | {"gitBranch": environment}


def _link() -> Record:
    return {
        "deployHooks": [],
        "gitCredentialId": "cred_acme",
        "org": "acme",
        "productionBranch": "main",
        "repo": "strideiq",
        "repoId": 730_114_205,
        "type": "github",
    }
