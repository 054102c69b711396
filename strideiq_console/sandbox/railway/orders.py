"""What may be ordered of deployments and of deploying itself: each order is checked, done, recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from strideiq_console.sandbox import deploy_orders, deploys
from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import deployments, memory, variable_sets
from strideiq_console.sandbox.railway.call import Call, Resolve, given, text
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import BRANCHES

Record = dict[str, Any]
Deed = Callable[[Record, str, float], Any]


def _order(name: str, action: str, deed: Deed) -> Resolve:
    """Return a mutation that checks the token's reach, does the deed and records it; it answers true."""

    def answer(call: Call, arguments: Arguments) -> bool:
        entry = call.deployment(text(arguments, "id"))
        with_refusals(lambda: deed(call.state, entry["id"], call.now))
        call.effect(f"{name} {entry['id']}", entry["environment"], action, "deployment")
        return True

    return answer


def with_refusals(deed: Callable[[], Any]) -> Any:
    """Do a deed; what is refused becomes GraphQL's kind of error."""
    try:
        return deed()
    except deploy_orders.RefusedOrderError as error:
        raise GraphQLError(error.message) from error


def _roll_back(state: Record, identifier: str, now: float) -> None:
    """Go back to an image and to the variables that it was deployed with, as Railway does."""
    deploy_orders.roll_back_api(state, identifier, now, memory.retention(state))
    target = deploys.find(state, "railway", identifier)
    if target is None:
        return
    names = variable_sets.restore(state, target["environment"], target["created"], now)
    if names:
        memory.note(state, target["environment"], "updated", "variable", now, names=names)


def _redeploy(call: Call, arguments: Arguments) -> Node:
    entry = call.deployment(text(arguments, "id"))
    image = bool(arguments.get("usePreviousImageTag"))
    made: Record = with_refusals(lambda: deploy_orders.redeploy_api(call.state, entry["id"], call.now, image=image))
    call.effect(f"deploymentRedeploy {entry['id']}", entry["environment"], "redeployed", "deployment")
    return deployments.node(call, made)


def _deploy(call: Call, arguments: Arguments) -> str:
    """Deploy a commit of the repository, without one the newest of the environment's branch; answer the new id."""
    name, service = call.environment(arguments), call.service(arguments)
    if service != "api":
        raise GraphQLError("Service has no repository to deploy from")
    sha = arguments.get("commitSha") or call.state["refs"][BRANCHES[name]]
    commit = call.origin.find(str(sha))
    if commit is None:
        raise GraphQLError("Commit not found")
    made = deploy_orders.deploy_api(call.state, name, commit.sha, commit.subject, call.now)
    call.effect(f"serviceInstanceDeployV2 {commit.sha} to {name}", name, "created", "deployment", commit=commit.sha)
    return str(made["id"])


def _auto_deploy_status(call: Call, arguments: Arguments) -> Node:
    enabled = _auto_deploy(call, arguments)
    reason = None if enabled is not None else "The service has no repository to deploy from"
    fields = {"enabled": bool(enabled), "canEnable": enabled is not None, "reason": reason}
    return Node("ServiceInstanceAutoDeployStatus", fields)


def _set_auto_deploy(call: Call, arguments: Arguments) -> Node:
    asked: Mapping[str, Any] = given(arguments)
    name = call.environment(asked)
    if _auto_deploy(call, asked) is None or not isinstance(asked.get("enabled"), bool):
        raise GraphQLError("Auto-deploy cannot be changed for this service")
    call.memory.setdefault("auto_deploy", {})[name] = asked["enabled"]
    call.effect(f"auto-deploy of {name}: {'on' if asked['enabled'] else 'off'}", name, "updated", "autoDeploy")
    return Node("ServiceInstanceAutoDeployUpdateResult", {"enabled": asked["enabled"]})


def _auto_deploy(call: Call, asked: Mapping[str, Any]) -> bool | None:
    """Return whether a push deploys a service; None for one without a repository."""
    name = call.environment(asked)
    return bool(call.memory.get("auto_deploy", {}).get(name, True)) if call.service(asked) == "api" else None


def redeploy_live(call: Call, environment: str) -> None:
    """Build the API's live commit again, as Railway does when its variables change."""
    entry = deploys.live(call.state, environment, "api")
    if entry is not None:
        deploy_orders.redeploy_api(call.state, entry["id"], call.now, image=False)


QUERIES: dict[str, Resolve] = {"serviceInstanceAutoDeployStatus": _auto_deploy_status}
MUTATIONS: dict[str, Resolve] = {
    "deploymentRollback": _order("deploymentRollback", "rolledBack", _roll_back),
    "deploymentRedeploy": _redeploy,
    "deploymentRestart": _order("deploymentRestart", "restarted", deploy_orders.restart_api),
    "deploymentCancel": _order("deploymentCancel", "cancelled", deploy_orders.cancel_api),
    "deploymentApprove": _order("deploymentApprove", "approved", deploy_orders.approve_api),
    "deploymentStop": _order("deploymentStop", "stopped", deploy_orders.stop_api),
    "deploymentRemove": _order("deploymentRemove", "removed", deploy_orders.remove_api),
    "serviceInstanceDeployV2": _deploy,
    "serviceInstanceAutoDeployUpdate": _set_auto_deploy,
}
