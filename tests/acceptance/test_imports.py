"""A glance pays for nothing that it does not use, measured in a fresh process over a real store."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Shell
from tests.contracts import ROOT

FORBIDDEN = ("textual", "rich", "httpx", "git", "keyring", "asyncio", "starlette")
PROGRAM = """
import sys
from strideiq_console.cli.main import main
from strideiq_console.wiring import Wiring
code = main(sys.argv[1:], Wiring())
loaded = sorted(name for name in {forbidden!r} if name in sys.modules)
print("LOADED", loaded, file=sys.stderr)
"""


@pytest.mark.parametrize("argv", [["glance"], ["glance", "--json"], ["glance", "--line"], ["runs"], ["show", "ci", "--stored"]])
def test_reading_the_store_loads_no_network_and_no_screen(tmp_path: Path, shell: Shell, argv: list[str]) -> None:
    folder = tmp_path / "world"
    World.open(folder, clock="manual").close()
    shell.run("--world", str(folder), "glance", "--live")
    program = PROGRAM.format(forbidden=FORBIDDEN)
    command = [sys.executable, "-c", program, "--world", str(folder), *argv]
    done = subprocess.run(command, cwd=ROOT, env=shell.environ, capture_output=True, text=True, timeout=60, check=False)
    assert "LOADED []" in done.stderr, done.stderr
    assert done.stdout.strip()
