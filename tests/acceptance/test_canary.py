"""A planted token is found in no file, no output, no argument of a child, whatever goes wrong."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Shell

CANARY = "ghp_CanaryCanaryCanary0123456789/+=x"


def spellings(token: str) -> list[bytes]:
    texts = [token, quote(token, safe=""), base64.b64encode(token.encode()).decode().rstrip("=")[:-2]]
    return [text.encode() for text in texts]


def everything_below(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


@pytest.mark.parametrize("fault", ["none", "garble", "cut", "status", "lost_answer"])
def test_no_trace_of_a_token_after_work_and_after_faults(shell: Shell, tmp_path: Path, fault: str) -> None:
    # The world's own tokens are the canaries here: they are what is really sent.
    folder = tmp_path / "world"
    world = World.open(folder, clock="fast:300")
    tokens = list(world.tokens.values())
    if fault != "none":
        more = {"status": 500} if fault == "status" else {}
        world.add_fault(fault, host="api.github.com", times=6, **more)
    at = ("--world", str(folder))
    said = []
    digits = ""
    plan = shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan", "--json")
    said.append(plan)
    if plan.code == 0:
        digits = plan.json["fingerprint"]
        said.append(shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan-hash", digits, "--json"))
    said += [shell.run(*at, verb, *more) for verb, *more in (["doctor"], ["glance", "--live"], ["runs", "--json"])]
    for ended in said:
        assert not any(token in ended.out + ended.err for token in tokens)
    files = everything_below(folder / "state", folder / "clone", folder / "origin.git", shell.home)
    assert files
    for path in files:
        content = path.read_bytes()
        assert not any(form in content for token in tokens for form in spellings(token)), path


def test_an_environment_token_is_never_written_nor_passed_on(shell: Shell, tmp_path: Path) -> None:
    clone = shell.home / "clone"
    clone.mkdir()
    shell.cwd = clone
    shell.git("init", "-q")
    shell.git("commit", "-q", "--allow-empty", "-m", "first")
    shell.git("remote", "add", "origin", "https://someone:hunter2hunter2@github.invalid/acme/strideiq.git")
    argv_log = tmp_path / "argv.log"
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    real = next(p for p in (Path(d) / "git" for d in os.environ["PATH"].split(":")) if p.exists())
    shim.write_text(f'#!/bin/sh\n{{ printf "%s\\n" "$@"; env; }} >> {argv_log}\nexec {real} "$@"\n')
    shim.chmod(0o755)
    config = shell.home / "config.toml"
    config.write_text('[github]\nrepository = "acme/strideiq"\napi_url = "http://127.0.0.1:9"\n')
    secret = {"STRIDEIQ_GITHUB_TOKEN": CANARY, "PATH": f"{shim.parent}:{shell.environ['PATH']}"}
    said = [
        shell.run("--config", str(config), *argv, **secret) for argv in (["glance", "--live"], ["doctor"], ["show", "ci", "--live"])
    ]
    for ended in said:
        assert CANARY not in ended.out + ended.err
        assert "hunter2hunter2" not in ended.out + ended.err
    assert argv_log.exists(), "the shim saw git being called"
    logged = argv_log.read_bytes()
    assert not any(form in logged for form in spellings(CANARY)), "no child saw the token in argv or environment"
    for path in everything_below(shell.home):
        content = path.read_bytes()
        assert not any(form in content for form in spellings(CANARY)), path
