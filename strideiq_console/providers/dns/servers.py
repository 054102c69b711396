"""Which name server is asked: an address of the settings, the system's own, or a function in place of the network."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.untrusted import clean_line

Exchange = Callable[[bytes], Awaitable[bytes]]
"""Answers one DNS message in wire format: a world's name server, in place of the network."""
_SYSTEM = "this machine's name server"


def parse_server(server: str) -> tuple[str, int] | None:
    """Return address and port of a configured name server, None for ``""``."""
    text = server.strip()
    if not text:
        return None
    host, port = text, "53"
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        port = (rest.removeprefix(":") or "53") if closed else ""
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    try:
        return str(ipaddress.ip_address(host)), _port(port)
    except ValueError as error:
        shown = clean_line(text, limit=80)
        step = 'Write its IP address in config.toml, such as "1.1.1.1" or "127.0.0.1:5353"'
        raise ConfigurationError(f"{shown!r} is no name server's address", next_step=step) from error


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 0 < port < 65536:
        raise ValueError("no port")
    return port


def label_of(server: tuple[str, int] | None) -> str:
    """Say who was asked; None is the system's own name server."""
    if server is None:
        return _SYSTEM
    return server[0] if server[1] == 53 else f"{server[0]} port {server[1]}"


def in_process(exchange: Exchange) -> Any:
    """Return a name server of the library that is reached by a function instead of a socket."""
    import dns.message
    import dns.nameserver

    class InProcess(dns.nameserver.Nameserver):
        def __init__(self) -> None:
            """Nothing to keep."""

        def __str__(self) -> str:
            return "the world"

        def kind(self) -> str:
            return "Do53"

        def is_always_max_size(self) -> bool:
            return True

        def answer_nameserver(self) -> str:
            return "the world"

        def answer_port(self) -> int:
            return 53

        async def async_query(
            self,
            request: dns.message.QueryMessage,
            timeout: float,  # noqa: ASYNC109 - the signature of the base class
            *_: Any,
            **__: Any,
        ) -> dns.message.Message:
            async with asyncio.timeout(timeout):
                return dns.message.from_wire(await exchange(request.to_wire()))

    return InProcess()
