"""The real npm, where it is installed: with no registry, with one that answers, and with a clone that tells it to stay offline."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.vulnerability import VulnerabilitySeverity
from strideiq_console.providers.audits import NpmAudit
from tests.providers.hosting import NOW, StillClock
from tests.servers import free_port

ADVISORY = {
    "deep-lib": [
        {
            "id": 1234567,
            "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
            "title": "Prototype pollution in deep-lib",
            "severity": "high",
            "vulnerable_versions": "<2.0.1",
            "cwe": ["CWE-1321"],
            "cvss": {"score": 7.5, "vectorString": "CVSS:3.1/AV:N"},
        }
    ]
}
PACKAGES = {
    "deep-lib": {"2.0.0": {}, "2.0.1": {}},
    "left-lib": {"1.0.0": {"dependencies": {"deep-lib": "^2.0.0"}}},
}


@pytest.fixture
def npm() -> str:
    """Return npm's path; a plain skip without it, in CI too: no feature of the console needs it."""
    return shutil.which("npm") or pytest.skip("npm is not installed, so its real audit is not tried")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone" / "apps" / "web"
    folder.mkdir(parents=True)
    root = {"name": "web", "version": "1.0.0", "dependencies": {"left-lib": "^1.0.0"}}
    packages = {
        "": root,
        "node_modules/left-lib": {"version": "1.0.0", "dependencies": {"deep-lib": "^2.0.0"}},
        "node_modules/deep-lib": {"version": "2.0.0"},
    }
    (folder / "package.json").write_text(json.dumps(root), encoding="utf-8")
    lock = {"name": "web", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}
    (folder / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return tmp_path / "clone"


@pytest.fixture
async def registry() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Answer the bulk advisory endpoint and the two packages' own pages; yield the address and what was asked about."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
        path = head.split(b" ")[1].decode()
        if path.endswith("/advisories/bulk"):
            asked.append(gzip.decompress(body) if fields.get(b"content-encoding") == b"gzip" else body)
        name = path.strip("/")
        versions = {v: {"name": name, "version": v} | more for v, more in PACKAGES.get(name, {}).items()}
        page = {"name": name, "dist-tags": {"latest": max(versions, default="")}, "versions": versions}
        answer = json.dumps(ADVISORY if path.endswith("/bulk") else page).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n" % len(answer) + answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", asked
    finally:
        server.close()
        await server.wait_closed()


def audit_of(npm: str, clone: Path, registry: str) -> NpmAudit:
    home = clone.parent / "home"
    home.mkdir(exist_ok=True)
    environ = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home)}
    argv = (npm, "audit", "--json", f"--registry={registry}", "--fetch-retries=0")
    return NpmAudit(clone=clone, clock=StillClock(), argv=argv, environ=environ)


async def test_without_a_registry_it_is_unknown(npm: str, clone: Path) -> None:
    with pytest.raises(OutsideError) as caught:
        await audit_of(npm, clone, f"http://127.0.0.1:{free_port()}/").audit()
    assert caught.value.fault.kind is FaultKind.UNREACHABLE
    assert "the registry is not reachable" in caught.value.fault.cause


@pytest.mark.parametrize("setting", ["", "offline=true\n", "audit=false\n"], ids=["plain", "offline", "no-audit"])
async def test_a_registrys_advisory_is_found_whatever_the_clone_tells_npm(
    npm: str, clone: Path, registry: tuple[str, list[bytes]], setting: str
) -> None:
    address, asked = registry
    (clone / "apps" / "web" / ".npmrc").write_text(setting, encoding="utf-8")
    audit = await audit_of(npm, clone, address).audit()
    (one,) = audit.vulnerabilities
    assert (one.package, one.id, one.severity) == ("deep-lib", "GHSA-aaaa-bbbb-cccc", VulnerabilitySeverity.HIGH)
    assert (one.direct, one.installed, one.fixed_in, one.fix) == (False, "2.0.0", "2.0.1", "npm audit fix")
    assert (audit.folder, audit.clear(NOW)) == ("apps/web", False)
    assert [json.loads(body) for body in asked] == [{"left-lib": ["1.0.0"], "deep-lib": ["2.0.0"]}]


async def test_a_lock_file_that_is_none(npm: str, clone: Path) -> None:
    (clone / "apps" / "web" / "package-lock.json").write_text("not json", encoding="utf-8")
    with pytest.raises(OutsideError) as caught:
        await audit_of(npm, clone, f"http://127.0.0.1:{free_port()}/").audit()
    assert caught.value.fault.kind in (FaultKind.LOCAL, FaultKind.MISSING)
