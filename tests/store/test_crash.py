"""Power cuts and kills (RELIABILITY R5, R6): whatever is left opens, is whole, and names no result without its intention."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.store import Store
from tests.store.samples import T0, faults_of_journal, open_store, plan, write_steps

pytestmark = [pytest.mark.crash, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")]
ROOT = Path(__file__).parents[2]
SEED = 20260109
CUTS = int(os.environ.get("STRIDEIQ_CUTS", "200"))


def drive(*arguments: str) -> list[dict[str, Any]]:
    child = subprocess.run(
        [sys.executable, "-m", "tests.store.crash_driver", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    return [json.loads(line) for line in child.stdout.splitlines()]


def test_a_killed_writer_leaves_a_whole_journal(tmp_path: Path) -> None:
    rounds = drive("kill", str(tmp_path), str(SEED), "60")
    assert len(rounds) == 60
    for found in rounds:
        assert found["killed"], found
        assert (found["integrity"], found["faults"], found["notice"]) == ("ok", [], ""), found
        assert found["told"] <= found["kept"] <= found["told"] + 1, found
        assert found["taken_over"] == "yes", "the next console goes on at once, since the holder is gone"
    kept = {found["kept"] for found in rounds}
    assert {found["inside"] for found in rounds} == {True, False}
    assert len(kept) > 10, "the kills must fall at many different points"


def test_four_processes_race_for_the_same_scopes_and_one_wins(tmp_path: Path) -> None:
    for found in drive("race", str(tmp_path), "24"):
        assert sorted(answer.split()[0] for answer in found["answers"]) == ["blocked", "blocked", "blocked", "won"], found


def test_a_log_cut_at_any_byte_opens_whole(tmp_path: Path) -> None:
    store = open_store(tmp_path / "origin")
    store.journal.create("run-1", plan(), T0)
    write_steps(store, "run-1", 40)
    file = store.path
    log = file.with_name("console.db-wal").read_bytes()
    assert len(log) > 100_000
    chance = random.Random(SEED)  # noqa: S311 - a test's dice
    kept = set()
    for number in range(CUTS):
        cut = chance.randrange(len(log))
        folder = tmp_path / str(number) / "state"
        folder.mkdir(parents=True)
        shutil.copy(file, folder / "console.db")
        (folder / "console.db-wal").write_bytes(log[:cut] + (b"" if number % 2 else chance.randbytes(200)))
        with Store.open(folder / "console.db") as left:
            with left._database.reading() as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert left.notice == ""
            assert faults_of_journal(left, "run-1") == [], f"cut at {cut}"
            kept.add(len(left.journal.entries("run-1")) if left.journal.ids() else 0)
    assert len(kept) > 20
    store.close()
