"""M1, the long figure: every chain and every kill ten times over; ``make soak`` runs it, ``make test`` does not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.postgres_server import running
from tests.providers.alembic import test_chains, test_kills
from tests.providers.alembic.killing import KILLS

TIMES = 10

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("turn", range(TIMES))
def test_every_kill_again(tmp_path_factory: pytest.TempPathFactory, turn: int) -> None:
    folder = tmp_path_factory.mktemp("kills")
    with running(tmp_path_factory.mktemp("postgres")) as server:
        found = asyncio.run(test_kills.everything(server, folder, tuple(KILLS), f"turn-{turn}"))
    for name in KILLS:
        test_kills.judge(name, found[name])


@pytest.mark.parametrize("turn", range(TIMES))
def test_every_chain_again(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, turn: int) -> None:
    with running(tmp_path_factory.mktemp("postgres")) as server:
        found = asyncio.run(test_chains.everything(server, tmp_path))
    for name in test_chains.CHAINS:
        test_chains.test_the_class_is_right_and_the_database_is_where_it_should_be(found, name)
        test_chains.test_nothing_is_ever_run_twice(found, name)
        test_chains.test_no_password_and_no_row_is_repeated(found, name)
