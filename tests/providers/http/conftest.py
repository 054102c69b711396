"""The worlds of the misdirection tests: home on loopback without TLS, and home by its name with TLS."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from strideiq_console.providers.http import channel
from tests.providers.http.loopback import NAMES, NAMES_TOO, all_names_lead_here, certificate, serving
from tests.providers.http.worlds import World, standing, trusting


@pytest.fixture(scope="session")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate for every name of the tests, so that TLS itself shields nothing."""
    return certificate(tmp_path_factory.mktemp("certificate"), (*NAMES, *NAMES_TOO))


@pytest.fixture(scope="session")
def contexts(pem: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the servers' side of TLS and the console's; making them takes longer than a test."""
    return serving(pem), trusting(pem)


@pytest.fixture(params=["https", "http"])
async def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Yield the servers, in both worlds one after the other."""
    all_names_lead_here(monkeypatch)
    if request.param == "http":
        async with standing("http", None) as made:
            yield made
        return
    theirs, ours = request.getfixturevalue("contexts")
    monkeypatch.setattr(channel, "tls_context", lambda: ours)
    async with standing("https", theirs) as made:
        yield made
