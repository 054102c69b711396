"""The worlds of the misdirection tests: home on loopback without TLS, and home by its name with TLS."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.providers.http.loopback import NAMES, NAMES_TOO, all_names_lead_here, certificate
from tests.providers.http.worlds import World, standing, trusting


@pytest.fixture(scope="session")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate for every name of the tests, so that TLS itself shields nothing."""
    return certificate(tmp_path_factory.mktemp("certificate"), (*NAMES, *NAMES_TOO))


@pytest.fixture(params=["https", "http"])
async def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Yield the servers, in both worlds one after the other."""
    all_names_lead_here(monkeypatch)
    if request.param == "http":
        async with standing("http", None) as made:
            yield made
        return
    path: Path = request.getfixturevalue("pem")
    with trusting(path):
        async with standing("https", path) as made:
            yield made
