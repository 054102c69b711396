"""The fold and the state machine: the journal alone decides the next move."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import (
    Entry,
    EntryKind,
    ExecutionState,
    MoveKind,
    StepState,
    next_move,
)
from strideiq_console.domain.runbook.model import REFERENCE, Effect, Plan, Verb, effects_fingerprint, fill, step, unknown
from strideiq_console.domain.runbook.replay import replay

AT = datetime(2026, 1, 9, 2, 10, tzinfo=UTC)
PLAN = Plan(
    "hotfix",
    "hotfix x",
    (("slug", "x"),),
    (("repository", "acme/strideiq"),),
    ("acme/strideiq:staging",),
    (
        step("one", Verb.FETCH, "one", "why"),
        step("two", Verb.PUSH, "two", "why", level=2, head="{one.main}"),
        step("three", Verb.MERGE, "three", "why", level=3),
    ),
    AT,
)


def after(*kinds: tuple[EntryKind, str] | tuple[EntryKind, str, dict]):
    entries = [Entry(i, AT + timedelta(seconds=i), k[0], k[1], k[2] if len(k) > 2 else {}) for i, k in enumerate(kinds)]
    return replay("id", PLAN, AT, entries)


K = EntryKind


@pytest.mark.parametrize(
    ("entries", "kind", "about", "state"),
    [
        ([], MoveKind.BEGIN, "one", ExecutionState.RUNNING),
        ([(K.INTENDED, "one")], MoveKind.RESOLVE, "one", ExecutionState.RUNNING),
        ([(K.INTENDED, "one"), (K.DONE, "one")], MoveKind.BEGIN, "two", ExecutionState.RUNNING),
        ([(K.WAITING, "one")], MoveKind.LOOK, "one", ExecutionState.WAITING),
        ([(K.INTENDED, "one"), (K.FAILED, "one")], MoveKind.CHOOSE, "one", ExecutionState.FAILED),
        ([(K.DIVERGED, "one")], MoveKind.COMPARE, "one", ExecutionState.DIVERGED),
        ([(K.FAILED, "one"), (K.RETRIED, "one")], MoveKind.BEGIN, "one", ExecutionState.RUNNING),
        ([(K.FAILED, "one"), (K.SKIPPED, "one")], MoveKind.BEGIN, "two", ExecutionState.RUNNING),
        ([(K.DONE, "one"), (K.DONE, "two"), (K.DONE, "three")], MoveKind.FINISH, "", ExecutionState.RUNNING),
        ([(K.DONE, s) for s in ("one", "two", "three")] + [(K.FINISHED, "")], MoveKind.REST, "", ExecutionState.DONE),
        ([(K.DONE, "one"), (K.UNDO_REQUESTED, "")], MoveKind.COMPENSATE, "one", ExecutionState.UNDOING),
        ([(K.DONE, "one"), (K.INTENDED, "two"), (K.UNDO_REQUESTED, "")], MoveKind.RESOLVE, "two", ExecutionState.UNDOING),
        ([(K.DONE, "one"), (K.UNDO_REQUESTED, ""), (K.UNDO_INTENDED, "one")], MoveKind.RESOLVE_UNDO, "one", ExecutionState.UNDOING),
        ([(K.DONE, "one"), (K.UNDO_REQUESTED, ""), (K.UNDONE, "one")], MoveKind.FINISH_UNDO, "", ExecutionState.UNDOING),
        (
            [(K.DONE, "one"), (K.UNDO_REQUESTED, ""), (K.NOT_UNDOABLE, "one"), (K.FINISHED, "")],
            MoveKind.REST,
            "",
            ExecutionState.UNDONE,
        ),
        ([(K.ABANDONED, "")], MoveKind.REST, "", ExecutionState.ABANDONED),
    ],
)
def test_the_table_of_moves(entries, kind: MoveKind, about: str, state: ExecutionState) -> None:
    execution = after(*entries)
    move = next_move(execution)
    assert (move.kind, move.step) == (kind, about)
    assert execution.state is state


def test_a_confirmation_is_used_up_by_the_intention() -> None:
    confirmed = after((K.OFFERED, "one", {"fingerprint": "f", "wall": 1.0}), (K.CONFIRMED, "one", {"fingerprint": "f"}))
    assert confirmed.record("one").confirmed == "f"
    intended = after((K.CONFIRMED, "one", {"fingerprint": "f"}), (K.INTENDED, "one", {"observed": {"sha": "x"}}))
    assert intended.record("one").confirmed == ""
    assert intended.record("one").observed == {"sha": "x"}


def test_a_failed_effect_of_unknown_fate_is_resolved_before_it_is_undone() -> None:
    execution = after((K.INTENDED, "one", {"observed": {"sha": "x"}}), (K.FAILED, "one"), (K.UNDO_REQUESTED, ""))
    assert next_move(execution).kind is MoveKind.RESOLVE


def test_results_fill_in_later_arguments() -> None:
    execution = after((K.DONE, "one", {"result": {"main": "abc"}}))
    assert fill("{one.main}", {}, execution.results) == "abc"
    assert fill("x/{slug}", {"slug": "y"}, {}) == "x/y"
    waiting = fill("{one.main}", {}, {})
    assert waiting == "‹main of one›"
    assert unknown(waiting)


def test_the_fingerprint_covers_what_is_approved_and_not_the_time() -> None:
    from dataclasses import replace

    digits = PLAN.fingerprint
    assert replace(PLAN, made_at=AT + timedelta(days=1), notes=("n",)).fingerprint == digits
    assert replace(PLAN, facts=(("repository", "acme/other"),)).fingerprint != digits
    louder = replace(PLAN.steps[2], effects=(Effect("merge", "PUT /x"),))
    assert replace(PLAN, steps=(*PLAN.steps[:2], louder)).fingerprint != digits
    assert effects_fingerprint((Effect("a", "b"),)) != effects_fingerprint((Effect("a", "c"),))


@given(st.lists(st.tuples(st.sampled_from(list(EntryKind)), st.sampled_from(["", "one", "two", "three"])), max_size=40))
def test_any_journal_folds_and_has_one_next_move(kinds) -> None:
    execution = after(*kinds)
    move = next_move(execution)
    assert isinstance(execution.state, ExecutionState)
    if move.step:
        assert execution.record(move.step).state is not StepState.SKIPPED
    assert next_move(execution) == move
    assert execution.entries == len(kinds)


BRANCHES = {"main-branch", "staging-branch"}
FACTS = {
    "protect": {*BRANCHES, "main-rules", "staging-rules", "approvals-main", "bot"},
    "release": {*BRANCHES, "release", "branch", "commit", "since", "after"},
    "update": {*BRANCHES, "number", "base", "branch", "head"},
    "rerun": {*BRANCHES, "run-id", "attempt", "sha", "name", "jobs"},
    "cancel-run": {*BRANCHES, "run-id", "attempt", "sha", "name"},
    "dispatch": {*BRANCHES, "sha", "branch"},
    "reopen": {*BRANCHES, "number", "head"},
    "reland": {*BRANCHES, "main", "branch-name", "revert-commit", "revert-parent", "subject"},
}
"""What a plan knows beside its inputs, where a runbook has a study of its own."""


def test_every_runbook_is_sound() -> None:
    for name, runbook in RUNBOOKS.items():
        assert name == runbook.name
        ids = [s.id for s in runbook.steps]
        assert len(ids) == len(set(ids))
        inputs = {i.name for i in runbook.inputs} | FACTS.get(name, {"worktree", "main-branch", "staging-branch"})
        seen: set[str] = set()
        for one in runbook.steps:
            for text in (*one.values.values(), one.title, one.question):
                for match in REFERENCE.finditer(text):
                    assert match[1] in (seen if match[2] else inputs), (one.id, match[0])
            seen.add(one.id)
