"""The project's variables and domains.

``state["vercel"]["env"]`` holds variables ``{"id", "key", "type", "target", "gitBranch", "value", "created", "updated"}``; what is
sensitive never comes back. ``state["vercel"]["domains"]`` may hold ``{name: {"verified": bool, "misconfigured": bool}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.sandbox.state import record_violation
from strideiq_console.sandbox.vercel.call import Answer, Call, Record, VercelError, page_of
from strideiq_console.sandbox.vercel.shapes import DOMAINS, PROJECT, ms

TYPES = ("system", "secret", "encrypted", "plain", "sensitive")
TARGETS = ("production", "preview", "development")
OWN = "strideiq-web-acme.vercel.app"
_SEED = (
    ("NEXT_PUBLIC_API_URL", "plain", ["production"], None, "https://api.strideiq.run"),
    ("NEXT_PUBLIC_BASE_URL", "plain", ["production"], None, "https://strideiq.run"),
    ("NEXT_PUBLIC_API_URL", "plain", ["preview"], "staging", "https://api-staging.strideiq.run"),
    ("NEXT_PUBLIC_BASE_URL", "plain", ["preview"], "staging", "https://staging.strideiq.run"),
    ("REVALIDATE_TOKEN", "encrypted", ["production", "preview"], None, "sandbox-revalidate"),
    ("SENTRY_AUTH_TOKEN", "sensitive", ["production", "preview"], None, "sandbox-sentry"),
)


def variables(call: Call) -> tuple[int, Any]:
    """Answer the variables; asking for decrypted values is answered, and held against the client."""
    decrypt = call.query.get("decrypt") == "true"
    if decrypt:
        record_violation(call.state, at=call.now, what="asked Vercel for decrypted values of variables")
    branch = call.query.get("gitBranch")
    found = [entry for entry in _env(call) if branch is None or entry["gitBranch"] in (None, branch)]
    return 200, {"envs": [_listed(entry, decrypt=decrypt) for entry in found], "hiddenProductionEnvCount": 0}


def create(call: Call) -> tuple[int, Any]:
    """Add variables; with ``upsert`` one that is there already is changed instead."""
    given = call.body.get("", [call.body])
    upsert = call.query.get("upsert") == "true"
    made = [_add(call, wanted, upsert=upsert) for wanted in given if isinstance(wanted, dict)] if isinstance(given, list) else []
    if not made:
        raise VercelError(400, "bad_request", "Invalid request: no variable was given")
    call.effect(f"set {', '.join(entry['key'] for entry in made)}")
    shapes = [_shape(entry, decrypt=False) for entry in made]
    return 201, {"created": shapes if "" in call.body else shapes[0], "failed": []}


def edit(call: Call) -> tuple[int, Any]:
    """Change one variable."""
    entry = _find(call)
    changed = {name: call.body[name] for name in ("key", "type", "target", "gitBranch", "value") if name in call.body}
    _check(entry | changed)
    entry |= changed | {"updated": call.now}
    call.effect(f"changed {entry['key']}")
    return 200, _shape(entry, decrypt=False)


def remove(call: Call) -> tuple[int, Any]:
    """Remove one variable."""
    entry = _find(call)
    _env(call).remove(entry)
    call.effect(f"removed {entry['key']}")
    return 200, _shape(entry, decrypt=False)


def domains(call: Call) -> tuple[int, Any]:
    """Answer the project's domains."""
    created = ms(call.state["repository"]["created_at"])
    known = call.memory.get("domains", {})
    found = [(DOMAINS["production"], None), (f"www.{DOMAINS['production']}", None), (DOMAINS["staging"], "staging"), (OWN, None)]
    shapes = []
    for name, branch in found:
        verified = bool(known.get(name, {}).get("verified", True))
        shape: Record = {
            "apexName": "vercel.app" if name == OWN else DOMAINS["production"],
            "createdAt": created,
            "customEnvironmentId": None,
            "gitBranch": branch,
            "name": name,
            "projectId": PROJECT["id"],
            "redirect": DOMAINS["production"] if name.startswith("www.") else None,
            "redirectStatusCode": 308 if name.startswith("www.") else None,
            "updatedAt": created,
            "verified": verified,
        }
        if not verified:
            proof = {"type": "TXT", "domain": f"_vercel.{shape['apexName']}", "value": f"vc-domain-verify={name},0123456789"}
            shape["verification"] = [proof | {"reason": "pending_domain_verification"}]
        shapes.append(shape)
    return 200, {"domains": shapes, "pagination": page_of(len(shapes))}


