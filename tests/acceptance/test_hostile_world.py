"""Whoever can open a pull request, commit or write a log line owns no cell of the founder's terminal (RELIABILITY E1, E2)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Shell
from tests.ui.corpus import sequences

MARKUP = ("[/x]", "[@click=app.quit]x[/]", "[red]br[/red]", "[[", "[/")
RAW = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n"]
BIDI = [chr(code) for code in (0x200B, 0x200E, 0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF)]


@pytest.fixture
def hostile(tmp_path: Path) -> World:
    """A world in which every text that an outsider can write holds sequences of the corpus."""
    world = World.open(tmp_path / "world", clock="manual")
    texts = [f"{MARKUP[index % len(MARKUP)]} {sequence}" for index, sequence in enumerate(sequences())]
    turn = iter(texts * 50)
    with world.change() as state:
        for pull in state["pulls"].values():
            pull["title"], pull["body"] = next(turn), next(turn)
        for run in state["runs"]:
            for field in ("title", "name"):
                if field in run:
                    run[field] = next(turn)
        for deployment in state["deployments"]:
            deployment["subject"] = next(turn)
        for label in state["labels"]:
            label["description"] = next(turn)
    for index in range(12):
        message = world.folder / "message.txt"
        message.write_bytes("".join(texts[index * 20 : index * 20 + 20]).replace("\0", "").encode("utf-8", "replace"))
        git(world, "commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-F", str(message))
        git(world, "branch", f"feature/n{index}-]x[".replace("[", "(") + "\u202e")
    return world


def git(world: World, *argv: str) -> None:
    environ = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(world.folder)}
    subprocess.run(["git", "-C", str(world.clone), *argv], env=environ, check=True, capture_output=True)


@pytest.mark.parametrize(
    "argv",
    [
        ["glance", "--live"],
        ["glance", "--line"],
        ["show", "branches", "--live"],
        ["show", "ci", "--live"],
        ["show", "environments", "--live"],
        ["doctor"],
        ["glance", "--live", "--json"],
        ["hotfix", "start", "x", "--plan"],
    ],
)
def test_no_raw_byte_leaves_the_command_line(shell: Shell, hostile: World, argv: list[str]) -> None:
    ended = shell.run("--world", str(hostile.folder), *argv)
    assert ended.code in (0, 1, 2, 3)
    said = ended.out + ended.err
    assert said.strip()
    found = [hex(ord(char)) for char in (*RAW, *BIDI) if char in said]
    assert found == []
