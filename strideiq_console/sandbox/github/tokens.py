"""Who a token speaks for, what it may do, and what every answer tells about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from strideiq_console.sandbox.github.call import ApiError
from strideiq_console.sandbox.state import State

Token = Mapping[str, Any]
CLASSIC = "classic"
DENIED = "Resource not accessible by personal access token"
_SCOPES = {
    "workflows": "workflow",
    "plan": "user",
    "organization_administration": "admin:org",
    "vulnerability_alerts": "security_events",
    "secret_scanning_alerts": "security_events",
    "security_events": "security_events",
}


def find(state: State, headers: Mapping[str, str], now: float) -> Token | None:
    """Return the token that a request brings, None for none, an unknown or an expired one."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() not in ("bearer", "token"):
        return None
    found = next((t for t in state["tokens"].values() if "login" in t and t["value"] == value.strip()), None)
    return found if found is not None and found.get("expires", now + 1) > now else None


def authenticate(state: State, headers: Mapping[str, str], now: float) -> Token:
    """Return the token of a request. Raises ApiError 403 without a user agent, 401 without a good token."""
    if not headers.get("user-agent"):
        raise ApiError(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.")
    found = find(state, headers, now)
    if found is None:
        raise ApiError(401, "Bad credentials" if "authorization" in headers else "Requires authentication")
    return found


def check(state: State, token: Token, permission: str) -> None:
    """Refuse what a token may not do. Raises ApiError 403; 404 where a classic token must not even know of the repository."""
    if not permission:
        return
    name, _, level = permission.partition("=")
    if token.get("kind") == CLASSIC:
        scopes, wanted = token.get("scopes", ()), scope(permission)
        if wanted == "repo" and "repo" not in scopes:
            raise ApiError(404, "Not Found")
        if wanted not in scopes and not (wanted == "security_events" and "repo" in scopes):
            raise ApiError(403, f'This API operation needs the "{wanted}" scope.')
        return
    granted = token.get("permissions", state["permissions"].get(token["login"], {})).get(name)
    if granted is None or (level == "write" and granted != "write"):
        raise ApiError(403, DENIED)


def scope(permission: str) -> str:
    """Return the scope that a classic token needs for a permission, ``""`` for none."""
    return _SCOPES.get(permission.partition("=")[0], "repo") if permission else ""


def headers(token: Token, permission: str) -> dict[str, str]:
    """Return what an answer says of the token: when it ends, and the scopes of a classic one."""
    said = {}
    if token.get("expires") is not None:
        until = datetime.fromtimestamp(int(token["expires"]), UTC)
        said["github-authentication-token-expiration"] = until.strftime("%Y-%m-%d %H:%M:%S UTC")
    if token.get("kind") == CLASSIC:
        said["x-oauth-scopes"] = ", ".join(token.get("scopes", ()))
        said["x-accepted-oauth-scopes"] = scope(permission)
    return said
