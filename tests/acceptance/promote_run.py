"""One execution of a promotion or a release in a world, by the words of the command line, in this process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from strideiq_console.cli.main import main
from strideiq_console.sandbox.world import World
from strideiq_console.wiring import Wiring
from tests.acceptance.console import Ended


def words(home: Path, *argv: str) -> Ended:
    """Run one command without a terminal."""
    environ: Mapping[str, str] = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull, "LANG": "C.UTF-8"}
    out, err = StringIO(), StringIO()
    code = main(argv, Wiring(dict(environ)), stdout=out, stderr=err, stdin=StringIO(), environ=environ)
    assert "a fault of the console's own" not in err.getvalue(), err.getvalue()
    return Ended(code, out.getvalue(), err.getvalue())


def writes(world: World) -> list[str]:
    """Return what the world was asked to change, in order."""
    return [f"{e['method']} {e['path'].split('/strideiq/')[-1]}" for e in world.read()["effects"]]


def commit_on(world: World, branch: str, subject: str) -> str:
    """Somebody's work arrives on a branch of origin."""
    world.settle()
    tip = world.read()["refs"][branch]
    tree = world.repository.git("rev-parse", f"{tip}^{{tree}}").strip()
    when = world.clock.seconds()
    made = world.repository.write_commit(tree, (tip,), subject, name="Founder", email="founder@strideiq.example", when=when)
    world.repository.move(branch, tip, made)
    world.settle()
    return made


class Run:
    """One execution, planned, started and carried on call by call."""

    def __init__(self, home: Path, world: World, *start: str, wait: str = "60") -> None:
        self.home, self.at = home, ("--world", str(world.folder))
        planned = words(home, *self.at, *start, "--plan", "--json")
        assert planned.code == 0, planned
        self.plan: Any = planned.json
        self.digits = self.plan["fingerprint"]
        self.last = words(home, *self.at, *start, "--plan-hash", self.digits, "--wait", wait, "--json")
        self.id = self.last.json["id"]

    def on(self, *more: str, wait: str = "60") -> Ended:
        """Go on with what is consented to."""
        self.last = words(self.home, *self.at, "resume", self.id, "--plan-hash", self.digits, *more, "--wait", wait, "--json")
        return self.last

    @property
    def step(self) -> str:
        """Return the id of the step that it stands at."""
        return next((s["id"] for s in self.last.json["steps"] if s["state"] not in ("done", "skipped")), "")

    def result(self, step: str) -> dict[str, Any]:
        """Return what a step gave."""
        found: dict[str, Any] = next(s["result"] for s in self.last.json["steps"] if s["id"] == step)
        return found
