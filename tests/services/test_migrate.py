"""Migrate over a schema in memory: what becomes of each ending, deaths at every point, two words at level 4, printing only."""

from __future__ import annotations

import pytest

from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.migration import Revision, UnclearFile
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Ending, Failure
from strideiq_console.domain.migration_repair import Repair, RepairKind
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.services.engine import Engine
from strideiq_console.services.record import Point
from strideiq_console.store.store import Store
from tests.services.fake_schema import GRAPH, FakeSchema, ended, engine_of
from tests.services.fakes import Crash, FakeOutside

MOVES = [f"local: alembic upgrade {one}" for one in ("b2", "c3", "d4")]
STEPS = ("prove-database", "heads", "revision", "move-1", "move-2", "move-3", "revision-after")


@pytest.fixture
def schema(outside: FakeOutside) -> FakeSchema:
    made = FakeSchema(outside)
    outside.push("main", outside.origin["main"])
    outside.push("staging", outside.origin["staging"])
    return made


async def begin(engine: Engine, environment: str = "local", **inputs: str) -> str:
    return (await engine.start(await engine.plan("migrate", {"environment": environment, **inputs}))).id


async def on(engine: Engine, execution: str, schema: FakeSchema, *, most: int = 40) -> Standing:
    """Go on, confirming all that is asked, as late as it must be, until something else is awaited."""
    consent = Consent()
    for _ in range(most):
        standing = await engine.advance(execution, consent)
        if standing.awaits is not Awaits.CONFIRMATION:
            return standing
        assert standing.record is not None
        schema.outside.clock.seconds += standing.arms_in
        consent = Consent(
            step=standing.record.step.id, effects=standing.fingerprint, word=standing.word, database=standing.database
        )
    raise AssertionError("no end")


