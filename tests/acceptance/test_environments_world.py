"""The environments over a whole world: every fact joined, every section read on demand, nothing that cries wolf."""

from __future__ import annotations

from pathlib import Path

from strideiq_console.cli.context import Options
from strideiq_console.domain.reading import Level
from strideiq_console.domain.unfolded import LogKind
from strideiq_console.presentation.environment_state import environment_states
from strideiq_console.presentation.environments_json import environments_json
from strideiq_console.services.console import Console
from strideiq_console.wiring.consoles import Wiring


async def test_a_calm_world_is_known_whole_and_nothing_is_wrong(tmp_path: Path) -> None:
    async with Wiring().live(Options(world=tmp_path / "world", scenario="calm", clock="manual")) as console:
        await console.refresh_once(deadline=60)
        facts, now = console.facts(), console.clock.now()
        production, staging, local = environment_states(facts, now)
        for state in (production, staging):
            assert state.level is Level.OK, state
            assert state.drift is False
            assert state.unproven == ()
            assert state.schema is not None
            assert (state.schema.strange, state.schema.due) == ((), ()), "each schema is compared with its own branch"
        assert staging.schema is not None
        assert staging.schema.branch == "staging"
        assert local.level is Level.UNKNOWN
        document = {one["name"]: one for one in environments_json(facts, now)}
        for name in ("production", "staging"):
            assert document[name]["p99"]["state"] == "known"
            assert document[name]["month"]["actual"] is not None
            assert document[name]["ci"]["state"] == "success"
        await opened(console)


async def opened(console: Console) -> None:
    """Read what the opened panel reads on demand."""
    reads = console.unfolding
    ladder = await reads.ladder()
    promotion = console.facts().promotion.value
    assert promotion is not None
    assert [climb.total for climb in ladder.climbs] == [promotion.to_staging, promotion.to_main, promotion.staging_behind]
    board = await reads.board("production")
    assert {"api", "database", "redis"} <= {service.component for service in board.services}
    held = await reads.names("production")
    assert held.faults == ()
    assert "api.strideiq.run" in {domain.name for domain in held.domains}
    readings = console.facts().deployments.values()
    live = [d for reading in readings for d in reading.value or () if d.environment == "production" and d.live]
    assert len(live) == 2
    for deployment in live:
        for kind in LogKind:
            source = reads.log(deployment, kind)
            assert await source.lines() or source.note, (deployment.component, kind)
