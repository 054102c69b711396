"""Run as a script: forks writers of one store, kills them with SIGKILL at many points, and prints one JSON line for each.

A script of its own, so that one import serves all forks. ``crash_driver.py kill FOLDER SEED ROUNDS`` or ``race FOLDER ROUNDS``.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
from pathlib import Path

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.store import Holder, Store
from tests.store.samples import SCOPES, T0, faults_of_journal, later, plan


def main(arguments: list[str]) -> None:
    folder = Path(arguments[1])
    if arguments[0] == "kill":
        chance = random.Random(int(arguments[2]))  # noqa: S311 - a test's dice
        for number in range(int(arguments[3])):
            print(json.dumps(kill_round(folder / str(number), chance)))
    else:
        for number in range(int(arguments[2])):
            print(json.dumps(race_round(folder / str(number), opened=number % 2 == 0)))


def kill_round(folder: Path, chance: random.Random) -> dict[str, object]:
    """Kill one writer: either at a random moment, or at the n-th step of sqlite's machine inside its statements."""
    inside = chance.random() < 0.5
    countdown, moment = chance.randint(1, 2500), chance.uniform(0.0, 0.03)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        write_for_ever(folder, writer, countdown if inside else 0)
    os.close(writer)
    told = b""
    if not inside:
        first = os.read(reader, 4)  # let it begin, so that the moment falls among its appends
        select.select([], [], [], moment)
        os.kill(child, signal.SIGKILL)
        told = first
    while piece := os.read(reader, 65536):
        told += piece
    _, status = os.waitpid(child, 0)
    return {
        **judge(folder, len(told) // 4),
        "killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL,
        "inside": inside,
    }


def write_for_ever(folder: Path, told: int, countdown: int) -> None:
    store = Store.open(folder / "console.db", who="founder")
    if countdown:
        left = [countdown]

        def count() -> int:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return 0

        with store._database.reading() as connection:
            connection.set_progress_handler(count, 3)
    store.journal.create("run-1", plan(), T0)
    lease = store.leases.acquire(SCOPES, execution="run-1", holder=Holder.current(), now=1000.0)
    seq = 0
    while True:
        step = f"s{seq}"
        for kind in (EntryKind.INTENDED, EntryKind.DONE):
            seq = store.journal.append("run-1", kind, step=step, data={"x": "y" * 100}, at=later(seq), lease=lease)
            os.write(told, seq.to_bytes(4, "little"))


def judge(folder: Path, told: int) -> dict[str, object]:
    """Open what is left as the next console would, and go on with it."""
    with Store.open(folder / "console.db") as store:
        with store._database.reading() as connection:
            integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
        faults = faults_of_journal(store, "run-1")
        kept = len(store.journal.entries("run-1")) if store.journal.ids() else 0
        taken_over = "yes"
        try:
            store.leases.acquire(SCOPES, execution="run-2", holder=Holder.current(), now=1000.5)
        except BlockedError as error:
            taken_over = str(error)
        return {
            "integrity": integrity,
            "faults": faults,
            "told": told,
            "kept": kept,
            "notice": store.notice,
            "taken_over": taken_over,
        }


def race_round(folder: Path, *, opened: bool) -> dict[str, object]:
    """Let four processes take the same scopes at once: with stores that are ``opened`` before, or that do not exist yet."""
    ready_reader, ready_writer = os.pipe()
    start_reader, start_writer = os.pipe()
    children = []
    for number in range(4):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(start_writer)
            store = Store.open(folder / "console.db") if opened else None
            os.write(ready_writer, b"r")
            os.read(start_reader, 1)  # returns when the parent closes its end
            os.write(writer, race(folder, number, store).encode())
            signal.pause()  # a holder must live until all have tried; the parent kills it
        os.close(writer)
        children.append((child, reader))
    for _ in children:
        os.read(ready_reader, 1)
    for descriptor in (start_writer, start_reader, ready_reader, ready_writer):
        os.close(descriptor)
    answers = [os.read(reader, 4096).decode() for _, reader in children]
    for child, reader in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
    return {"answers": answers}


def race(folder: Path, number: int, store: Store | None) -> str:
    scopes = SCOPES if number % 2 else SCOPES[::-1]
    try:
        store = store or Store.open(folder / "console.db")
        lease = store.leases.acquire(scopes, execution=f"run-{number}", holder=Holder.current(), now=1000.0)
    except BlockedError:
        return "blocked"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return f"won {lease.fence}"


if __name__ == "__main__":
    main(sys.argv[1:])