def config(call: Call) -> tuple[int, Any]:
    """Answer how a domain's records are set up."""
    name = call.at["domain"]
    if not (name == DOMAINS["production"] or name.endswith(f".{DOMAINS['production']}")):
        raise VercelError(403, "forbidden", f"You don't have access to the domain {name}")
    wrong = bool(call.memory.get("domains", {}).get(name, {}).get("misconfigured", False))
    apex = name == DOMAINS["production"]
    return 200, {
        "acceptedChallenges": [] if wrong else ["http-01"],
        "configuredBy": None if wrong else "A" if apex else "CNAME",
        "recommendedCNAME": [{"rank": 1, "value": "cname.vercel-dns.com."}],
        "recommendedIPv4": [{"rank": 1, "value": ["76.76.21.21"]}],
        "misconfigured": wrong,
    }


def _env(call: Call) -> list[Record]:
    """Return the variables, seeded on the first look."""
    created = call.state["repository"]["created_at"]
    if "env" not in call.memory:
        call.memory["env"] = [
            {"id": f"env_{number}", "key": key, "type": kind, "target": target, "gitBranch": branch, "value": value}
            | {"created": created, "updated": created}
            for number, (key, kind, target, branch, value) in enumerate(_SEED, 1)
        ]
        call.memory["next_env"] = len(_SEED) + 1
    entries: list[Record] = call.memory["env"]
    return entries


def _find(call: Call) -> Record:
    found = next((entry for entry in _env(call) if entry["id"] == call.at["env"]), None)
    if found is None:
        raise VercelError(404, "not_found", "The environment variable was not found")
    return found


def _add(call: Call, wanted: Mapping[str, Any], *, upsert: bool) -> Record:
    _check(wanted)
    entries = _env(call)
    fresh = {name: wanted.get(name) for name in ("key", "type", "target", "gitBranch", "value")}
    same = [e for e in entries if e["key"] == fresh["key"] and e["gitBranch"] == fresh["gitBranch"]]
    old = next((e for e in same if set(e["target"]) & set(wanted["target"])), None)
    if old is not None and not upsert:
        raise VercelError(400, "ENV_CONFLICT", f"Another variable {fresh['key']} exists for that environment")
    if old is None:
        old = {"id": f"env_{call.memory['next_env']}", "created": call.now}
        call.memory["next_env"] += 1
        entries.append(old)
    old |= fresh | {"updated": call.now}
    return old


def _check(wanted: Mapping[str, Any]) -> None:
    targets = wanted.get("target")
    rules = (
        isinstance(wanted.get("key"), str) and wanted["key"],
        isinstance(wanted.get("value"), str),
        wanted.get("type") in TYPES,
        isinstance(targets, list) and targets and set(targets) <= set(TARGETS),
        not wanted.get("gitBranch") or targets == ["preview"],
    )
    if not all(rules):
        raise VercelError(400, "bad_request", "Invalid request: the variable is not well-formed")


def _listed(entry: Record, *, decrypt: bool) -> Record:
    return _shape(entry, decrypt=decrypt) | {"securityIssues": []}


def _shape(entry: Record, *, decrypt: bool) -> Record:
    """Return one variable; an encrypted value comes as cipher text unless it is asked for, a sensitive one never."""
    shown = {"plain": entry["value"], "encrypted": entry["value"] if decrypt else "ZmFrZS1jaXBoZXJ0ZXh0"}
    shape = {
        "createdAt": ms(entry["created"]),
        "decrypted": decrypt and entry["type"] != "sensitive",
        "id": entry["id"],
        "key": entry["key"],
        "target": entry["target"],
        "type": entry["type"],
        "updatedAt": ms(entry["updated"]),
        "value": shown.get(entry["type"], ""),
    }
    return shape | ({"gitBranch": entry["gitBranch"]} if entry["gitBranch"] else {})


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/v10/projects/{project}/env", variables),
    ("POST", "/v10/projects/{project}/env", create),
    ("PATCH", "/v9/projects/{project}/env/{env}", edit),
    ("DELETE", "/v9/projects/{project}/env/{env}", remove),
    ("GET", "/v9/projects/{project}/domains", domains),
    ("GET", "/v6/domains/{domain}/config", config),
)
