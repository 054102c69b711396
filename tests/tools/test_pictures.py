"""The pictures of the README are the same whenever they are made, and show nothing but the world."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from strideiq_console.sandbox.state import WorldError
from strideiq_console.sandbox.world import World
from tests.contracts import ROOT
from tools.pictures import PICTURES
from tools.still import BEGIN


def made(folder: Path, name: str, **environ: str) -> str:
    """Make one picture in a process and a home of its own."""
    home = folder / "home"
    home.mkdir(parents=True)
    kept = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull, **environ}
    words = [sys.executable, "-W", "error", "-m", "tools.pictures", str(folder), name]
    done = subprocess.run(
        words, cwd=ROOT, env=kept, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return (folder / f"{name}.svg").read_text(encoding="utf-8")


def words_of(svg: str) -> str:
    """Return all that a picture says."""
    return unescape(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))).replace("\xa0", " ")


def test_a_picture_is_the_same_wherever_and_whenever_it_is_made(tmp_path: Path) -> None:
    svg = made(tmp_path / "one", "dashboard", TZ="UTC", USER="somebody")
    other = made(tmp_path / "two", "dashboard", TZ="Asia/Tokyo", USER="other", NO_COLOR="1", LANG="C", TERM="dumb")
    assert svg == other
    shown = words_of(svg)
    for word in ("SANDBOX", "Production: API errors", "what changed", "roll back", "redis degraded", "02:10:44"):
        assert word in shown, word
    assert str(tmp_path) not in shown
    assert "somebody" not in shown


def test_the_readme_shows_pictures_that_there_are() -> None:
    shown = re.findall(r"\(docs/pictures/([\w-]+)\.svg\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert {"dashboard", "hotfix", "rollback"} <= set(shown) <= set(PICTURES)
    for name in PICTURES:
        svg = (ROOT / "docs" / "pictures" / f"{name}.svg").read_text(encoding="utf-8")
        assert 'url("http' not in svg, "a picture loads nothing from the network"
        assert not re.search(r"/(?:root|home|tmp|work|Users)/", words_of(svg))


def test_a_world_begins_when_it_is_told(tmp_path: Path) -> None:
    worlds = [World.open(tmp_path / name, clock="manual", begin=BEGIN.timestamp()) for name in ("one", "two")]
    assert worlds[0].read()["refs"] == worlds[1].read()["refs"]
    assert {world.clock.now() for world in worlds} == {BEGIN}
    with pytest.raises(WorldError, match="turned by hand"):
        World.open(tmp_path / "three", clock="fast", begin=BEGIN.timestamp())
    for world in worlds:
        world.close()
