"""Backups of the database's volume: those of its schedules appear as the world's days pass and expire, those by hand stay.

Kinds, cycles and retention are Railway's: daily ones are kept 6 days, weekly ones a month, monthly ones three.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import resources
from strideiq_console.sandbox.railway.call import Call, Resolve, environment_id, service_id, text
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, FOUNDER, REGION, iso, made

Record = dict[str, Any]
DAY = 86_400.0
KINDS = {"DAILY": ("0 4 * * *", 6 * DAY), "WEEKLY": ("0 5 * * 1", 30 * DAY), "MONTHLY": ("0 6 1 * *", 90 * DAY)}
FIRST = {"production": ("DAILY", "WEEKLY"), "staging": ("DAILY",)}
_LOOK_BACK = 95 * DAY
SERVICE = "Postgres"


def listing(call: Call, arguments: Arguments) -> list[Node]:
    """Answer the backups that are still kept, newest first."""
    name = place(call, arguments)
    return [_node(name, entry) for entry in sorted(kept(call, name), key=lambda one: -float(one["at"]))]


def schedules(call: Call, arguments: Arguments) -> list[Node]:
    """Answer the schedules that are on."""
    name = place(call, arguments)
    born = iso(call.state["repository"]["created_at"])
    rows = []
    for kind in KINDS:
        if kind in _schedules(call, name):
            cron, retention = KINDS[kind]
            known = {"id": made(f"schedule {name} {kind}"), "kind": kind, "cron": cron, "name": kind.capitalize()}
            rows.append(Node("VolumeInstanceBackupSchedule", known | {"retentionSeconds": int(retention), "createdAt": born}))
    return rows


def set_schedules(call: Call, arguments: Arguments) -> bool:
    """Replace the whole set of schedules."""
    name, wanted = place(call, arguments), arguments.get("kinds")
    if not isinstance(wanted, list) or not all(kind in KINDS for kind in wanted):
        raise GraphQLError('Argument "kinds" has an invalid value.')
    kept(call, name)
    known = _schedules(call, name)
    call.memory["schedules"][name] = {kind: known.get(kind, call.now) for kind in KINDS if kind in wanted}
    call.effect(f"backup schedules of {name}: {', '.join(wanted) or 'none'}", name, "updated", "backupSchedule")
    return True


def lock(call: Call, arguments: Arguments) -> bool:
    """Keep a backup from expiring."""
    name = place(call, arguments)
    entry = find(call, name, text(arguments, "volumeInstanceBackupId"))
    entry["expires"] = None
    call.effect(f"locked backup {entry['id']} of {name}", name, "locked", "backup")
    return True


def volume_instance(call: Call, arguments: Arguments) -> Node:
    """Answer a volume in its environment."""
    return volume(call, *_volume(call, text(arguments, "id")))


def volume(call: Call, name: str, service: str) -> Node:
    """Return the volume of a service in an environment."""
    path, title, size = resources.VOLUMES[service]
    restoring = service == SERVICE and any(
        job["what"] == "restore" and not job["done"] and job["environment"] == name for job in call.memory.get("jobs", ())
    )
    identifier = made(f"volume {service} {name}")
    holds = resources.at(call.state, name, service, "DISK_USAGE_GB", call.now) or 0.0
    fields = {
        "id": made(f"volume instance {service} {name}"),
        "volumeId": identifier,
        "volume": Node("Volume", {"id": identifier, "name": title}),
        "serviceId": service_id(service),
        "environmentId": environment_id(name),
        "mountPath": path,
        "region": REGION,
        "sizeMB": size,
        "currentSizeMB": round(holds * 1000.0, 1),
        "state": "RESTORING" if restoring else "READY",
        "createdAt": iso(call.state["repository"]["created_at"]),
    }
    return Node("VolumeInstance", fields)


def place(call: Call, arguments: Arguments) -> str:
    """Return the environment of the database's volume that an argument names. Raises GraphQLError for every other volume."""
    name, service = _volume(call, text(arguments, "volumeInstanceId"))
    if service != SERVICE:
        raise GraphQLError("Backups are not enabled for this volume")
    return name


