"""Runs the console as a user would: its own process, its own home, no terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contracts import ROOT


@dataclass(frozen=True)
class Ended:
    """A finished process."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """A home folder and the environment that goes with it; nothing of the test machine's own."""

    def __init__(self, home: Path, cwd: Path | None = None) -> None:
        self.home, self.cwd = home, cwd or home
        home.mkdir(parents=True, exist_ok=True)
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "PYTHONPATH": str(ROOT),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "LANG": "C.UTF-8",
        }

    def run(self, *argv: str, timeout: float = 120, **environ: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "strideiq_console", *argv],
            cwd=self.cwd,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr + done.stdout
        return Ended(done.returncode, done.stdout, done.stderr)

    def dying(self, method: str, path: str, *argv: str, timeout: float = 120) -> int:
        """Run the console and kill it right after the world has heard that request; return how it ended."""
        words = [sys.executable, "-m", "tests.acceptance.dying", method, path, *argv]
        done = subprocess.run(
            words, cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False
        )
        return done.returncode

    def git(self, *argv: str, cwd: Path | None = None) -> str:
        identity = ["-c", "user.name=Founder", "-c", "user.email=founder@strideiq.example", "-c", "init.defaultBranch=main"]
        done = subprocess.run(
            ["git", *identity, *argv], cwd=cwd or self.cwd, env=self.environ, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()
