"""A server that speaks GitHub's REST API on loopback: the console is pointed at it as at any other, with a real token variable."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Shell

TOKEN = "sandbox-github-founder"


@pytest.fixture
def server(shell: Shell, tmp_path: Path) -> Iterator[tuple[World, str]]:
    world = World.open(tmp_path / "world", clock="fast:100")
    argv = [sys.executable, "-u", "-m", "strideiq_console", "--world", str(world.folder), "sandbox", "serve", "--port", "0"]
    process = subprocess.Popen(argv, env=shell.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    base = ""
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            base = found[0]
            break
    assert base, "the server said no address"
    yield world, base
    process.terminate()
    process.wait(10)
    process.stdout.close()
    world.close()


def test_show_and_glance_over_loopback(shell: Shell, server: tuple[World, str]) -> None:
    world, base = server
    shell.cwd = world.clone
    config = shell.home / "config.toml"
    config.write_text(f'mode = "live"\n[github]\nrepository = "acme/strideiq"\napi_url = "{base}/github"\n')
    at = ("--config", str(config))
    token = {"STRIDEIQ_GITHUB_TOKEN": TOKEN}
    ci = shell.run(*at, "show", "ci", "--live", "--json", **token)
    assert ci.code in (0, 1, 2, 3)
    assert "1840" in ci.out
    branches = shell.run(*at, "show", "branches", "--live", **token)
    assert "#41" in branches.out
    glance = shell.run(*at, "glance", "--live", "--json", **token)
    assert glance.json["ci"], glance
    for ended in (ci, branches, glance):
        assert TOKEN not in ended.out + ended.err
    wrong = shell.run(*at, "show", "ci", "--live", STRIDEIQ_GITHUB_TOKEN="sandbox-wrong-token")
    assert wrong.code == 3 or "not authorised" in wrong.out + wrong.err
    assert "sandbox-wrong-token" not in wrong.out + wrong.err
