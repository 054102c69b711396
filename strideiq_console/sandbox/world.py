"""A world: one folder that holds the simulated outside and is shared by every process that opens it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from strideiq_console.sandbox import ci, creation, deploys, events, founder, incidents, seed_databases
from strideiq_console.sandbox.clock import WorldClock
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.schema import code
from strideiq_console.sandbox.state import State, WorldError, connect, exclusive, load, save, take_number

DEFAULT_SCENARIO = "calm"
DEFAULT_CLOCK = "fast"


class World:
    """The simulated outside in ``folder``.

    ``clone`` is the founder's clone, ``origin`` the bare repository, ``config`` the console's settings for this world, ``state``
    the folder for the console's own store. ``note`` says in one sentence what of the request was ignored (``""``:
    nothing). Safe to use from several threads and processes. Use :meth:`open`.
    """

    def __init__(self, folder: Path, *, note: str = "") -> None:
        self.folder = folder
        self.clone = folder / "clone"
        self.origin = folder / "origin.git"
        self.config = folder / "config.toml"
        self.state = folder / "state"
        self.note = note
        self.repository = Origin(self.origin)
        self._lock = threading.RLock()
        self._connection = connect(folder / "world.db")
        self.clock = WorldClock(connect(folder / "world.db"))

    @classmethod
    def open(cls, folder: Path, *, scenario: str | None = None, clock: str | None = None, begin: float | None = None) -> World:
        """Open the world in ``folder``, creating it when the folder is absent or empty.

        ``scenario`` (default calm) and ``clock`` (default fast) count at creation, and so does ``begin``, the epoch second of a
        manual clock; later ones that differ are ignored with a ``note``. Raises WorldError for an unknown name, or a folder that
        holds something else.
        """
        folder = folder.absolute()
        creation.create(folder, scenario=scenario or DEFAULT_SCENARIO, clock=clock or DEFAULT_CLOCK, begin=begin)
        world = cls(folder)
        state = world.read()
        ignored = []
        if scenario is not None and scenario != state["scenario"]:
            ignored.append(f"scenario {scenario} (it is {state['scenario']})")
        if clock is not None and clock.partition(":")[0] != world.clock.kind:
            ignored.append(f"clock {clock} (it is {world.clock.kind})")
        if ignored:
            world.note = f"this world exists already, so these were ignored: {', '.join(ignored)}"
        return world

    @property
    def tokens(self) -> Mapping[str, str]:
        """Return the world's own tokens by the console's names; obviously fake, worth nothing outside."""
        return {name: token["value"] for name, token in self.read()["tokens"].items()}

    @contextmanager
    def change(self) -> Iterator[dict[str, Any]]:
        """Hold the state exclusively across processes, after letting time pass; saved at the end, dropped on an error.

        Branches are moved only after the document that says so is saved; a process killed in between is caught up by the next.
        """
        with self._lock:
            with exclusive(self._connection):
                state = self._load()
                self._catch_up(state)
                yield state
                code.notice(state, self.repository)
                save(self._connection, state)
            if state["ref_updates"]:
                self._apply_refs(state)
                with exclusive(self._connection):
                    newest = self._load()
                    newest["ref_updates"] = [u for u in newest["ref_updates"] if u not in state["ref_updates"]]
                    save(self._connection, newest)

    def read(self) -> State:
        """Return the state as last saved; changing the result changes nothing."""
        with self._lock:
            return self._load()

    def settle(self) -> None:
        """Let the world catch up with its clock and with the bare repository."""
        with self.change():
            pass

    def advance(self, seconds: float) -> None:
        """Turn the clock forward and let everything happen that was due by then."""
        self.settle()
        self.clock.advance(seconds)
        self.settle()

    def write_fix(self, branch: str, *, subject: str = founder.FIX_SUBJECT) -> str:
        """Commit a real fix on a local branch of the clone, wherever it is checked out; return the SHA."""
        return founder.write_fix(self.clone, self.folder / "scratch", branch, subject, self.clock.seconds())

    def age_backup(self, environment: str, minutes: float) -> None:
        """Let the newest backup of an environment's database be that old."""
        with self.change() as state:
            incidents.age_backup(state, environment, self.clock.seconds(), minutes * 60)

    def lengthen_log(self, job: int, lines: int) -> None:
        """Let the tests of a job of CI write so many lines. WorldError for a job that there is not, or that runs no tests."""
        with self.change() as state:
            found = ci.find_job(state, job)
            if found is None or found[1]["name"] != ci.FAILING_JOB:
                raise WorldError(f"job {job} is none of {ci.FAILING_JOB}: only its tests write long logs")
            found[1]["log_lines"] = lines

    def add_fault(
        self, kind: str, *, host: str = "", method: str = "", path: str = "", times: int = 1, seconds: float = 0.0, **more: Any
    ) -> int:
        """Let the transport fail for the next ``times`` requests that match; return the fault's id. Kinds: see faults.py."""
        with self.change() as state:
            number = take_number(state, "fault")
            match = {"host": host, "method": method, "path": path}
            state["faults"].append({"id": number, "match": match, "kind": kind, "times": times, "seconds": seconds, **more})
        return number

    def clear_faults(self) -> None:
        """Let the transport work again."""
        with self.change() as state:
            state["faults"] = []

    def close(self) -> None:
        """Close the world's files; the world itself stays."""
        with self._lock:
            self._connection.close()
            self.clock.close()

    def _load(self) -> State:
        state = load(self._connection)
        if state is None:
            raise WorldError(f"{self.folder} was never finished as a world: remove it and open it again")
        return state

    def _catch_up(self, state: State) -> None:
        now = self.clock.seconds()
        self._apply_refs(state)
        state["ref_updates"] = []
        seed_databases.furnish(state, self.repository, self.clone, now)
        events.notice_pushes(state, self.repository, now)
        events.notice_tags(state, self.repository, now)
        ci.settle(state, now)
        deploys.settle(state, now)

    def _apply_refs(self, state: State) -> None:
        for update in state["ref_updates"]:
            self.repository.move(update["branch"], update["old"], update["new"])


def remove(folder: Path) -> None:
    """Delete a world. Raises WorldError for a folder that is none."""
    if not (folder / "world.db").is_file():
        raise WorldError(f"{folder} is no world: it has no world.db")
    shutil.rmtree(folder)
