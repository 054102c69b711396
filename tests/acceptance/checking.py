"""Holds recorded exchanges against the contracts: OpenAPI, GraphQL, and for the small providers the shapes of the examples."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from strideiq_console.providers import railway
from tests.acceptance.recording import Exchange
from tests.contracts import pack, validator

VALIDATED = ("github", "vercel", "railway", "cloudflare", "status", "prometheus", "alertmanager")
REFUSALS = (400, 401, 402, 403, 404, 405, 409, 410, 422, 429)
METHODS = ("get", "put", "post", "delete", "patch")
# The rows of contracts/cloudflare.md, with the example of each answer.
CLOUDFLARE = {
    r"/client/v4/user/tokens/verify": "token_verify",
    r"/client/v4/zones": "zones",
    r"/client/v4/zones/\w+/dns_records": "dns_records",
    r"/client/v4/accounts/\w+/registrar/registrations/[\w.]+": "registrar_registration",
}
# What each answer of the monitoring servers must hold; their API is their own documentation's, the pack has no example.
_VECTOR: dict[str, Any] = {"status": "success", "data": {"resultType": "", "result": [{"metric": {}}]}}
_LABELLED: dict[str, Any] = {"labels": {}, "annotations": {}}
_WHEN = {"startsAt": "", "endsAt": "", "updatedAt": "", "fingerprint": "", "receivers": [], "status": {"state": ""}}
WATCHING: dict[str, Any] = {
    "/api/v1/query": _VECTOR,
    "/api/v1/query_range": _VECTOR,
    "/api/v1/targets": {"status": "success", "data": {"activeTargets": [{"labels": {}, "health": "", "scrapeUrl": ""}]}},
    "/api/v1/rules": {"status": "success", "data": {"groups": [{"name": "", "rules": [{"name": "", "query": "", "health": ""}]}]}},
    "/api/v1/alerts": {"status": "success", "data": {"alerts": [{**_LABELLED, "state": "", "activeAt": ""}]}},
    "/api/v2/alerts": [{**_LABELLED, **_WHEN}],
    "/api/v2/silences": [{"id": "", "matchers": [], "startsAt": "", "endsAt": "", "createdBy": "", "status": {"state": ""}}],
}
# Left out of a page where there is nothing to tell (contracts/cloudflare.md).
OPTIONAL = frozenset({"activeIncidents", "activeMaintenances", "incidents", "components", "scheduled_maintenances"})


def example(name: str) -> Any:
    """Return one example of the pack."""
    return json.loads((pack() / "examples" / f"{name}.json").read_text(encoding="utf-8"))


def lacks(wanted: Any, given: Any, at: str = "answer") -> list[str]:
    """Say which fields of an example an answer lacks or has of another type; null is as good as any."""
    if wanted is None or given is None:
        return []
    if isinstance(wanted, dict):
        if not isinstance(given, dict):
            return [f"{at}: no object"]
        missing = [f"{at}.{key}: missing" for key in wanted if key not in given and key not in OPTIONAL]
        return missing + [p for key in wanted if key in given for p in lacks(wanted[key], given[key], f"{at}.{key}")]
    if isinstance(wanted, list):
        if not isinstance(given, list):
            return [f"{at}: no list"]
        return [p for n, entry in enumerate(given) if wanted for p in lacks(wanted[0], entry, f"{at}[{n}]")]
    alike = isinstance(given, type(wanted)) or (isinstance(wanted, int | float) and isinstance(given, int | float))
    return [] if alike else [f"{at}: {type(given).__name__} instead of {type(wanted).__name__}"]


def operation(exchange: Exchange) -> str:
    """Return the name of the contract's operation that a request asked for; ``""`` when it is none."""
    provider, path = exchange.provider, exchange.path
    if provider in ("github", "vercel"):
        hit = validator().openapi(provider).find(exchange.method, path)
        return f"{exchange.method} {hit[0]}" if hit else ""
    if provider == "railway":
        return str(exchange.body["operationName"])
    if provider == "cloudflare":
        return next((row for row in CLOUDFLARE if exchange.method == "GET" and re.fullmatch(row, path)), "")
    if provider in ("prometheus", "alertmanager"):
        return path if path in WATCHING else ""
    return f"{exchange.method} {exchange.host}{path}"


