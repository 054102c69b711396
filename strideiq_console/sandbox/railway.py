"""The world's Railway: one GraphQL address for the deployments of the API.

The world's Railway token is an account token (``Authorization: Bearer``). The same token with ``-production`` or ``-staging`` at
its end is that environment's project token (``Project-Access-Token``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from strideiq_console.sandbox import deploy_orders as orders
from strideiq_console.sandbox import deploys
from strideiq_console.sandbox import railway_shapes as shapes
from strideiq_console.sandbox.creation import RAILWAY_PROJECT
from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.limits import Allowance
from strideiq_console.sandbox.railway_graphql import Arguments, Node, execute
from strideiq_console.sandbox.state import record_effect

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

Record = dict[str, Any]
HOBBY_HOURLY = 1000
NOT_AUTHORIZED = "Not Authorized"


def app(world: World) -> Starlette:
    """Return Railway's API over a world, with the Hobby plan's 1,000 requests an hour."""
    allowance = Allowance("railway", limit=HOBBY_HOURLY, window=3600.0)

    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        return await run_in_threadpool(_respond, world, allowance, request.headers, raw)

    return Starlette(routes=[Route("/graphql/v2", endpoint, methods=["POST"])])


def _respond(world: World, allowance: Allowance, headers: Mapping[str, str], raw: bytes) -> Response:
    now = world.clock.seconds()
    with world.change() as state:
        spent = allowance.spend(state, now)
        if spent.wait is not None:
            return JSONResponse({"errors": [{"message": "Rate limit exceeded"}], "data": None}, 429, headers=spent.headers)
        try:
            asked = json.loads(raw)
            text, variables, name = asked["query"], asked.get("variables"), asked.get("operationName")
            if not isinstance(text, str) or not isinstance(variables, dict | None):
                raise TypeError
        except (ValueError, TypeError, KeyError, AttributeError):
            body: Any = {"errors": [{"message": "POST body must be JSON with a query"}]}
            return JSONResponse(body, 400, headers=spent.headers)
        try:
            desk = _Desk(state, now, _scope(state, headers))
            body = {"data": execute(text, variables, name, {"query": desk.query, "mutation": desk.mutation})}
        except GraphQLError as error:
            path = {"path": list(error.path)} if error.path else {}
            body = {"errors": [{"message": error.message, **path}], "data": None}
    return JSONResponse(body, headers=spent.headers)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token reaches: everything, or with ``environment`` that one alone."""

    environment: str | None = None


def _scope(state: Record, headers: Mapping[str, str]) -> Scope:
    value = state["tokens"]["railway"]["value"]
    project = headers.get("project-access-token")
    if project is not None:
        found = next((name for name in shapes.ENVIRONMENTS.values() if project == f"{value}-{name}"), None)
        if found is None:
            raise GraphQLError("Project Token not found")
        return Scope(found)
    kind, _, given = headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or given.strip() != value:
        raise GraphQLError(NOT_AUTHORIZED)
    return Scope()


