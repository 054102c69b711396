"""Variables of the services and shared ones: names for whoever asks, values where they are asked for, sealed ones never.

The values are invented and differ by environment; one of them is bait, so that tests can prove that no value arrives anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.sandbox.belongings import PLANTED_SECRET
from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import nodes, orders, variable_sets
from strideiq_console.sandbox.railway.call import Call, Resolve, environment_id, given, service_id, text
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import iso, made

Record = dict[str, Any]
DAY = 86_400.0
_BUILT_IN = {"RAILWAY_PROJECT_NAME": "strideiq", "RAILWAY_SERVICE_NAME": "api"}
_CLIENTS = {"production": "4471", "staging": "4472"}


def listed(call: Call, name: str) -> list[Node]:
    """Return the variables of an environment by name; the type has no value."""
    return [_node(call, name, entry) for entry in entries(call, name)]


def values(call: Call, arguments: Arguments) -> dict[str, str]:
    """Answer a service's variables with their values, the shared ones without a service; what is sealed is left out."""
    name = call.environment(arguments)
    service = None if arguments.get("serviceId") is None else call.service(arguments)
    key = "reference" if arguments.get("unrendered") else "value"
    found = {
        entry["name"]: str(entry[key] or entry["value"])
        for entry in entries(call, name)
        if entry["service"] == service and not entry["sealed"]
    }
    return found | (_BUILT_IN | {"RAILWAY_ENVIRONMENT_NAME": name} if service == "api" else {})


def upsert(call: Call, arguments: Arguments) -> bool:
    """Set one variable; the service is built again unless ``skipDeploys``."""
    asked = given(arguments)
    _write(call, asked, {text(asked, "name"): asked.get("value")})
    return True


def upsert_all(call: Call, arguments: Arguments) -> bool:
    """Set several variables; with ``replace`` every other one of the service is lost."""
    asked = given(arguments)
    wanted = asked.get("variables")
    if not isinstance(wanted, Mapping):
        raise GraphQLError('Argument "variables" has an invalid value.')
    _write(call, asked, wanted)
    return True


def delete(call: Call, arguments: Arguments) -> bool:
    """Remove one variable."""
    asked = given(arguments)
    name, service, key = call.environment(asked), _service(call, asked), text(asked, "name")
    found = entries(call, name)
    kept = [entry for entry in found if (entry["name"], entry["service"]) != (key, service)]
    if len(kept) == len(found):
        raise GraphQLError("Variable not found")
    variable_sets.before_change(call.state, name, found)
    found[:] = kept
    variable_sets.after_change(call.state, name, found, call.now)
    call.effect(f"removed variable {key} of {name}", name, "deleted", "variable", names=[key])
    return True


def entries(call: Call, name: str) -> list[Record]:
    """Return the records of an environment's variables; changing the list changes them."""
    kept: dict[str, list[Record]] = call.memory.setdefault("variables", {})
    if name not in kept:
        kept[name] = _seed(name, float(call.state["repository"]["created_at"]) + 4 * DAY)
    return kept[name]


def _write(call: Call, asked: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    name, service = call.environment(asked), _service(call, asked)
    if not all(isinstance(value, str) for value in wanted.values()):
        raise GraphQLError("A variable's value must be a String")
    found = entries(call, name)
    variable_sets.before_change(call.state, name, found)
    if asked.get("replace"):
        found[:] = [entry for entry in found if entry["service"] != service or entry["name"] in wanted]
    for key, value in wanted.items():
        known = next((entry for entry in found if (entry["name"], entry["service"]) == (key, service)), None)
        if known is None:
            known = _variable(key, "", call.now, service=service)
            found.append(known)
        known |= {"value": value, "reference": None, "updated": call.now}
    variable_sets.after_change(call.state, name, found, call.now)
    if not asked.get("skipDeploys") and service in (None, "api"):
        orders.redeploy_live(call, name)
    names = sorted(wanted)
    call.effect(f"set variables {', '.join(names)} of {name}", name, "updated", "variable", names=names)


def _service(call: Call, asked: Mapping[str, Any]) -> str | None:
    return None if asked.get("serviceId") is None else call.service(asked)


def _node(call: Call, name: str, entry: Record) -> Node:
    reference = str(entry["reference"] or "")
    fields = {
        "id": made(f"variable {name} {entry['service']} {entry['name']}"),
        "name": entry["name"],
        "environmentId": environment_id(name),
        "environment": nodes.environment(call.state, name),
        "serviceId": None if entry["service"] is None else service_id(entry["service"]),
        "isSealed": entry["sealed"],
        "references": [reference.removeprefix("${{").removesuffix("}}")] if reference else [],
        "createdAt": iso(entry["created"]),
        "updatedAt": iso(entry["updated"]),
    }
    return Node("Variable", fields)


def _seed(name: str, at: float) -> list[Record]:
    database = f"postgresql://strideiq:sandbox-{name}@postgres-{name}.railway.internal:5432/strideiq"
    cache = f"redis://default:sandbox-{name}@redis-{name}.railway.internal:6379"
    mine = [
        _variable("DATABASE_URL", database, at, reference="${{Postgres.DATABASE_URL}}"),
        _variable("REDIS_URL", cache, at, reference="${{Redis.REDIS_URL}}"),
        _variable("SECRET_KEY", f"sandbox-signing-key-of-{name}", at),
        _variable("STRAVA_CLIENT_ID", _CLIENTS[name], at),
        _variable("STRAVA_CLIENT_SECRET", f"{PLANTED_SECRET}-{name}", at),
        _variable("OPENAI_API_KEY", f"sandbox-openai-{name}", at),
        _variable("ENCRYPTION_KEY", f"sandbox-encryption-{name}", at, sealed=True),
    ]
    own = [
        _variable("DATABASE_URL", database, at, service="Postgres"),
        _variable("REDIS_URL", cache, at, service="Redis"),
        _variable("ENVIRONMENT", name, at, service=None),
    ]
    return mine + own


def _variable(
    name: str, value: str, at: float, *, service: str | None = "api", reference: str | None = None, sealed: bool = False
) -> Record:
    stood = {"sealed": sealed, "created": at, "updated": at}
    return {"name": name, "service": service, "value": value, "reference": reference} | stood


QUERIES: dict[str, Resolve] = {"variables": values}
MUTATIONS: dict[str, Resolve] = {
    "variableUpsert": upsert,
    "variableCollectionUpsert": upsert_all,
    "variableDelete": delete,
}
