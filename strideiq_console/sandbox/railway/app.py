"""The door of the world's Railway: one GraphQL address, its limits, who may ask, and how errors go out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.limits import Allowance
from strideiq_console.sandbox.railway import jobs, memory, tokens
from strideiq_console.sandbox.railway.call import Call, Resolve
from strideiq_console.sandbox.railway.fields import MUTATIONS, QUERIES
from strideiq_console.sandbox.railway.graphql import Arguments, Execution, Node

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

Record = dict[str, Any]
HOBBY_HOURLY, HOBBY_SECOND = 1000, 10


def app(world: World) -> Starlette:
    """Return Railway's API over a world, with the Hobby plan's 1,000 requests an hour and 10 a second."""
    allowance = Allowance("railway", limit=HOBBY_HOURLY, window=3600.0, second=HOBBY_SECOND)

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
            text, variables_, name = asked["query"], asked.get("variables"), asked.get("operationName")
            if not isinstance(text, str) or not isinstance(variables_, dict | None) or not isinstance(name, str | None):
                raise TypeError
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            body: Record = {"errors": [{"message": "POST body must be JSON with a query"}]}
            return JSONResponse(body, 400, headers=spent.headers)
        try:
            call = Call(state, world.repository, now, tokens.scope_of(state, headers))
            body = _answer(call, text, variables_, name)
        except GraphQLError as error:
            body = {"errors": [_error(error)], "data": None}
    return JSONResponse(body, headers=spent.headers)


def _answer(call: Call, text: str, variables_: Record | None, name: str | None) -> Record:
    jobs.settle(call)
    execution = Execution(lambda kind, field, operation: memory.fails(call.state, kind, field, operation))
    roots = {"query": lambda: _root("Query", call, QUERIES), "mutation": lambda: _root("Mutation", call, MUTATIONS)}
    data = execution.run(text, variables_, name, roots)
    errors = [_error(error) for error in execution.errors]
    return {"errors": errors, "data": data} if errors else {"data": data}


def _root(kind: str, call: Call, fields: Mapping[str, Resolve]) -> Node:
    def bound(resolve: Resolve) -> Any:
        def answer(arguments: Arguments) -> Any:
            return resolve(call, arguments)

        return answer

    return Node(kind, {name: bound(resolve) for name, resolve in fields.items()})


def _error(error: GraphQLError) -> Record:
    path = {"path": list(error.path)} if error.path else {}
    extensions = {"extensions": error.extensions} if error.extensions else {}
    return {"message": error.message, **path, **extensions}
