"""Calls of the real git, independent of the user's own configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from strideiq_console.sandbox.state import WorldError


def environment(*, name: str = "", email: str = "", when: float | None = None) -> dict[str, str]:
    """Return a child's environment: no user configuration, no prompt, and an identity and a date where given."""
    base = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    base |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
    }
    if name:
        base |= {"GIT_AUTHOR_NAME": name, "GIT_COMMITTER_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_COMMITTER_EMAIL": email}
    if when is not None:
        stamp = f"{int(when)} +0000"
        base |= {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    return base


def run(
    folder: Path, *arguments: str, stdin: str | None = None, env: Mapping[str, str] | None = None, ok: tuple[int, ...] = (0,)
) -> tuple[int, str]:
    """Run git in ``folder``; return its exit code and output. Raises WorldError when the code is not in ``ok``."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=dict(env) if env is not None else environment(),
        input=None if stdin is None else stdin.encode(),
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
    )
    if done.returncode not in ok:
        words = done.stderr.decode(errors="replace").strip()
        raise WorldError(f"git {' '.join(arguments[:3])} ended with {done.returncode} in the world: {words}")
    return done.returncode, done.stdout.decode(errors="replace")


def read(folder: Path, *arguments: str) -> bytes:
    """Run git in ``folder`` and return its output as it is. Raises WorldError when it fails."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip()
        raise WorldError(f"git {' '.join(arguments[:3])} ended with {done.returncode} in the world: {words}")
    return done.stdout


def iso(seconds: float) -> str:
    """Return epoch seconds as GitHub writes times: ``2026-01-09T10:01:00Z``."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
