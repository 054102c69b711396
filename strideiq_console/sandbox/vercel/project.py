"""The project: what its domains point at, and how rollback, promotion and pause move that.

Keys of ``state["vercel"]`` that live here: ``paused``, ``rollback_description``, and for scenarios ``rolling`` ({"from", "to",
"started", "percentage"}: a rolling release that promotions queue behind) and ``alias_fails`` (the next job fails).
"""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.deploy_orders import pause_web, promote_web, roll_back_web
from strideiq_console.sandbox.vercel.call import Answer, Call, Record, page_of
from strideiq_console.sandbox.vercel.shapes import DOMAINS, PROJECT, USER_ID, list_shape, ms, project_shape

_WORDS = {"succeeded": "completed"}


def one(call: Call) -> tuple[int, Any]:
    """Answer the project."""
    return 200, project_shape(call.state)


def listed(call: Call) -> tuple[int, Any]:
    """Answer the team's projects: the one."""
    wanted = call.query.get("search", "").lower()
    found = [project_shape(call.state)] if wanted in PROJECT["name"] else []
    return 200, {"projects": found, "pagination": page_of(len(found))}


def custom_environments(call: Call) -> tuple[int, Any]:
    """Answer the custom environments; on Hobby there are none."""
    total = 0 if call.memory.get("plan", "hobby") == "hobby" else 1
    return 200, {"accountLimit": {"total": total}, "environments": []}


def rolling_release(call: Call) -> tuple[int, Any]:
    """Answer the rolling release that a scenario began, null for none."""
    begun = call.memory.get("rolling")
    if not begun:
        return 200, {"rollingRelease": None}
    stage = {"duration": 10, "index": 0, "isFinalStage": False, "requireApproval": False, "targetPercentage": begun["percentage"]}
    last = {"duration": None, "index": 1, "isFinalStage": True, "requireApproval": False, "targetPercentage": 100}
    return 200, {
        "rollingRelease": {
            "activeStage": stage,
            "advancementType": "automatic",
            "canaryDeployment": _part(call, begun["to"]),
            "currentDeployment": _part(call, begun["from"]),
            "nextStage": last,
            "queuedDeploymentId": None,
            "stages": [stage, last],
            "startedAt": ms(begun["started"]),
            "state": "ACTIVE",
            "substate": None,
            "updatedAt": ms(begun["started"]),
        }
    }


def aliases(call: Call) -> tuple[int, Any]:
    """Answer the names that the last rollback or promotion moves, each with how far it is."""
    last = call.memory["alias_request"]
    word = _WORDS.get(last["state"], last["state"]) if last else ""
    found = [{"alias": DOMAINS["production"], "id": "als_strideiq_run", "status": word}] if last else []
    if call.query.get("failedOnly") == "true" and word != "failed":
        found = []
    return 200, {"aliases": found, "pagination": page_of(len(found))}


def roll_back(call: Call) -> tuple[int, Any]:
    """Take a rollback on; the domains move a few seconds later."""
    identity = call.at["id"]
    roll_back_web(call.state, identity, call.now)
    call.memory.pop("rollback_description", None)
    if call.query.get("description"):
        _describe(call, call.query["description"])
    call.effect(f"rolled back to {identity}")
    return 201, None


def describe(call: Call) -> tuple[int, Any]:
    """Keep another description of the last rollback."""
    call.deployment(call.at["id"])
    _describe(call, str(call.body.get("description", "")))
    call.effect("described the rollback")
    return 200, None


def promote(call: Call) -> tuple[int, Any]:
    """Take a promotion on; behind a rolling release it only queues."""
    identity = call.at["id"]
    queued = bool(call.memory.get("rolling"))
    promote_web(call.state, identity, call.now, queued=queued)
    call.effect(f"promoted {identity}")
    return (202 if queued else 201), None


def pause(call: Call) -> tuple[int, Any]:
    """Pause the project: production answers nobody and new builds do not take its domains."""
    pause_web(call.state, paused=True)
    call.effect("paused the project")
    return 200, None


def unpause(call: Call) -> tuple[int, Any]:
    """Let the project serve again."""
    pause_web(call.state, paused=False)
    call.effect("unpaused the project")
    return 200, None


def _describe(call: Call, text: str) -> None:
    call.memory["rollback_description"] = {
        "createdAt": ms(call.now),
        "description": text,
        "userId": USER_ID,
        "username": "founder",
    }


def _part(call: Call, identity: str) -> Record | None:
    entry = deploys.find(call.state, "vercel", identity)
    if entry is None:
        return None
    shape = list_shape(entry, candidate=False)
    return {"createdAt": shape["createdAt"], "id": identity} | {name: shape[name] for name in ("name", "readyState", "url")}


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/v9/projects/{project}", one),
    ("GET", "/v10/projects", listed),
    ("GET", "/v9/projects/{project}/custom-environments", custom_environments),
    ("GET", "/v1/projects/{project}/rolling-release", rolling_release),
    ("GET", "/v1/projects/{project}/promote/aliases", aliases),
    ("POST", "/v1/projects/{project}/rollback/{id}", roll_back),
    ("PATCH", "/v1/projects/{project}/rollback/{id}/update-description", describe),
    ("POST", "/v10/projects/{project}/promote/{id}", promote),
    ("POST", "/v1/projects/{project}/pause", pause),
    ("POST", "/v1/projects/{project}/unpause", unpause),
)
