"""Faults of the way between a client and the world, kept in the world's state so that any process can set them.

A fault is ``{"match": {"host", "method", "path"}, "kind", "times", "seconds", …}``: regular expressions, ``""`` matches everything;
``path`` is searched in path and query, ``method`` must match whole. ``times`` counts down; below zero it never ends. Kinds:

- ``slow``: the deed happens, the answer comes ``seconds`` (real) later
- ``hang``: nothing happens and no answer comes before the client's deadline
- ``refuse``: no connection
- ``status``: answers ``status`` (500) with ``headers`` and ``body``; nothing happens
- ``429``: the same with status 429 and ``Retry-After``: ``seconds`` (30)
- ``cut``: the deed happens, half of the body arrives
- ``garble``: the deed happens, the body is broken JSON
- ``html``: nothing happens, a captive portal answers 200 with a page
- ``lost_answer``: the deed happens, the answer is lost
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

OF_COMMANDS = ("alembic", "database")
"""Faults of what is no request over HTTP, see schema/faults.py; here they match nothing."""
KINDS = ("slow", "hang", "refuse", "status", "429", "cut", "garble", "html", "lost_answer")
_PORTAL = b"<!doctype html><html><head><title>Sign in to the network</title></head><body>Please accept the terms.</body></html>"
_NO_END = 600.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer on its way; with ``cut`` only ``body`` arrives of what the headers announce, then the connection breaks."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    cut: bool = False


class NoConnectionError(Exception):
    """No connection came about: the request was certainly not processed."""


class AnswerLostError(Exception):
    """The connection broke before any answer; the deed may be done."""


class DeadlinePassedError(Exception):
    """The client's deadline passed without an answer."""


class Faults:
    """Carries requests to the world and lets them suffer what the world's state says."""

    def __init__(self, world: World, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._world = world
        self._sleep = sleep

    async def deliver(
        self, host: str, method: str, path: str, process: Callable[[], Awaitable[Delivery]], *, patience: float | None = None
    ) -> Delivery:
        """Process a request, or not, and return what arrives. ``patience`` is the client's deadline in seconds, None for none.

        Raises one of the three faults of this module when nothing arrives.
        """
        fault = await asyncio.to_thread(self._take, host, method, path)
        if fault is None:
            return await process()
        kind = fault["kind"]
        if kind == "refuse":
            raise NoConnectionError("connection refused")
        if kind == "hang":
            await self._wait(_NO_END, patience)
            raise AnswerLostError("the server never answered")
        if kind in ("status", "429", "html"):
            return _instead(fault)
        answer = await process()
        if kind == "slow":
            await self._wait(float(fault.get("seconds", 0.0)), patience)
        if kind == "lost_answer":
            raise AnswerLostError("the connection broke before the answer")
        return _spoiled(kind, answer)

    async def _wait(self, seconds: float, patience: float | None) -> None:
        if patience is not None and patience < seconds:
            await self._sleep(patience)
            raise DeadlinePassedError("no answer before the deadline")
        await self._sleep(seconds)

    def _take(self, host: str, method: str, path: str) -> dict[str, Any] | None:
        """Use up one time of the first fault that matches; the state is written only then."""
        if not any(_matches(fault, host, method, path) for fault in self._world.read()["faults"]):
            return None
        with self._world.change() as state:
            fault: dict[str, Any] | None = next((f for f in state["faults"] if _matches(f, host, method, path)), None)
            if fault is None:  # another process was faster
                return None
            if fault["kind"] not in KINDS:
                raise ValueError(f"{fault['kind']!r} is no kind of fault: there are {', '.join(KINDS)}")
            fault["times"] -= 1
            if fault["times"] == 0:
                state["faults"].remove(fault)
            return dict(fault)


def _matches(fault: Mapping[str, Any], host: str, method: str, path: str) -> bool:
    match = fault["match"]
    wanted = match.get("method", "")
    return (
        fault["kind"] not in OF_COMMANDS
        and re.search(match.get("host", ""), host) is not None
        and (not wanted or re.fullmatch(wanted, method, re.IGNORECASE) is not None)
        and re.search(match.get("path", ""), path) is not None
    )


def _instead(fault: Mapping[str, Any]) -> Delivery:
    """Return the answer that comes in place of the world's."""
    if fault["kind"] == "html":
        return Delivery(200, _headers({"content-type": "text/html; charset=utf-8"}, _PORTAL), _PORTAL)
    limited = fault["kind"] == "429"
    status = 429 if limited else int(fault.get("status", 500))
    body = fault.get("body", {"message": "Too many requests" if limited else "Server Error"})
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    headers = {"content-type": "text/plain" if isinstance(body, str) else "application/json"}
    if limited:
        headers["retry-after"] = str(int(fault.get("seconds") or 30))
    return Delivery(status, _headers(headers | dict(fault.get("headers", {})), raw), raw)


def _spoiled(kind: str, answer: Delivery) -> Delivery:
    half = answer.body[: len(answer.body) // 2]
    if kind == "cut":
        return replace(answer, body=half, cut=True)
    if kind == "garble":
        broken = half + b'\xff{"'
        kept = tuple((name, value) for name, value in answer.headers if name.lower() != b"content-length")
        return replace(answer, body=broken, headers=(*kept, (b"content-length", str(len(broken)).encode())))
    return answer


def _headers(named: Mapping[str, str], body: bytes) -> tuple[tuple[bytes, bytes], ...]:
    whole = {**named, "content-length": str(len(body))}
    return tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in whole.items())
