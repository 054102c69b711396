"""The real thing: gnome-keyring on a session bus of its own, unlocked, locked, and absent (RELIABILITY S1)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers import program

ROOT = Path(__file__).parents[2]
PASSWORD, PLANTED = "correct-horse", "planted-token-4711"
pytestmark = pytest.mark.xdist_group("keyring")
UNLOCK = f"printf '%s\\n' {PASSWORD} | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
LOCKED = "gnome-keyring-daemon --start --components=secrets >/dev/null"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    program("dbus-run-session", "dbus")
    program("gnome-keyring-daemon", "gnome-keyring")
    (tmp_path / "run").mkdir(mode=0o700)
    return tmp_path


def session(home: Path, daemon: str, *words: str) -> list[dict[str, Any]]:
    """Start the daemon on a new bus over ``home`` and do the words there; with the bus the daemon ends."""
    python = f"{sys.executable} -m tests.settings.keyring_child {' '.join(words)}"
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "PYTHONPATH": str(ROOT),
    }
    script = f"{daemon}\n{python}"
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert PLANTED not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_unlocked_keyring_stores_gives_and_removes(home: Path) -> None:
    stored, got, again = session(home, UNLOCK, f"set={PLANTED}", "get", "backend")
    assert stored["value"] == "stored"
    assert got["value"] == {"origin": "keyring", "length": len(PLANTED)}
    assert again["value"] == "keyring.backends.SecretService.Keyring"
    # A later session finds it, and what lies on the disk is encrypted.
    got, removed, missing = session(home, UNLOCK, "get", "delete", "get")
    assert got["value"]["origin"] == "keyring"
    assert removed["value"] is True
    assert missing["value"] == {"origin": "none: strideiq secrets set vercel, or set STRIDEIQ_VERCEL_TOKEN", "length": None}
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if PLANTED.encode() in path.read_bytes()]


def test_a_locked_keyring_is_told_within_its_time_and_gives_nothing(home: Path) -> None:
    session(home, UNLOCK, f"set={PLANTED}")
    got, stored, removed = session(home, LOCKED, "get", "set=another-token", "delete")
    assert got["value"]["length"] is None
    assert got["value"]["origin"].startswith("none: the keyring ")
    assert "unlock it" in got["value"]["origin"]
    assert stored["error"] == removed["error"] == "NotAuthorisedError"
    assert "unlock the keyring" in stored["sentence"]
    assert max(answer["seconds"] for answer in (got, stored, removed)) < 3.9
    (kept,) = session(home, UNLOCK, "get")
    assert kept["value"] == {"origin": "keyring", "length": len(PLANTED)}


def test_a_session_without_a_keyring_says_so(home: Path) -> None:
    got, stored = session(home, "true", "get", f"set={PLANTED}")
    assert got["value"]["length"] is None
    assert "keyring" in got["value"]["origin"]
    assert stored["error"] in ("ConfigurationError", "NotAuthorisedError")
    assert PLANTED not in json.dumps(stored)
    assert max(answer["seconds"] for answer in (got, stored)) < 3.9