async def test_three_revisions_go_up_one_process_each(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    execution = await begin(engine)
    assert [(s.id, s.level) for s in engine.execution(execution).plan.steps][3:6] == [("move-1", 1), ("move-2", 4), ("move-3", 1)]
    standing = await on(engine, execution, schema)
    assert standing.execution.state is ExecutionState.DONE, standing
    assert schema.outside.effects == MOVES
    assert schema.rows["local"] == ("d4",)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("point", list(Point))
async def test_a_death_at_any_point_never_runs_a_revision_twice(schema: FakeSchema, store: Store, step: str, point: Point) -> None:
    left = [True]

    def tracer(passed: Point, about: str) -> None:
        if (passed, about) == (point, step) and left:
            left.clear()
            raise Crash

    execution = await begin(engine_of(schema, store))
    for _ in range(3):
        try:
            standing = await on(engine_of(schema, store, trace=tracer), execution, schema)
        except Crash:
            continue
        break
    assert standing.execution.state is ExecutionState.DONE, standing
    assert schema.outside.effects == MOVES


@pytest.mark.parametrize("deed", MOVES)
async def test_a_death_right_after_alembic_is_adopted(schema: FakeSchema, store: Store, deed: str) -> None:
    died: list[str] = []

    def die(seen: str) -> BaseException | None:
        if seen == deed and not died:
            died.append(seen)
            return Crash()
        return None

    schema.outside.lose = die
    execution = await begin(engine_of(schema, store))
    with pytest.raises(Crash):
        await on(engine_of(schema, store), execution, schema)
    standing = await on(engine_of(schema, store), execution, schema)
    assert standing.execution.state is ExecutionState.DONE
    assert schema.outside.effects == MOVES


REPAIRS = (Repair(RepairKind.FINISH, "do what is missing", ("alembic stamp b2",)),)
HALF = ended(Ending.HALF_APPLIED, Failure.KILLED, leftovers=("table shoes exists",), repairs=REPAIRS)
BROKEN = ended(Ending.NOT_DONE, Failure.LOCK_TIMEOUT)


async def test_a_lock_timeout_fails_with_its_cause_and_may_be_tried_again(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    schema.endings = [BROKEN]
    execution = await begin(engine, target="b2")
    standing = await on(engine, execution, schema)
    assert standing.awaits is Awaits.CHOICE
    assert "another session held a lock" in standing.sentence
    await engine.retry(execution)
    assert (await on(engine, execution, schema)).execution.state is ExecutionState.DONE
    assert schema.outside.effects == MOVES[:1] * 2, "the first one was refused by the lock and changed nothing"


async def test_half_applied_names_what_is_left_and_the_choices(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    execution = await begin(engine, target="b2")
    schema.endings = [HALF]
    schema.looks = [ended(Ending.NOT_DONE, ran=False), HALF]
    standing = await on(engine, execution, schema)
    assert standing.awaits is Awaits.CHOICE
    assert "table shoes exists" in standing.sentence
    assert "alembic stamp b2" in standing.sentence
    schema.looks = [HALF]
    await engine.retry(execution)
    standing = await engine.advance(execution)
    assert standing.awaits is Awaits.GATE, "what is left behind is not run over"
    assert schema.outside.effects == MOVES[:1]


async def test_an_alembic_that_outlived_its_console_is_waited_for(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    execution = await begin(engine, target="b2")
    unknown = ended(Ending.UNKNOWN, said="an alembic that was started earlier still runs")
    schema.endings, schema.looks = [unknown], [ended(Ending.NOT_DONE, ran=False), *[unknown] * 6]
    standing = await on(engine, execution, schema)
    assert (standing.awaits, standing.record.state if standing.record else "") == (Awaits.CHOICE, "intended")
    assert "still runs" in standing.sentence
    schema.looks, schema.rows["local"] = [], ("b2",)
    assert (await on(engine, execution, schema)).execution.state is ExecutionState.DONE
    assert schema.outside.effects == MOVES[:1]


async def test_a_schema_that_somebody_moved_has_diverged(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    execution = await begin(engine, target="b2")
    schema.rows["local"] = ("c3",)
    standing = await on(engine, execution, schema)
    assert (standing.awaits, standing.record.step.id if standing.record else "") == (Awaits.COMPARISON, "revision")
    assert all(word in standing.sentence for word in ("planned", "expected: a1", "actual: c3"))
    assert schema.outside.effects == []


async def test_only_printed_waits_until_a_person_has_run_it(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store, execute="print")
    execution = await begin(engine, target="b2")
    standing = await engine.advance(execution)
    assert standing.awaits is Awaits.OUTSIDE
    assert "run this by hand in apps/api: alembic upgrade b2" in standing.sentence
    schema.rows["local"] = ("b2",)
    assert (await engine.advance(execution)).execution.state is ExecutionState.DONE
    assert schema.outside.effects == []


async def test_an_edited_file_is_not_what_was_planned(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    execution = await begin(engine, target="b2")
    changed = [Revision("b2", ("a1",), "b2.py", digest="other") if one.id == "b2" else one for one in GRAPH.revisions]
    schema.graphs[""] = RevisionGraph.of(changed)
    standing = await on(engine, execution, schema)
    assert standing.awaits is Awaits.COMPARISON
    assert "b2.py has changed since it was planned" in standing.sentence


async def test_two_heads_are_named_with_their_files_and_nothing_is_planned(schema: FakeSchema, store: Store) -> None:
    files = [*GRAPH.revisions, Revision("e5", ("c3",), "e5.py")]
    schema.graphs[""] = RevisionGraph.of(files, [UnclearFile("draft.py", "Python cannot read it", 8)])
    with pytest.raises(BlockedError) as caught:
        await begin(engine_of(schema, store))
    assert all(word in caught.value.sentence() for word in ("d4 (d4.py)", "e5 (e5.py)", "draft.py:8", "alembic merge -m"))


async def test_words_are_translated_to_names_and_nonsense_is_refused(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    schema.rows["local"] = ("d4",)
    plan = await engine.plan("migrate", {"environment": "local", "direction": "downgrade", "target": "-1"})
    assert [s.values["target"] for s in plan.steps if "target" in s.values] == ["c3"]
    assert "strideiq rollback" in plan.notes[0]
    for words in ({"direction": "downgrade"}, {"target": "zzzz"}):
        with pytest.raises(UsageError):
            await engine.plan("migrate", {"environment": "local", **words})
    with pytest.raises(BlockedError, match="nothing to upgrade"):
        await engine.plan("migrate", {"environment": "local"})


async def test_what_loses_nothing_is_taken_back_and_the_rest_is_not(schema: FakeSchema, store: Store) -> None:
    engine = engine_of(schema, store)
    execution = await begin(engine, target="d4")
    schema.outside.lose = lambda effect: Crash() if effect == MOVES[2] else None
    with pytest.raises(Crash):
        await on(engine, execution, schema)
    schema.outside.lose = lambda effect: None
    await engine.undo(execution)
    standing = await engine.advance(execution)
    kept = {r.step.id: r.reason for r in standing.execution.records if r.state == "kept"}
    assert "taking it back drops a table: shoes" in kept["move-1"]
    assert schema.outside.effects == [*MOVES, "local: alembic downgrade c3", "local: alembic downgrade b2"]
    assert schema.rows["local"] == ("b2",)