def openapi_operations(name: str) -> set[str]:
    """Return every operation of an OpenAPI contract."""
    items = validator().openapi(name).doc["paths"].items()
    return {f"{method.upper()} {path}" for path, item in items for method in METHODS if method in item}


def railway_operations() -> set[str]:
    """Return the operation of every document that ships with the package."""
    texts = (
        file.read_text(encoding="utf-8") for file in (files(railway) / "documents").iterdir() if file.name.endswith(".graphql")
    )
    return {found[1] for text in texts if (found := re.search(r"^(?:query|mutation)\s+(\w+)", text, re.MULTILINE))}


def problems(exchange: Exchange) -> list[str]:
    """Return what a contract says against an exchange, request and answer; an empty list means that both fit."""
    if not operation(exchange):
        return [f"{exchange.words}: no such operation in the contract"]
    check = {"github": _openapi, "vercel": _openapi, "railway": _graphql}.get(exchange.provider, _shape)
    return [f"{exchange.words}: {problem}" for problem in check(exchange)]


def _openapi(exchange: Exchange) -> list[str]:
    api = validator().openapi(exchange.provider)
    found: list[str] = list(api.check_request(exchange.method, exchange.path, exchange.query, exchange.body))
    if exchange.status == 304:
        return found + _unchanged(exchange)
    _, described, _ = api.find(exchange.method, exchange.path)
    if exchange.status in REFUSALS and str(exchange.status) not in described["responses"]:
        return found + _refused(exchange)
    answer = None if exchange.status == 302 else exchange.answer
    return found + list(api.check_response(exchange.method, exchange.path, exchange.status, answer))


def _unchanged(exchange: Exchange) -> list[str]:
    return [] if "if-none-match" in exchange.headers and not exchange.raw else ["a 304 that nobody asked for"]


def _refused(exchange: Exchange) -> list[str]:
    """Look at a refusal that the contract does not describe for this operation: it has the provider's common shape."""
    if exchange.provider == "vercel":
        return lacks({"error": {"code": "", "message": ""}}, exchange.answer)
    return lacks({"message": "", "documentation_url": "", "status": ""}, exchange.answer)


def _graphql(exchange: Exchange) -> list[str]:
    body, answer = exchange.body, exchange.answer
    schema = validator().railway()
    found: list[str] = list(schema.check_document(body["query"], body.get("variables"), body.get("operationName")))
    found += [f"variable {name} is null" for name, value in (body.get("variables") or {}).items() if value is None]
    if exchange.status != 200:
        return [*found, f"status {exchange.status}"]
    if answer.get("errors"):
        return found + [f"error: {error['message']}" for error in answer["errors"]]
    return found + list(schema.check_response(body["query"], answer["data"], body.get("operationName")))


def _shape(exchange: Exchange) -> list[str]:
    provider = exchange.provider
    if provider == "cloudflare":
        wanted = example(f"cloudflare/{CLOUDFLARE[operation(exchange)]}")
        if exchange.status == 404 and "registrar" in exchange.path:
            return lacks({"success": False, "errors": [{"code": 1, "message": ""}]}, exchange.answer)
        return lacks(wanted, exchange.answer)
    if provider == "status":
        if exchange.status == 304:
            return _unchanged(exchange)
        kind = "instatus" if "page" in exchange.answer and "indicator" not in exchange.answer.get("status", {}) else "statuspage"
        return lacks(example(f"status/{kind}.summary"), exchange.answer)
    if exchange.path == "/api/v1/query" and exchange.answer["data"]["resultType"] == "scalar":
        kinds = [type(each) for each in exchange.answer["data"]["result"]]
        return [] if kinds in ([float, str], [int, str]) else [f"a scalar of {kinds}"]
    return lacks(WATCHING[exchange.path], exchange.answer)