def kept(call: Call, name: str) -> list[Record]:
    """Return the backups that exist now, after letting schedules run and old ones expire; changing the list changes them."""
    found: list[Record] = call.memory.setdefault("backups", {}).setdefault(name, [])
    done = _schedules(call, name)
    for kind, since in done.items():
        due = _due(kind, max(float(since), call.now - _LOOK_BACK), call.now)
        found.extend(record(call, name, kind, kind.capitalize(), at, at + KINDS[kind][1]) for at in due)
        done[kind] = call.now
    found[:] = [entry for entry in found if entry["expires"] is None or entry["expires"] > call.now]
    return found


def find(call: Call, name: str, identifier: str) -> Record:
    """Return a backup by id. Raises GraphQLError."""
    found = next((entry for entry in kept(call, name) if entry["id"] == identifier), None)
    if found is None:
        raise GraphQLError("Backup not found")
    return found


def record(call: Call, name: str, kind: str | None, title: str, at: float, expires: float | None) -> Record:
    """Return a new backup's record. What it adds to the one before is a small part of what it brings back."""
    holds = round(resources.disk(call.state, name, SERVICE, at) * 1000.0)
    identifier = made(f"backup {name} {kind} {at}")
    size = {"used": max(1, holds // 14), "referenced": holds}
    return {"id": identifier, "kind": kind, "name": title, "at": at, "expires": expires} | size


def stored(call: Call, name: str, at: float) -> float:
    """Return how many MB the backups that exist today took up at a time."""
    return float(sum(entry["used"] for entry in kept(call, name) if entry["at"] <= at))


def room_for(call: Call, name: str) -> None:
    """Refuse a backup by hand when those take up half of the volume. Raises GraphQLError."""
    mine = sum(entry["used"] for entry in kept(call, name) if entry["kind"] is None)
    if mine >= resources.VOLUMES[SERVICE][2] / 2:
        raise GraphQLError("Backups may use at most 50% of the volume's size")


def _schedules(call: Call, name: str) -> dict[str, float]:
    """Return for each schedule until when its backups were made."""
    known: dict[str, dict[str, float]] = call.memory.setdefault("schedules", {})
    born = float(call.state["repository"]["created_at"])
    return known.setdefault(name, dict.fromkeys(FIRST[name], born))


def _due(kind: str, since: float, until: float) -> Iterator[float]:
    """Yield the times of a schedule after ``since``, up to ``until``."""
    hour = {"DAILY": 4, "WEEKLY": 5, "MONTHLY": 6}[kind]
    day = datetime.fromtimestamp(since, UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    while day.timestamp() <= until:
        fits = kind == "DAILY" or (day.weekday() == 0 if kind == "WEEKLY" else day.day == 1)
        if fits and day.timestamp() > since:
            yield day.timestamp()
        day += timedelta(days=1)


def _volume(call: Call, identifier: str) -> tuple[str, str]:
    for name in ENVIRONMENTS.values():
        for service in resources.VOLUMES:
            if made(f"volume instance {service} {name}") == identifier:
                return call.reach(name), service
    raise GraphQLError("VolumeInstance not found")


def _node(name: str, entry: Record) -> Node:
    fields = {
        "id": entry["id"],
        "externalId": f"bk-{entry['id'][:12]}",
        "name": entry["name"],
        "createdAt": iso(entry["at"]),
        "expiresAt": None if entry["expires"] is None else iso(entry["expires"]),
        "scheduleId": None if entry["kind"] is None else made(f"schedule {name} {entry['kind']}"),
        "usedMB": entry["used"],
        "referencedMB": entry["referenced"],
        "volumeInstanceSizeMB": resources.VOLUMES[SERVICE][2],
        "creatorId": FOUNDER if entry["kind"] is None else None,
    }
    return Node("VolumeInstanceBackup", fields)


QUERIES: dict[str, Resolve] = {
    "volumeInstance": volume_instance,
    "volumeInstanceBackupList": listing,
    "volumeInstanceBackupScheduleList": schedules,
}
MUTATIONS: dict[str, Resolve] = {"volumeInstanceBackupLock": lock, "volumeInstanceBackupScheduleUpdate": set_schedules}
