"""The runbook screen's texts: steps, the current step, what is awaited with its keys, plans and confirmations."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from strideiq_console.domain.runbook.execution import EntryKind, StepState
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.domain.runbook.standing import Awaits
from strideiq_console.presentation import execution as screen
from strideiq_console.presentation.cell import plain
from strideiq_console.presentation.draw import table_lines, width
from strideiq_console.presentation.execution_json import awaits_json, execution_json, plan_json
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from tests.presentation.facts import NOW
from tests.presentation.plans import MERGE, execution, plan, standing, up_to


def words(lines) -> str:
    return "\n".join(plain(line) for line in lines)


def step_rows(made, marks=UNICODE) -> dict[str, list[str]]:
    return {row.key: [cell.text for cell in row.cells] for row in screen.steps(made, NOW, marks).rows}


def test_steps_show_mark_number_title_result_and_time() -> None:
    rows = step_rows(up_to("checks", ("checks", EntryKind.WAITING, {"detail": "backend-test is running"})))
    assert rows["fetch"] == ["✔", "1", "fetch main", "", "0:10"]
    assert rows["branch"][2:4] == ["branch hotfix/fix-auth-crash", "a1b2c3d"]
    assert rows["fix"][3] == "8c1f2e0"
    assert rows["pr-main"][3] == "#44"
    assert rows["checks"][0] == "◐"
    assert rows["checks"][3] == "waiting"
    assert rows["merge-main"][0] == "▲"
    assert rows["merge-main"][3] == "production"
    assert rows["verify"][0] == "○"
    table = screen.steps(up_to("checks"), NOW, UNICODE)
    assert table.footer == f"8 of {len(plan().steps)}"
    assert next(row.url for row in table.rows if row.key == "pr-main").endswith("/pull/44")


def test_the_steps_fit_the_left_panel() -> None:
    for line in table_lines(screen.steps(up_to("checks"), NOW, ASCII), 39, titles=False):
        assert width(plain(line)) == 39


@pytest.mark.parametrize(
    ("kind", "data", "mark", "note"),
    [
        (EntryKind.INTENDED, {}, "?", "in doubt"),
        (EntryKind.FAILED, {"reason": "no"}, "✖", "failed"),
        (EntryKind.DIVERGED, {"reason": "no"}, "▲", "diverged"),
        (EntryKind.SKIPPED, {"reason": "no need"}, "–", "skipped"),
        (EntryKind.DONE, {"result": {}, "adopted": True}, "✔", "adopted"),
    ],
)
def test_each_state_has_a_mark_and_a_word(kind: EntryKind, data: dict, mark: str, note: str) -> None:
    row = step_rows(up_to("push", ("push", kind, data)))["push"]
    assert (row[0], row[3]) == (mark, note)


def test_every_step_state_can_be_drawn() -> None:
    record = up_to("push").record("push")
    for state in StepState:
        from dataclasses import replace

        assert screen.step_glyph(replace(record, state=state), UNICODE).text


def test_the_headline_counts_against_the_severity() -> None:
    made = execution(started=NOW - timedelta(minutes=9))
    assert screen.headline(made, NOW) == "Workflow: hotfix fix-auth-crash · P1 · started 14:01 · 9 of 15 min"
    late = execution(started=NOW - timedelta(minutes=16))
    assert screen.headline(late, NOW).endswith("16 of 15 min, over time")


def test_the_current_step_says_why_what_and_the_exact_command() -> None:
    at = standing(
        up_to("merge-staging"), Awaits.CONFIRMATION, effects=(Effect("merge #43 into staging", MERGE),), fingerprint="f", level=2
    )
    text = words(screen.current(at, NOW, UNICODE))
    assert screen.current_title(at) == "10 merge to staging"
    assert text.startswith("Why: Merging deploys to staging by itself.")
    assert "  merge #43 into staging" in text
    assert f"  {MERGE}" in text
    assert "What was run\n  ran fetch" in text


def test_a_gate_lists_every_reason_at_once() -> None:
    at = standing(up_to("gates"), Awaits.GATE, sentence="held", reasons=("lint is red", "staging is not verified"))
    text = words(screen.current(at, NOW, UNICODE))
    assert "▲ lint is red" in text
    assert "▲ staging is not verified" in text


def test_waiting_shows_each_part_of_the_detail() -> None:
    made = up_to("checks", ("checks", EntryKind.WAITING, {"detail": "backend-test is running; frontend-lint is queued"}))
    text = words(screen.current(standing(made, Awaits.OUTSIDE), NOW, UNICODE))
    assert "◐ backend-test is running\n◐ frontend-lint is queued" in text


@pytest.mark.parametrize("awaits", list(Awaits))
def test_every_standing_says_what_is_awaited_and_which_key_goes_on(awaits: Awaits) -> None:
    at = standing(up_to("push"), awaits, undoable=True)
    assert screen.awaited(at)
    keys = dict(screen.keys(at))
    assert keys["esc"] == "back"
    assert keys["z"] == "undo"
    assert screen.bottom(at).startswith(screen.awaited(at))


def test_waiting_for_the_outside_tells_that_the_console_may_be_closed() -> None:
    at = standing(up_to("checks"), Awaits.OUTSIDE, sentence="waiting for Railway")
    assert screen.awaited(at) == "waiting for Railway; q leaves, u resumes"


def test_an_ended_execution_has_nothing_left() -> None:
    from strideiq_console.domain.runbook.standing import Standing

    made = execution(("", EntryKind.ABANDONED, {"reason": "not needed"}))
    at = Standing(made, Awaits.NOTHING)
    assert screen.awaited(at) == "abandoned: nothing is left to do"
    assert screen.keys(at) == (("esc", "back"),)
    assert "not needed" in words(screen.current(at, NOW, UNICODE))


def test_a_level_three_confirmation_has_all_four_parts_and_the_word() -> None:
    at = standing(
        up_to("merge-main"),
        Awaits.CONFIRMATION,
        effects=(Effect("merge #44 into main", MERGE), Effect("serve real users in about 2 min")),
        level=3,
        word="production",
        fingerprint="f",
    )
    assert screen.confirm_title(at) == "Merge to main → PRODUCTION"
    text = words(screen.confirm_lines(at))
    for part in (
        "This will",
        "merge #44 into main",
        "serve real users",
        "Checked just now",
        "Undo",
        "Command",
        MERGE,
        "Type production",
    ):
        assert part in text


def test_every_deed_says_how_it_is_taken_back() -> None:
    looking = {Verb.ASK, Verb.AWAIT_CHECKS, Verb.AWAIT_DEPLOYMENT, Verb.CHECK_GATES, Verb.CHECK_PROTECTION, Verb.CHECK_HEADS}
    looking |= {Verb.CHECK_REVISION, Verb.CHECK_VERSION, Verb.COMPOSE_NOTES, Verb.LIST_RIDERS, Verb.PROVE_DATABASE}
    assert set(Verb) - looking == set(screen.UNDO), "and what only looks needs none"


def test_a_plan_shows_every_step_with_level_sentence_and_command() -> None:
    text = words(screen.plan_lines(plan()))
    assert plan().fingerprint in text
    for step in plan().steps:
        assert f"do {step.id}" in text
        assert f"command of {step.id}" in text
    assert "level 3: asks for a typed word in production" in text


def test_the_plan_as_json_is_the_documented_shape() -> None:
    document = json.loads(json.dumps(plan_json(plan())))
    assert set(document) >= {"schema", "runbook", "title", "fingerprint", "facts", "steps"}
    assert document["fingerprint"] == plan().fingerprint
    step = document["steps"][0]
    assert set(step) >= {"id", "title", "level", "environment", "question", "effects"}
    assert step["effects"] == [{"sentence": "do fetch", "command": "command of fetch"}]


def test_an_execution_as_json_is_the_documented_shape() -> None:
    made = up_to("push", ("push", EntryKind.FAILED, {"reason": "refused"}))
    document = json.loads(json.dumps(execution_json(made)))
    assert set(document) >= {"id", "runbook", "title", "state", "created", "steps"}
    assert document["state"] == "failed"
    push = next(step for step in document["steps"] if step["id"] == "push")
    assert set(push) >= {"id", "title", "state", "reason", "result", "adopted"}
    assert push["reason"] == "refused"
    assert awaits_json(standing(made, Awaits.CHOICE, sentence="refused"))["awaits"] == "choice"
