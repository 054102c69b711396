"""Two to four consoles race on one execution (RELIABILITY R5): who does not hold the lease does nothing, each effect is once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.crash import invariants
from tests.crash.driver import BLOCKED
from tests.crash.test_kill import carry_out, prepared, undisturbed

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900), pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]
ROUNDS = int(os.environ.get("STRIDEIQ_RACES", "50"))
SEED = 20261123


def test_of_several_consoles_one_does_the_work(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    was = prepared(tmp_path / "world", "protect")
    races = carry_out(tmp_path / "world", "protect", f"race:{SEED}:{ROUNDS}")
    assert len(races) == ROUNDS
    assert any(BLOCKED in found["codes"] for found in races), "nobody ever met anybody"
    for found in races:
        assert set(found["codes"]) <= {0, BLOCKED}, found
        assert found["last"] == 0, found
        world = World.open(Path(found["place"]))
        assert invariants.broken(world, was) == [], found
        assert invariants.effects(world) == undisturbed("protect"), found
        world.close()
        shutil.rmtree(found["place"])
