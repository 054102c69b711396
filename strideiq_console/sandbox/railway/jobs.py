"""Railway's workflows: backups, restores and the commit of what a restore staged; each is done some seconds after it was ordered.

A restore only stages a new volume. Committing it deploys the database anew, and every backup that is younger than the restored one
is lost then. A backup made by hand brings back the version rows and tables of its moment; what one of a schedule held is not known.
"""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import backups
from strideiq_console.sandbox.railway.call import Call, Resolve, environment_id, text
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import iso, made
from strideiq_console.sandbox.schema import database
from strideiq_console.sandbox.state import take_number

Record = dict[str, Any]
SECONDS = {"backup": 20.0, "restore": 45.0, "apply": 30.0}
_MAX_JOBS = 200


def settle(call: Call) -> None:
    """Let every workflow end that was due by now, in their order."""
    due = [job for job in call.memory.get("jobs", ()) if not job["done"] and job["end"] <= call.now]
    for job in sorted(due, key=lambda one: float(one["end"])):
        job["done"] = True
        if job["error"]:
            _undo(call, job)
        else:
            {"backup": _backed_up, "restore": _staged, "apply": _applied}[job["what"]](call, job)


def status(call: Call, arguments: Arguments) -> Node:
    """Answer where a workflow stands; one that nobody knows is ``NotFound``."""
    identifier = text(arguments, "workflowId")
    found = next((job for job in call.memory.get("jobs", ()) if job["id"] == identifier), None)
    word, error = "NotFound", None
    if found is not None:
        call.reach(found["environment"])
        error = found["error"] if found["done"] else None
        word = "Running" if not found["done"] else "Error" if error else "Complete"
    return Node("WorkflowResult", {"status": word, "error": error})


def create(call: Call, arguments: Arguments) -> Node:
    """Begin a backup by hand."""
    name = backups.place(call, arguments)
    backups.room_for(call, name)
    job = _begin(call, "backup", name, title=str(arguments.get("name") or "Manual"))
    call.effect(f"backup of {name}", name, "created", "backup")
    return Node("WorkflowId", {"workflowId": job["id"]})


def restore(call: Call, arguments: Arguments) -> Node:
    """Begin to stage the restore of a backup."""
    name = backups.place(call, arguments)
    entry = backups.find(call, name, text(arguments, "volumeInstanceBackupId"))
    job = _begin(call, "restore", name, backup=entry["id"], at=entry["at"])
    call.effect(f"restore of backup {entry['id']} staged in {name}", name, "staged", "restore")
    return Node("WorkflowId", {"workflowId": job["id"]})


def commit(call: Call, arguments: Arguments) -> str:
    """Begin to apply what is staged; answer the workflow's id."""
    name = call.environment(arguments)
    patch = _patch(call, name)
    if patch is None or patch["status"] != "STAGED":
        raise GraphQLError("No staged changes to commit")
    patch |= {"status": "APPLYING", "updated": call.now, "message": str(arguments.get("commitMessage") or patch["message"])}
    job = _begin(call, "apply", name, skip=bool(arguments.get("skipDeploys")))
    call.effect(f"applied the staged changes of {name}", name, "applied", "environment")
    return str(job["id"])


def staged(call: Call, arguments: Arguments) -> Node:
    """Answer the latest change that was staged; where none ever was, one that is long applied."""
    name = call.environment(arguments)
    born = call.state["repository"]["created_at"]
    never = {"id": made(f"patch {name}"), "message": None, "created": born, "updated": born, "status": "COMMITTED"}
    patch = _patch(call, name) or never
    fields = {
        "id": patch["id"],
        "environmentId": environment_id(name),
        "status": patch["status"],
        "message": patch["message"],
        "createdAt": iso(patch["created"]),
        "updatedAt": iso(patch["updated"]),
        "appliedAt": iso(patch["updated"]) if patch["status"] == "COMMITTED" else None,
        "lastAppliedError": patch.get("error"),
    }
    return Node("EnvironmentPatch", fields)


def unmerged(call: Call, name: str) -> int:
    """Return how many changes of an environment are staged."""
    patch = _patch(call, name)
    return int(patch is not None and patch["status"] == "STAGED")


def _patch(call: Call, name: str) -> Record | None:
    found: Record | None = call.memory.get("staged", {}).get(name)
    return found


def _begin(call: Call, what: str, name: str, **more: Any) -> Record:
    number = take_number(call.state, "workflow")
    error = call.memory.pop("job_fails", None)
    job: Record = {
        "id": f"{what}-{made(f'workflow {number}')[:8]}",
        "what": what,
        "environment": name,
        "begin": call.now,
        "end": call.now + SECONDS[what],
        "error": error,
        "done": False,
        **more,
    }
    kept = call.memory.setdefault("jobs", [])
    kept.append(job)
    del kept[:-_MAX_JOBS]
    return job


def _backed_up(call: Call, job: Record) -> None:
    found = call.memory.setdefault("backups", {}).setdefault(job["environment"], [])
    made = backups.record(call, job["environment"], None, job["title"], job["end"], None)
    mine = call.state.get("schema", {}).get(job["environment"])
    found.append(made | ({"schema": database.snapshot(mine)} if mine is not None else {}))


def _staged(call: Call, job: Record) -> None:
    name = job["environment"]
    call.memory.setdefault("staged", {})[name] = {
        "id": made(f"patch {job['id']}"),
        "message": f"Restore {backups.SERVICE} from the backup of {iso(job['at'])}",
        "created": job["end"],
        "updated": job["end"],
        "status": "STAGED",
        "backup": {"id": job["backup"], "at": job["at"]},
    }


def _applied(call: Call, job: Record) -> None:
    name = job["environment"]
    patch = call.memory["staged"][name]
    patch |= {"status": "COMMITTED", "updated": job["end"], "error": None}
    found = backups.kept(call, name)
    held = next((entry.get("schema") for entry in found if entry["id"] == patch["backup"]["id"]), None)
    if held is not None:
        database.restore(call.state["schema"][name], held)
    found[:] = [entry for entry in found if entry["at"] <= patch["backup"]["at"]]
    if not job["skip"]:
        made_anew = call.memory.setdefault("databases", {}).setdefault(name, {}).setdefault(backups.SERVICE, [])
        made_anew.append(job["end"])


def _undo(call: Call, job: Record) -> None:
    if job["what"] == "apply":
        call.memory["staged"][job["environment"]] |= {"status": "STAGED", "updated": job["end"], "error": job["error"]}


QUERIES: dict[str, Resolve] = {"workflowStatus": status, "environmentStagedChanges": staged}
MUTATIONS: dict[str, Resolve] = {
    "volumeInstanceBackupCreate": create,
    "volumeInstanceBackupRestore": restore,
    "environmentPatchCommitStaged": commit,
}
