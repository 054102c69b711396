"""A name server of our own on loopback: real datagrams and real TCP, answers from a table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Table = dict[tuple[str, str], list[str]]
Odd = Callable[[dns.message.Message], bytes | None]


class NameServer:
    """``table`` maps (name, type) to records; a name in no row does not exist. ``odd`` answers a name in its own way."""

    def __init__(self, table: Table, odd: dict[str, Odd] | None = None, *, chase: bool = True) -> None:
        self.table = table
        self.odd = odd or {}
        self.chase = chase
        self.asked: list[tuple[str, str]] = []
        self.over_tcp = 0
        self.port = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, wire: bytes, *, tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        self.asked.append((name, kind))
        self.over_tcp += tcp
        if name in self.odd:
            return self.odd[name](query)
        response = dns.message.make_response(query)
        self._fill(response, name, kind)
        if not tcp and len(response.answer) and len(response.to_wire()) > 512:
            response.answer = []
            response.flags |= dns.flags.TC
        return response.to_wire()

    def _fill(self, response: dns.message.Message, name: str, kind: str) -> None:
        for _ in range(20):
            if (name, kind) in self.table:
                response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *self.table[name, kind]))
                return
            if (name, "CNAME") not in self.table:
                break
            (target,) = self.table[name, "CNAME"]
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", target))
            if not self.chase:
                return
            name = target.rstrip(".")
        if not any(known == name for known, _ in self.table):
            response.set_rcode(dns.rcode.NXDOMAIN)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        said = self._server.answer(data, tcp=False)
        if said is not None:
            self._transport.sendto(said, addr)


@asynccontextmanager
async def running(server: NameServer) -> AsyncIterator[NameServer]:
    """Serve on a free port of loopback, UDP and TCP, until the block ends."""
    loop = asyncio.get_running_loop()

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int.from_bytes(await reader.readexactly(2), "big")
        said = server.answer(await reader.readexactly(size), tcp=True) or b""
        writer.write(len(said).to_bytes(2, "big") + said)
        await writer.drain()
        writer.close()

    door = await asyncio.start_server(stream, "127.0.0.1", 0)
    server.port = door.sockets[0].getsockname()[1]
    datagrams, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(server), local_addr=("127.0.0.1", server.port))
    try:
        yield server
    finally:
        datagrams.close()
        door.close()
        await door.wait_closed()


def code(word: str) -> Odd:
    """Answer with an error code."""

    def answer(query: dns.message.Message) -> bytes:
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.from_text(word))
        return response.to_wire()

    return answer
