"""Real servers for the tests that need one: found on this machine or skipped with a plain word; in CI a skip is a failure."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

_PLACES = ("/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin", "/usr/sbin", "/usr/local/sbin")


def program(name: str, package: str) -> str:
    """Return the path of an installed program; without it the test is skipped, or fails where CI demands it."""
    found = shutil.which(name) or next((str(Path(p, name)) for p in _PLACES if Path(p, name).exists()), None)
    return found or absent(f"{name} is not installed (Debian: {package})")


def absent(why: str) -> NoReturn:
    """Skip plainly, or fail where ``STRIDEIQ_REQUIRE_SERVERS`` is set."""
    if os.environ.get("STRIDEIQ_REQUIRE_SERVERS"):
        pytest.fail(f"a real server is required here: {why}")
    pytest.skip(why)


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