class _Desk:
    """Answers the root fields of one request."""

    def __init__(self, state: Record, now: float, scope: Scope) -> None:
        self._state, self._now, self._scope = state, now, scope

    def query(self) -> Node:
        fields: dict[str, Callable[[Arguments], Any]] = {
            "project": self._project,
            "deployments": self._deployments,
            "deployment": lambda arguments: self._node(self._reach(arguments["id"])),
            "deploymentEvents": self._events,
            "projectToken": self._project_token,
            "apiToken": self._api_token,
            "me": self._me,
            "platformStatus": lambda _: Node("PlatformStatus", {"isStable": True, "incident": None, "maintenance": None}),
        }
        return Node("Query", fields)

    def mutation(self) -> Node:
        fields: dict[str, Callable[[Arguments], Any]] = {
            "deploymentRollback": self._order("deploymentRollback", self._roll_back),
            "deploymentRedeploy": self._order("deploymentRedeploy", self._redeploy),
            "deploymentRestart": self._order("deploymentRestart", self._restart),
            "deploymentCancel": self._order("deploymentCancel", self._cancel),
        }
        return Node("Mutation", fields)

    def _order(self, name: str, deed: Callable[[Record, Arguments, float], Any]) -> Callable[[Arguments], Any]:
        """Return a mutation that checks the token's reach, does the deed and records it."""

        def answer(arguments: Arguments) -> Any:
            self._reach(arguments["id"])
            try:
                result = deed(self._state, arguments, self._now)
            except orders.RefusedOrderError as error:
                raise GraphQLError(error.message) from error
            what = f"{name} {arguments['id']}"
            record_effect(
                self._state, at=self._now, provider="railway", method="POST", path="/graphql/v2", what=what, login="founder"
            )
            return result

        return answer

    def _roll_back(self, state: Record, arguments: Arguments, now: float) -> bool:
        orders.roll_back_api(state, arguments["id"], now)
        return True

    def _restart(self, state: Record, arguments: Arguments, now: float) -> bool:
        orders.restart_api(state, arguments["id"], now)
        return True

    def _cancel(self, state: Record, arguments: Arguments, now: float) -> bool:
        orders.cancel_api(state, arguments["id"], now)
        return True

    def _redeploy(self, state: Record, arguments: Arguments, now: float) -> Node:
        return self._node(orders.redeploy_api(state, arguments["id"], now, image=bool(arguments.get("usePreviousImageTag"))))

    def _node(self, entry: Record) -> Node:
        return shapes.deployment(self._state, entry, self._now)

    def _reach(self, identity: str) -> Record:
        entry = deploys.find(self._state, "railway", identity)
        if entry is None:
            raise GraphQLError("Deployment not found")
        if self._scope.environment not in (None, entry["environment"]):
            raise GraphQLError(NOT_AUTHORIZED)
        return entry

    def _project(self, arguments: Arguments) -> Node:
        if arguments.get("id") != RAILWAY_PROJECT:
            raise GraphQLError(NOT_AUTHORIZED)
        return shapes.project(self._state)

    def _deployments(self, arguments: Arguments) -> Node:
        asked: Mapping[str, Any] = arguments.get("input") or {}
        environment = asked.get("environmentId")
        own = self._scope.environment
        if asked.get("projectId", RAILWAY_PROJECT) != RAILWAY_PROJECT or (environment and environment not in shapes.ENVIRONMENTS):
            raise GraphQLError(NOT_AUTHORIZED)
        if own is not None and environment != shapes.identity(shapes.ENVIRONMENTS, own):
            raise GraphQLError(NOT_AUTHORIZED)
        entries = [entry for entry in deploys.records(self._state) if entry["provider"] == "railway"]
        nodes = [self._node(entry) for entry in entries] + shapes.database_deployments(self._state)
        chosen = [node for node in nodes if _fits(node, asked)]
        chosen.sort(key=lambda node: str(node["createdAt"]), reverse=True)
        return shapes.connection("QueryDeploymentsConnection", chosen, arguments)

    def _events(self, arguments: Arguments) -> Node:
        found = shapes.events(self._reach(arguments["id"]))
        return shapes.connection("QueryDeploymentEventsConnection", found, arguments, default=50)

    def _project_token(self, _: Arguments) -> Node:
        own = self._scope.environment
        if own is None:
            raise GraphQLError("Project Token not found")
        environment = shapes.environment(self._state, own)
        fields = {
            "id": f"token-{own}",
            "name": own,
            "displayToken": "****-" + own[:4],
            "createdAt": environment["createdAt"],
            "projectId": RAILWAY_PROJECT,
            "environmentId": environment["id"],
            "project": shapes.project(self._state),
            "environment": environment,
        }
        return Node("ProjectToken", fields)

    def _api_token(self, _: Arguments) -> Node:
        self._account()
        workspace = Node("ApiTokenWorkspace", {"id": shapes.WORKSPACE, "name": "StrideIQ"})
        return Node("ApiTokenContext", {"workspaces": [workspace]})

    def _me(self, _: Arguments) -> Node:
        self._account()
        workspace = Node("Workspace", {"id": shapes.WORKSPACE, "name": "StrideIQ", "plan": "HOBBY"})
        fields = {"id": shapes.FOUNDER, "name": "Founder", "email": "founder@strideiq.example", "workspaces": [workspace]}
        return Node("User", fields)

    def _account(self) -> None:
        if self._scope.environment is not None:
            raise GraphQLError(NOT_AUTHORIZED)


def _fits(node: Node, asked: Mapping[str, Any]) -> bool:
    status: Mapping[str, Any] = asked.get("status") or {}
    same = all(asked.get(key) in (None, node[key]) for key in ("environmentId", "serviceId"))
    return same and (not status.get("in") or node["status"] in status["in"]) and node["status"] not in (status.get("notIn") or ())
