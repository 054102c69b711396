"""Names against a real name server on loopback: values, refusals, silence, loops."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from strideiq_console.domain.dns import Lookup, Resolution
from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.names import NameResolver
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.dns import Resolver
from tests.providers.dns.server import NameServer, Odd, Table, code, running

TABLE: Table = {
    ("strideiq.run", "A"): ["76.76.21.21"],
    ("strideiq.run", "NS"): ["ada.ns.cloudflare.com.", "bob.ns.cloudflare.com."],
    ("strideiq.run", "CAA"): ['0 issue "letsencrypt.org"'],
    ("www.strideiq.run", "CNAME"): ["cname.vercel-dns.com."],
    ("cname.vercel-dns.com", "A"): ["76.76.21.9", "76.76.21.10"],
    ("cname.vercel-dns.com", "AAAA"): ["2606:4700::1"],
    ("api.strideiq.run", "CNAME"): ["gone.up.railway.app."],
    ("text.strideiq.run", "TXT"): ['"x"'],
    ("a.strideiq.run", "CNAME"): ["b.strideiq.run."],
    ("b.strideiq.run", "CNAME"): ["a.strideiq.run."],
    ("xn--mnchen-3ya.example", "A"): ["192.0.2.7"],
    ("_dmarc.strideiq.run", "A"): ["192.0.2.8"],
    **{(f"c{n}.strideiq.run", "CNAME"): [f"c{n + 1}.strideiq.run."] for n in range(30)},
}


def silent(query: dns.message.Message) -> None:
    return None


def garbage(query: dns.message.Message) -> bytes:
    return query.to_wire()[:2] + b"\xff\xff\x00garbage"


def truncated_record(query: dns.message.Message) -> bytes:
    response = dns.message.make_response(query)
    response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "A", "192.0.2.1"))
    return response.to_wire()[:-2]


async def ask(name: str, *, odd: dict[str, Odd] | None = None, chase: bool = True, timeout: float = 2.0) -> tuple[Resolution, Any]:
    async with running(NameServer(TABLE, odd, chase=chase)) as server:
        return await Resolver(server=server.address, timeout=timeout).resolve(name), server


def test_fits_the_port() -> None:
    port: NameResolver = Resolver()
    assert port


async def test_a_name_with_addresses() -> None:
    found, server = await ask("strideiq.run")
    assert found == Resolution("strideiq.run", ("76.76.21.21",), (), f"127.0.0.1 port {server.port}", "", True)
    assert sorted(server.asked) == [("strideiq.run", "A"), ("strideiq.run", "AAAA")]


@pytest.mark.parametrize("chase", [True, False], ids=["followed by the server", "followed here"])
async def test_cnames_are_followed_and_told(chase: bool) -> None:
    found, _ = await ask("WWW.StrideIQ.run.", chase=chase)
    assert found.addresses == ("76.76.21.9", "76.76.21.10", "2606:4700::1")
    assert found.canonical == ("cname.vercel-dns.com",)
    assert (found.error, found.exists) == ("", True)


async def test_no_such_name_is_a_value() -> None:
    found, _ = await ask("nothing.strideiq.run")
    assert (found.addresses, found.canonical, found.error, found.exists) == ((), (), "", False)


@pytest.mark.parametrize("chase", [True, False], ids=["followed by the server", "followed here"])
async def test_a_pointer_into_nothing_names_it(chase: bool) -> None:
    found, _ = await ask("api.strideiq.run", chase=chase)
    assert (found.addresses, found.error, found.exists) == ((), "", False)
    assert found.canonical == ("gone.up.railway.app",)


async def test_a_name_without_an_address_exists() -> None:
    found, _ = await ask("text.strideiq.run")
    assert (found.addresses, found.error, found.exists) == ((), "", True)


@pytest.mark.parametrize("chase", [True, False], ids=["told by the server", "seen here"])
@pytest.mark.parametrize("name", ["a.strideiq.run", "c0.strideiq.run"])
async def test_loops_and_endless_chains_are_errors(name: str, chase: bool) -> None:
    found, _ = await ask(name, chase=chase)
    assert found.addresses == ()
    assert ("loop" if name.startswith("a.") else "CNAME") in found.error
    assert not found.exists


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (code("SERVFAIL"), "SERVFAIL"),
        (code("REFUSED"), "REFUSED"),
        (code("FORMERR"), "FORMERR"),
        (silent, "in time"),
        (garbage, ""),
        (truncated_record, ""),
    ],
)
async def test_what_is_no_answer_is_an_error_and_never_no_such_name(odd: Odd, words: str) -> None:
    began = time.monotonic()
    found, _ = await ask("strideiq.run", odd={"strideiq.run": odd}, timeout=0.4)
    assert time.monotonic() - began < 3
    assert found.error
    assert words in found.error
    assert is_clean(found.error)
    assert (found.addresses, found.exists) == ((), False)


async def test_nobody_listens(unused_udp_port: int) -> None:
    found = await Resolver(server=f"127.0.0.1:{unused_udp_port}", timeout=0.4).resolve("strideiq.run")
    assert found.error


async def test_one_family_that_fails_is_no_doubt_about_the_other() -> None:
    def no_aaaa(query: dns.message.Message) -> bytes:
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        if kind == "AAAA":
            return code("SERVFAIL")(query) or b""
        response = dns.message.make_response(query)
        response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "A", "192.0.2.1"))
        return response.to_wire()

    found, _ = await ask("strideiq.run", odd={"strideiq.run": no_aaaa})
    assert (found.addresses, found.error) == (("192.0.2.1",), "")


async def test_a_long_answer_comes_over_tcp() -> None:
    table: Table = {("many.example", "A"): [f"192.0.2.{n}" for n in range(100)]}
    async with running(NameServer(table)) as server:
        found = await Resolver(server=server.address).resolve("many.example")
    assert server.over_tcp == 1
    assert len(found.addresses) == 50


@pytest.mark.parametrize(
    ("name", "addresses"),
    [("münchen.example", ("192.0.2.7",)), ("MÜNCHEN.example", ("192.0.2.7",)), ("_dmarc.strideiq.run", ("192.0.2.8",))],
)
async def test_names_beyond_ascii(name: str, addresses: tuple[str, ...]) -> None:
    assert (await ask(name))[0].addresses == addresses


NO_NAMES = [
    "",
    ".",
    "a..b",
    "x" * 64 + ".run",
    "a b.run",
    "a\\032b.run",
    "a\x00.run",
    "\u202e.run",
    "https://strideiq.run/",
    "\ud800.run",
]


@pytest.mark.parametrize("name", NO_NAMES, ids=range(len(NO_NAMES)))
async def test_what_is_no_name_is_not_asked(name: str) -> None:
    found, server = await ask(name)
    assert "no name" in found.error
    assert is_clean(found.name)
    assert server.asked == []


@pytest.mark.parametrize(
    ("name", "kind", "values", "exists"),
    [
        ("strideiq.run", "A", ("76.76.21.21",), True),
        ("strideiq.run", "AAAA", (), True),
        ("strideiq.run", "NS", ("ada.ns.cloudflare.com", "bob.ns.cloudflare.com"), True),
        ("strideiq.run", "CAA", ('0 issue "letsencrypt.org"',), True),
        ("www.strideiq.run", "CNAME", ("cname.vercel-dns.com",), True),
        ("nothing.strideiq.run", "NS", (), False),
    ],
)
async def test_records_by_type(name: str, kind: str, values: tuple[str, ...], exists: bool) -> None:
    async with running(NameServer(TABLE)) as server:
        resolver = Resolver(server=server.address)
        assert await resolver.look_up(name, kind) == Lookup(name, kind, values, f"127.0.0.1 port {server.port}", "", exists)
        with pytest.raises(ValueError, match="ANY"):
            await resolver.look_up(name, "ANY")


async def test_a_look_up_that_fails_says_so() -> None:
    async with running(NameServer(TABLE, {"strideiq.run": code("SERVFAIL")})) as server:
        found = await Resolver(server=server.address).look_up("strideiq.run", "NS")
    assert (found.values, "SERVFAIL" in found.error) == ((), True)


async def test_a_public_server_is_asked_beside_our_own() -> None:
    inner: Table = {("strideiq.run", "A"): ["10.0.0.5"]}
    async with running(NameServer(inner)) as own, running(NameServer(TABLE)) as public:
        resolver = Resolver(server=own.address, public=public.address)
        here, there = await resolver.both("strideiq.run")
        alone = await Resolver(server=own.address).both("strideiq.run")
    assert (here.addresses, there and there.addresses) == (("10.0.0.5",), ("76.76.21.21",))
    assert alone[1] is None


async def test_the_systems_own_server_is_read_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    import dns.asyncresolver

    real = dns.asyncresolver.Resolver
    file = tmp_path / "resolv.conf"
    monkeypatch.setattr("dns.asyncresolver.Resolver", lambda configure=True: real(filename=str(file)))
    file.write_text("search nowhere.example\n")
    found = await Resolver().resolve("strideiq.run")
    assert (found.error, found.resolver) == ("this machine names no name server", "this machine's name server")
    file.write_text("nameserver 127.0.0.1\n")
    asked: list[str] = []

    async def query(self: Any, request: dns.message.Message, **_: Any) -> dns.message.Message:
        asked.append(str(request.question[0].name))
        response = dns.message.make_response(request)
        if request.question[0].rdtype == dns.rdatatype.A:
            response.answer.append(dns.rrset.from_text(request.question[0].name, 60, "IN", "A", "192.0.2.1"))
        return dns.message.from_wire(response.to_wire())

    monkeypatch.setattr("dns.nameserver.Do53Nameserver.async_query", query)
    assert "192.0.2.1" in (await Resolver().resolve("strideiq.run")).addresses
    assert set(asked) == {"strideiq.run."}, "the search list of the machine is not used"


@pytest.mark.parametrize("server", ["ns.example", "1.1.1.1:0", "1.1.1.1:99999", "1.1.1.1:x", "[::1", "https://1.1.1.1/dns-query"])
def test_a_server_is_an_address(server: str) -> None:
    with pytest.raises(ConfigurationError):
        Resolver(server=server)
    with pytest.raises(ConfigurationError):
        Resolver(public=server)


@pytest.mark.parametrize("server", ["1.1.1.1", "1.1.1.1:5353", "::1", "[::1]", "[::1]:5353", ""])
def test_addresses_of_servers(server: str) -> None:
    assert Resolver(server=server, public=server)


async def test_cancelling_leaves_nothing_behind() -> None:
    async with running(NameServer(TABLE, {"strideiq.run": silent})) as server:
        waiting = asyncio.create_task(Resolver(server=server.address, timeout=30).resolve("strideiq.run"))
        async with asyncio.timeout(5):
            while len(server.asked) < 2:
                await asyncio.sleep(0.005)
        waiting.cancel()
        assert isinstance((await asyncio.gather(waiting, return_exceptions=True))[0], asyncio.CancelledError)
