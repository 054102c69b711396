"""Migrate in production: the order of the environments, the proven database, the backup, and the two words of level 4."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.reading import Level
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.store.store import Store
from tests.services.fake_schema import GRAPH, FakeSchema, engine_of
from tests.services.fakes import FakeOutside
from tests.services.test_migrate import begin, on


@pytest.fixture
def schema(outside: FakeOutside) -> FakeSchema:
    made = FakeSchema(outside)
    outside.push("main", outside.origin["main"])
    outside.push("staging", outside.origin["staging"])
    made.rows |= {"local": ("d4",), "staging": ("c3",), "production": ("c3",)}
    return made


async def test_production_waits_for_staging(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    with pytest.raises(BlockedError, match="staging does not have d4 yet"):
        await begin(engine, "production")
    execution = await begin(engine, "staging")
    assert [(s.id, s.level) for s in engine.execution(execution).plan.steps] == [
        ("prove-database", 0),
        ("heads", 0),
        ("revision", 0),
        ("move-1", 2),
        ("revision-after", 0),
    ]
    assert (await on(engine, execution, schema)).execution.state is ExecutionState.DONE
    schema.backed_up(30)
    execution = await begin(engine, "production")
    assert [(s.id, s.level) for s in engine.execution(execution).plan.steps][2:5] == [
        ("prove-backup", 2),
        ("revision", 0),
        ("move-1", 3),
    ]
    assert (await on(engine, execution, schema)).execution.state is ExecutionState.DONE
    assert schema.outside.effects == ["staging: alembic upgrade d4", "production: alembic upgrade d4"]


async def test_what_staging_has_is_not_known(schema: FakeSchema, store: Store) -> None:
    schema.rows["staging"] = ("f6",)
    with pytest.raises(BlockedError, match="staging is at f6, which these files do not define"):
        await begin(engine_of(schema, store), "production")


async def test_the_order_is_looked_at_again_before_the_move(schema: FakeSchema, store: Store) -> None:
    schema.rows["staging"] = ("d4",)
    schema.backed_up(5)
    engine = engine_of(schema, store)
    execution = await begin(engine, "production")
    schema.rows["staging"] = ("c3",)
    standing = await engine.advance(execution)
    assert (standing.awaits, standing.record.step.id if standing.record else "") == (Awaits.GATE, "prove-database")
    assert "staging does not have d4 yet" in standing.sentence
    schema.rows["staging"] = ("d4",)
    assert (await engine.advance(execution)).awaits is Awaits.CONFIRMATION
    schema.rows["staging"] = ("c3",)
    standing = await on(engine, execution, schema)
    assert (standing.awaits, standing.record.step.id if standing.record else "") == (Awaits.GATE, "move-1")
    assert schema.outside.effects == []


async def test_the_end_waits_for_a_good_health(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    execution = await begin(engine, "staging")
    schema.outside.health["https://api-staging.strideiq.run/health"] = Level.CRITICAL
    standing = await on(engine, execution, schema)
    assert (standing.awaits, standing.sentence) == (Awaits.OUTSIDE, "staging health: redis degraded")
    schema.outside.health.clear()
    assert (await on(engine, execution, schema)).execution.state is ExecutionState.DONE


async def test_another_database_is_named_with_both_values(schema: FakeSchema, store: Store) -> None:
    schema.rows["staging"] = ("d4",)
    engine = engine_of(schema, store)
    execution = await begin(engine, "production")
    schema.identities["production"] = replace(schema.identities["production"], system_identifier="9")
    standing = await engine.advance(execution)
    assert standing.awaits is Awaits.GATE
    assert "the system identifier is 9; 3 is enrolled" in standing.sentence
    with pytest.raises(BlockedError, match="the system identifier is 9; 3 is enrolled"):
        await begin(engine, "production")
    assert schema.outside.effects == []


async def test_level_4_takes_the_word_the_database_and_ten_seconds(schema: FakeSchema, store: Store) -> None:
    schema.backed_up(5)
    engine = engine_of(schema, store)
    execution = await begin(engine, "production", direction="downgrade", target="a1")
    standing = await engine.advance(execution)
    assert (standing.awaits, standing.level, standing.word, standing.database) == (Awaits.CONFIRMATION, 4, "production", "strideiq")
    assert standing.record is not None
    assert standing.record.step.id == "move-1"
    plan = standing.execution.plan.fingerprint
    clock = schema.outside.clock
    early = await engine.advance(execution, Consent(plan=plan, word="production", database="strideiq"))
    assert (early.awaits, early.arms_in) == (Awaits.CONFIRMATION, 10.0), "too early"
    clock.seconds += 11
    for word, database in (("production", "staging"), ("prod", "strideiq"), ("production", "")):
        again = await engine.advance(execution, Consent(plan=plan, word=word, database=database))
        assert again.awaits is Awaits.CONFIRMATION
    assert schema.outside.effects == []
    done = await engine.advance(execution, Consent(plan=plan, word="production", database="strideiq"))
    assert schema.outside.effects == ["production: alembic downgrade b2"]
    assert done.record is not None
    assert done.record.step.id == "move-2", "each revision is confirmed on its own"
    assert "lost: drops a table: shoes" in [effect.sentence for effect in done.effects]
    assert "dies: 31,877 rows of shoes" in done.checked


async def test_a_stale_backup_is_followed_by_a_new_one_before_anything_moves(schema: FakeSchema, store: Store) -> None:
    schema.backed_up(40)
    engine = engine_of(schema, store)
    execution = await begin(engine, "production", direction="downgrade", target="b2")
    standing = await engine.advance(execution)
    assert (standing.awaits, standing.level) == (Awaits.CONFIRMATION, 2)
    assert "make a backup of production" in standing.effects[0].sentence
    assert any("is 40 min old; 15 min at most" in note for note in standing.checked)
    assert (await on(engine, execution, schema)).execution.state is ExecutionState.DONE
    assert schema.outside.effects == ["production: backup", "production: alembic downgrade b2"]
    assert engine.execution(execution).record("prove-backup").result["backup"] == "made-1"


async def test_a_backup_that_fails_holds_everything(schema: FakeSchema, store: Store) -> None:
    schema.backup_fails = "no space"
    engine = engine_of(schema, store)
    execution = await begin(engine, "production", direction="downgrade", target="b2")
    standing = await on(engine, execution, schema)
    assert standing.awaits is Awaits.OUTSIDE
    assert "is not listed yet" in standing.sentence
    assert schema.outside.effects == ["production: backup"]
    assert schema.rows["production"] == ("c3",)


async def test_a_small_backup_holds_everything(schema: FakeSchema, store: Store) -> None:
    schema.backed_up(120, size=4_000_000)
    schema.backed_up(5, size=20_000)
    engine = engine_of(schema, store)
    execution = await begin(engine, "production", direction="downgrade", target="b2")
    standing = await on(engine, execution, schema)
    assert standing.awaits is Awaits.GATE
    assert "has 20,000 bytes; the one before had 4,000,000" in standing.sentence
    assert schema.outside.effects == []


async def test_a_backup_that_expires_is_locked(schema: FakeSchema, store: Store) -> None:
    kept = schema.backed_up(5, expires_at=schema.outside.clock.now() + timedelta(days=5))
    engine = engine_of(schema, store)
    execution = await begin(engine, "production", direction="downgrade", target="b2")
    assert (await on(engine, execution, schema)).execution.state is ExecutionState.DONE
    assert schema.outside.effects == [f"production: lock {kept.id}", "production: alembic downgrade b2"]


async def test_files_that_differ_from_what_is_deployed_are_refused(schema: FakeSchema, store: Store) -> None:
    schema.rows["staging"] = ("d4",)
    edited = RevisionGraph.of(replace(one, digest="edited") if one.id == "b2" else one for one in GRAPH.revisions)
    schema.graphs[""] = edited
    schema.graphs[schema.outside.origin["main"]] = GRAPH
    engine = engine_of(schema, store)
    schema.backed_up(5)
    execution = await begin(engine, "production")
    standing = await on(engine, execution, schema)
    assert standing.awaits is Awaits.GATE
    assert "the work tree's migration files differ" in standing.sentence
    other = schema.outside.commit("feat: edited")
    schema.graphs[other] = edited
    with pytest.raises(BlockedError, match="which is deployed: b2"):
        await begin(engine, "production", files=other)
    assert schema.outside.effects == []


async def test_a_backup_that_has_grown_old_at_the_last_dialog_holds_the_move(schema: FakeSchema, store: Store) -> None:
    schema.backed_up(5)
    engine = engine_of(schema, store)
    execution = await begin(engine, "production", direction="downgrade", target="b2")
    assert (await engine.advance(execution)).level == 4
    schema.outside.clock.seconds += 12 * 3600
    standing = await on(engine, execution, schema)
    assert standing.awaits is Awaits.GATE
    assert "make a backup of production at the provider" in standing.sentence
    schema.backed_up(1)
    assert (await on(engine, execution, schema)).execution.state is ExecutionState.DONE
    assert schema.outside.effects == ["production: alembic downgrade b2"]


async def test_nobody_tells_what_is_deployed(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    schema.outside.deployments.clear()
    with pytest.raises(BlockedError, match="what the API of staging serves is not known"):
        await begin(engine, "staging")
    plan = await engine.plan("migrate", {"environment": "staging", "files": schema.outside.origin["staging"]})
    assert any("nobody compared the migration files with what is deployed" in note for note in plan.notes)
