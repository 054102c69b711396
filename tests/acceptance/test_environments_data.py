"""Whose data an environment holds, over a whole world: well by itself, and critical when staging is given production's database."""

from __future__ import annotations

from pathlib import Path

from strideiq_console.cli.context import Options
from strideiq_console.domain.database_share import Sharing
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.environment_data import data_findings
from strideiq_console.presentation.environments_json import environments_json
from strideiq_console.presentation.verdict import verdict
from strideiq_console.sandbox.world import World
from strideiq_console.services.console import Console
from strideiq_console.wiring.consoles import Wiring


def findings(console: Console) -> dict[tuple[str, str], Finding]:
    return {(one.check, one.subject): one for one in data_findings(console.facts(), console.clock.now())}


async def test_staging_with_the_database_of_production_is_found_and_forgotten_when_it_is_mended(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    async with Wiring().live(Options(world=folder, scenario="calm", clock="manual")) as console:
        await console.refresh_once(deadline=60)
        calm = findings(console)
        assert {one.level for one in calm.values()} == {Level.OK}, calm
        assert set(calm) == {
            ("restore drill", "production"),
            ("staging data", "staging"),
            ("own database", "staging"),
            ("own database", "local"),
        }
        with World.open(folder).change() as state:
            own = state["schema"]["staging"]["system_identifier"]
            state["schema"]["staging"]["system_identifier"] = state["schema"]["production"]["system_identifier"]
        await console.refresh_once(deadline=60)
        facts, now = console.facts(), console.clock.now()
        said = verdict(facts, now)
        assert (said.level, said.sentence[:34]) == (Level.CRITICAL, "Staging uses production's database")
        document = {one["name"]: one for one in environments_json(facts, now)}
        assert (document["staging"]["level"], document["staging"]["database"]["sharing"]) == ("critical", "database")
        assert findings(console)["own database", "staging"].level is Level.CRITICAL
        with World.open(folder).change() as state:
            state["schema"]["staging"]["system_identifier"] = own
    async with Wiring().live(Options(world=folder)) as console:
        kept = {one.environment: one.sharing for one in console.facts().databases.value or ()}
        assert kept["staging"] is Sharing.DATABASE, "the store knows it before anybody was asked"
        await console.refresh_once(deadline=60)
        assert {one.level for one in findings(console).values()} == {Level.OK}


async def test_a_world_without_its_entries_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    config = World.open(folder, scenario="calm", clock="manual").config
    text = config.read_text(encoding="utf-8")
    before, rest = text.split("[manual.drill]")
    config.write_text(f"{before}[environments.production]{rest.partition('[environments.production]')[2]}", encoding="utf-8")
    with Wiring().stored(Options(world=folder)) as console:
        levels = {key: one.level for key, one in findings(console).items()}
    assert levels["restore drill", "production"] is Level.WARNING
    assert levels["staging data", "staging"] is Level.UNKNOWN
