"""Turns what goes wrong on the network into faults: a cause, what it means, and the next step. The only such place."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http.answer import strict_json

REQUEST_IDS = ("x-github-request-id", "x-vercel-id", "x-railway-request-id", "x-request-id")
_NAMES = {
    "github": "GitHub",
    "github_bot": "GitHub (bot)",
    "vercel": "Vercel",
    "railway": "Railway",
    "cloudflare": "Cloudflare",
    "probe": "the probe",
    "status": "the status page",
}
_KEPT = "The last known values stay, with their age"
_UNKNOWN = "Whether it was carried out is not known; it is read back before anything else is sent"
_UNDONE = "Nothing was changed"
# Errors that are raised before a byte of the request has left.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.LocalProtocolError)


@dataclass(frozen=True, slots=True)
class Teller:
    """Words faults for one client: whose answers, whether of a read or a write, and how secrets are taken out of texts."""

    source: str
    redact: Callable[[str], str]

    @property
    def name(self) -> str:
        """Return the provider's name as people write it."""
        return _NAMES.get(self.source, self.source)

    def text(self, raw: str, limit: int = 300) -> str:
        """Return a text from outside as one clean line without secrets."""
        return clean_line(self.redact(raw[:5000]), limit=limit).strip()

    def error(
        self,
        kind: FaultKind,
        cause: str,
        next_step: str,
        *,
        write: bool = False,
        not_done: bool = True,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        retry_at: datetime | None = None,
    ) -> OutsideError:
        """Return the error for a cause. ``not_done`` says whether a write certainly had no effect."""
        request_id = self.request_id(headers or {})
        consequence = (_UNDONE if not_done else _UNKNOWN) if write else _KEPT
        shown = f"{self.name}: {cause}" + (f" (request {request_id})" if request_id else "")
        fault = Fault(kind, self.source, shown, consequence, next_step, retry_at=retry_at, request_id=request_id)
        return OutsideError(fault, status=status, known_not_done=write and not_done)

    def request_id(self, headers: Mapping[str, str]) -> str | None:
        """Return the id that the provider gave the request, which its support asks for."""
        found = next((headers[name] for name in REQUEST_IDS if headers.get(name)), None)
        return self.text(found, 80) if found else None

    def of_limit(self, status: int, headers: Mapping[str, str], message: str, until: datetime, *, write: bool) -> OutsideError:
        """Return the error for an answer that says "too many requests"."""
        words = f": {message}" if message else ""
        return self.error(
            FaultKind.RATE_LIMITED,
            f"rate limited ({status}){words}",
            f"Wait until {until:%H:%M:%S} UTC; it goes on by itself",
            write=write,
            status=status,
            headers=headers,
            retry_at=until,
        )

    def of_status(
        self, status: int, headers: Mapping[str, str], message: str, *, write: bool, retry_at: datetime | None = None
    ) -> OutsideError:
        """Return the error for a status that is no success."""
        kind, cause, step = self._judge(status, headers)
        words = f": {message}" if message else ""
        not_done = 300 <= status < 500 and status != 408
        shown = f"{cause} ({status}){words}"
        made = self.error(kind, shown, step, write=write, not_done=not_done, status=status, headers=headers, retry_at=retry_at)
        made.said, made.permissions = message, self.text(headers.get("x-accepted-github-permissions", ""), 200)
        return made

    def _judge(self, status: int, headers: Mapping[str, str]) -> tuple[FaultKind, str, str]:
        if 300 <= status < 400:
            return (
                FaultKind.REFUSED,
                f"a redirect to {self._redirect_host(headers)} is not followed, so that the token stays here",
                "Set the provider's present address in config.toml",
            )
        if status == 401:
            return FaultKind.UNAUTHORISED, "the token is refused", "Make a new token, then run: strideiq doctor"
        if status == 403:
            return FaultKind.FORBIDDEN, "not allowed", self._permission(headers)
        if status in (404, 410):
            return FaultKind.MISSING, "missing, or the token has no access", "Check the configured names and the token's access"
        if status in (405, 422):
            return FaultKind.REFUSED, "refused", "Read the reason, change what it names, then try again"
        if status in (409, 412):
            return FaultKind.CONFLICT, "it has changed meanwhile", "Look again with r, then plan again"
        if status >= 500:
            return FaultKind.SERVER, "server error", "Try again with r; look at the provider's status page"
        return FaultKind.REFUSED, "the request is refused", "Run: strideiq doctor"

    def _permission(self, headers: Mapping[str, str]) -> str:
        wanted = self.text(headers.get("x-accepted-github-permissions", ""), 200)
        if wanted:
            return f"Give the token the permission {wanted} (X-Accepted-GitHub-Permissions), then run: strideiq doctor"
        return "Check the token's permissions and its access to the project, then run: strideiq doctor"

    def _redirect_host(self, headers: Mapping[str, str]) -> str:
        try:
            return self.text(httpx.URL(headers.get("location", "")).host, 100) or "another path"
        except (httpx.InvalidURL, ValueError):
            return "an unreadable address"

    def of_exception(self, error: BaseException, *, write: bool) -> OutsideError:
        """Return the error for an exception of httpx or a passed deadline."""
        not_done = isinstance(error, _NOT_SENT)
        kind, cause, step = self._explain(error)
        return self.error(kind, cause, step, write=write, not_done=not_done)

    def _explain(self, error: BaseException) -> tuple[FaultKind, str, str]:
        online = "Check the network connection; it is tried again by itself"
        if isinstance(error, (httpx.TimeoutException, TimeoutError)):
            return FaultKind.TIMEOUT, "no whole answer in time", online
        causes = tuple(_chain(error))
        tls = next((c for c in causes if isinstance(c, ssl.SSLError)), None)
        if tls is not None:
            words = self.text(getattr(tls, "verify_message", "") or getattr(tls, "reason", "") or "handshake failed", 150)
            return FaultKind.TLS, f"TLS failed: {words}", "Check the machine's clock, the proxy and the configured address"
        if any(isinstance(c, socket.gaierror) for c in causes):
            return FaultKind.UNREACHABLE, "the host name cannot be resolved", online
        if any(isinstance(c, ConnectionRefusedError) for c in causes):
            return FaultKind.UNREACHABLE, "the connection is refused", "Check that the server runs and the address is right"
        if isinstance(error, (httpx.ConnectError, httpx.UnsupportedProtocol)):
            return FaultKind.UNREACHABLE, f"no connection ({self.text(str(error), 120) or type(error).__name__})", online
        if isinstance(error, (httpx.LocalProtocolError, httpx.InvalidURL)):
            return FaultKind.LOCAL, "the request cannot be written", "Check the configured address and the token"
        return FaultKind.UNREACHABLE, f"the connection broke ({type(error).__name__})", online


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and whatever it was raised from, looking into groups."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions


def message_of(body: bytes) -> str:
    """Return the provider's own words in an error body, raw: GitHub's, Vercel's and GraphQL's shapes; ``""`` for none."""
    if len(body) > 200_000:
        return ""
    try:
        decoded = strict_json(body)
    except ValueError:
        return ""
    if not isinstance(decoded, dict):
        return ""
    parts = [_word(decoded.get("message")), _word(decoded.get("error"))]
    errors = decoded.get("errors")
    parts += [_word(item) for item in errors[:5]] if isinstance(errors, list) else [_word(errors)]
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return ""
    if isinstance(value.get("message"), str):
        return str(value["message"])
    return " ".join(v for k in ("resource", "field", "code") if isinstance(v := value.get(k), str))
