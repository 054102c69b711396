"""How a command ends when its terminal closes, somebody kills it politely, or presses ctrl+c while it waits."""

from __future__ import annotations

import asyncio
import io
import os
import signal

import pytest

from strideiq_console.cli.context import Options
from strideiq_console.cli.output import Output
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import UnfinishedError
from tests.cli.fakes import FakeWiring, console


def session() -> Session:
    output = Output(io.StringIO(), io.StringIO(), io.StringIO(), {})
    return Session(Options(), FakeWiring(console()), output, {})


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_polite_kill_cancels_the_work_and_says_that_it_can_be_resumed(name: str) -> None:
    cleaned: list[str] = []

    async def work(_: object) -> int:
        os.kill(os.getpid(), getattr(signal, name))
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(name)
        return 0

    with pytest.raises(UnfinishedError, match=name):
        session().live(work)
    assert cleaned == [name]


def test_ctrl_c_is_an_interrupt() -> None:
    # A runner that was started in the background ignores it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    async def work(_: object) -> int:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()
        return 0

    try:
        with pytest.raises(KeyboardInterrupt):
            session().live(work)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_command_names_its_place_and_quotes_what_needs_it(tmp_path) -> None:
    here = session()
    here.options = Options(world=tmp_path / "my world", config=None)
    assert here.command("resume", "0120-abc") == f"strideiq --world '{tmp_path / 'my world'}' resume 0120-abc"
