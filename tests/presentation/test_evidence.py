"""Evidence: the golden report, the keys that scripts rely on, every state, and texts that would rather be markup."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from strideiq_console.domain.audit import Chain, Difference
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.runbook.execution import EntryKind as K
from strideiq_console.domain.untrusted import is_raw
from strideiq_console.presentation.evidence import document
from strideiq_console.presentation.evidence_markdown import markdown
from tests.presentation.evidences import MERGED, NOW, REQUEST, SHA, T0, WHOLE, evidence, plan

GOLDEN = Path(__file__).with_name("golden_evidence.md")
BEGUN = WHOLE[:1]


def facts(*rows: Any, **more: Any) -> dict[str, Any]:
    return document(evidence(*rows, **more), NOW)


def test_the_report_is_the_golden_one() -> None:
    assert markdown(facts(*WHOLE)) == GOLDEN.read_text(encoding="utf-8")


def test_the_document_keeps_its_keys_and_is_json() -> None:
    whole = facts(*WHOLE)
    assert json.loads(json.dumps(whole)) == whole
    assert whole["schema"] == "strideiq.evidence/1"
    assert list(whole) == [
        *("schema", "exported", "execution", "plan", "clock", "confirmations", "decisions", "faults", "gates", "verifications"),
        *("undone", "steps", "audit"),
    ]
    assert set(whole["steps"][0]) == {
        *("id", "verb", "title", "why", "level", "environment", "question", "planned", "state", "adopted", "by_hand", "started"),
        "ended",
        *("seconds", "waited_seconds", "waits", "commands", "observed", "result", "reason", "events"),
    }
    assert set(whole["confirmations"][0]) == {
        *("at", "who", "kind", "step", "title", "level", "environment", "word", "fingerprint", "shown", "effects", "question"),
        *("answer", "database", "entry"),
    }
    assert whole["execution"]["created"] == "2026-01-20T14:00:00+00:00"


def test_what_was_confirmed_by_whom_with_which_word() -> None:
    approved, confirmed = facts(*WHOLE)["confirmations"]
    assert (approved["kind"], approved["who"], approved["fingerprint"]) == ("approved", "founder", plan().fingerprint)
    assert (confirmed["level"], confirmed["word"], confirmed["who"]) == (3, "production", "founder")
    assert confirmed["shown"] == "2026-01-20T14:02:05+00:00"
    assert confirmed["effects"] == [{"sentence": "merge #44", "command": REQUEST}]


def test_a_journal_without_the_word_says_where_it_belonged() -> None:
    old = {"fingerprint": "e1", "level": 3, "effects": []}
    made = facts(*BEGUN, (5, "merge-main", K.CONFIRMED, old))
    assert made["confirmations"][1]["word"] is None
    assert "by typing the word of production" in markdown(made)


def test_the_gates_are_kept_with_the_merge_and_their_age() -> None:
    (snapshot,) = facts(*WHOLE)["gates"]
    assert (snapshot["merge"], snapshot["merge_sha"], snapshot["age_seconds"]) == ("merge-main", MERGED, 20.0)
    assert [(gate["standing"], gate["passed"]) for gate in snapshot["gates"]] == [("manual", True), ("none", None)]
    (waiting,) = facts(*WHOLE[:6])["gates"]
    assert (waiting["merge_sha"], waiting["age_seconds"]) == (None, None)


def test_the_clock_of_the_severity_runs_until_the_end_or_now() -> None:
    assert facts(*WHOLE)["clock"] == {"severity": "P1", "limit_seconds": 900.0, "spent_seconds": 142.0, "over": False}
    unfinished = facts(*BEGUN)
    assert unfinished["clock"]["over"] is True
    assert "- **Time**: 1:00:00 so far of 15 min (P1), over time" in markdown(unfinished)
    assert "- **Ended**: not yet" in markdown(unfinished)
    calm = replace(plan(), inputs=())
    assert facts(*BEGUN, of=calm)["clock"]["over"] is None


def test_what_is_still_awaited_counts_until_now() -> None:
    step = facts(*BEGUN, (60, "checks", K.WAITING, {"detail": "3/4"}))["steps"][0]
    assert (step["state"], step["waited_seconds"], step["seconds"]) == ("waiting", 3540.0, None)


@pytest.mark.parametrize(
    ("rows", "state", "words"),
    [
        ([], "running", "running"),
        ([(9, "checks", K.DIVERGED, {"reason": "the head moved."})], "diverged", "diverged: the head moved."),
        ([(9, "checks", K.FAILED, {"reason": "red.", "next_step": "Push."})], "failed", "failed: red. Push."),
        ([(9, "", K.ABANDONED, {"reason": "not needed"})], "abandoned", "abandoned: not needed"),
        ([(9, "", K.UNDO_REQUESTED, {})], "undoing", "undo requested"),
    ],
)
def test_every_state_is_exported(rows: list[Any], state: str, words: str) -> None:
    made = facts(*BEGUN, *rows)
    assert made["execution"]["state"] == state
    assert words in markdown(made)


def test_what_was_taken_back_and_what_was_kept() -> None:
    rows = (
        *WHOLE[:10],
        (200, "", K.UNDO_REQUESTED, {}),
        (201, "merge-main", K.NOT_UNDOABLE, {"sentence": "a merge stays: revert it"}),
        (202, "gates", K.UNDO_INTENDED, {"commands": ["git undo"]}),
        (203, "gates", K.UNDONE, {"sentence": "withdrew it"}),
        (204, "checks", K.UNDO_FAILED, {"reason": "GitHub did not answer."}),
        (205, "", K.FINISHED, {}),
    )
    made = facts(*rows)
    assert made["execution"]["state"] == "undone"
    assert [(one["step"], one["kind"]) for one in made["undone"]] == [
        ("merge-main", "not undoable"),
        ("gates", "undone"),
        ("checks", "undo failed"),
    ]
    assert made["undone"][1]["commands"] == ["git undo"]
    assert "undone: withdrew it (`git undo`)" in markdown(made)
    assert made["faults"][-1]["reason"] == "GitHub did not answer."


def test_a_broken_chain_is_said_and_does_not_hide_the_rest() -> None:
    broken = Chain(2, T0, T0, "a" * 64, "audit row 3 is missing", 3, (Difference("row", "3", "4"),))
    report = markdown(facts(*WHOLE, chain=broken))
    assert "The chain is broken: audit row 3 is missing." in report
    assert "- row: expected `3`, found `4`" in report
    assert "## Confirmations" in report


HOSTILE = (
    "x\x1b]0;owned\x07\x1b[2J\u202eevil\u200b\r",
    "[a](https://evil.example) ![b](x) <script>alert(1)</script> <https://evil.example> https://evil.example www.evil.example",
    "# head\n## head\n- item\n\n```\ncode\n```\n---\n| a | b |",
    "`tick` ``two`` ```three``` *bold* __bold__ ~~gone~~ &lt;b&gt; \\",
    "1. one",
    "- - one",
    "+ one\n===",
    "``",
    "https://evil.example/`) <b>[x](y)",
    "[x]: https://evil.example",
)


def everywhere(text: str) -> str:
    """Return the report of an execution whose every text is ``text``."""
    gate = {"name": text, "passed": "maybe", "standing": text, "detail": text, text: text}
    given = {"result": {text: text, "url": text, "deep": [{text: [text]}], "gates": [gate]}}
    of = replace(plan(title=text, why=text, note=text, step=text), inputs=(("slug", text), (text, text)), runbook=text)
    rows = (
        (0, "", K.APPROVED, {"fingerprint": text}),
        (1, "merge-main", K.ANSWERED, {"answer": text, "question": text}),
        (2, "merge-main", K.CONFIRMED, {"fingerprint": text, "level": 3, "word": text, "effects": [[text, text]]}),
        (3, "merge-main", K.INTENDED, {"observed": {text: text}, "commands": [text]}),
        (4, "merge-main", K.WAITING, {"detail": text}),
        (5, "merge-main", K.FAILED, {"reason": text}),
        (6, "merge-main", K.DONE, given),
        (7, "tidy", K.SKIPPED, {"reason": text}),
        (8, "merge-main", K.UNDO_INTENDED, {"commands": [text]}),
        (9, "merge-main", K.NOT_UNDOABLE, {"sentence": text}),
        (10, "", K.ABANDONED, {"reason": text}),
    )
    broken = Chain(1, T0, T0, text, text, 2, (Difference(text, text, text),))
    made = replace(evidence(*rows, chain=broken, of=of, who=text), verifications=(Verification(SHA, text, T0, text),))
    return markdown(document(made, NOW))


def shape(report: str) -> list[str]:
    """Return what Markdown makes of a report: the kinds of its parts, without their texts."""
    kinds: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(report):
        inner = [child.type for child in token.children or () if child.type != "text"]
        kinds += [f"{token.type}{token.tag}", *inner]
    return kinds


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_becomes_markup_or_reaches_a_terminal_raw(text: str) -> None:
    report = everywhere(text)
    assert shape(report) == shape(everywhere("calm"))
    assert not [char for char in report.replace("\n", "") if is_raw(char)]


def test_steps_confirmed_together_were_shown_at_the_first_of_them() -> None:
    first, second = plan().steps[0].id, plan().steps[1].id
    together = {"level": 3, "effects": [["roll back web", ""]], "word": "production", "offer": "g1"}
    made = facts(
        *BEGUN,
        (5, first, K.OFFERED, {"fingerprint": "g1", "wall": 1.0}),
        (9, first, K.CONFIRMED, {**together, "fingerprint": "e1"}),
        (9, second, K.CONFIRMED, {**together, "fingerprint": "e2"}),
    )
    assert [one["shown"] for one in made["confirmations"][1:]] == ["2026-01-20T14:00:05+00:00"] * 2


def test_what_was_filled_in_and_what_was_done_by_hand_is_told() -> None:
    step = plan().steps[0].id
    entry = {"answer": "", "question": "", "entry": {"override": "the gate is broken, [not] the code"}}
    made = facts(*BEGUN, (5, step, K.ANSWERED, entry), (6, step, K.MARKED, {"reason": "done at GitHub", "result": {"sha": SHA}}))
    assert made["confirmations"][1]["entry"] == entry["entry"]
    assert (made["steps"][0]["by_hand"], made["steps"][0]["state"]) == ("done at GitHub", "done")
    text = markdown(made)
    assert "filled in (override: the gate is broken, \\[not\\] the code)" in text
    assert "marked as done by hand: done at GitHub" in text
