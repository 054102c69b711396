"""What can be gone back to as a table and as JSON; a pin in the verdict, the row, the preview and the document."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.pin import JobState, Pin, ServingJob
from strideiq_console.domain.policy.rollback.candidates import Candidate, ComponentTarget
from strideiq_console.domain.reading import Level
from strideiq_console.presentation import environments, rollback
from strideiq_console.presentation.environments_json import environments_json
from strideiq_console.presentation.glyphs import ASCII
from strideiq_console.presentation.verdict import verdict
from tests.presentation.facts import MAIN, NOW, ago, calm, reading, sha

BEFORE = sha("b0b0b0b")
CAN = ComponentTarget("web", "vercel", "dpl_1", True, "", NOW + timedelta(hours=50))
GONE = ComponentTarget("api", "railway", "dep_1", False, "railway no longer keeps it")
UNSAID = replace(GONE, why="railway does not say")
LIVE = Candidate(MAIN, "feat: now", ago(hours=1), (), 0, 0, live=True)


def words(found: Candidate) -> str:
    (row,) = rollback.candidates_table((found,), NOW, ASCII).rows
    return " | ".join(cell.text for cell in row.cells)


def test_a_candidate_says_how_far_back_it_is_and_which_provider_can() -> None:
    text = words(Candidate(BEFORE, "feat: then", ago(days=3), (CAN, GONE), 4, 1))
    for part in (BEFORE[:7], "4 commits, 1 migr.", "can", "left", "railway no longer keeps it", "feat: then"):
        assert part in text
    assert "live" in words(LIVE)


def test_what_is_not_known_is_said_so_and_null() -> None:
    found = Candidate(BEFORE, "", None, (UNSAID,))
    text = words(found)
    assert "? commits, ? migr." in text
    assert "unknown" in text
    assert f"{ASCII.unknown} railway does not say" in text
    document = rollback.candidates_json((found,))["candidates"][0]
    assert (document["commits"], document["migrations"], document["at"]) == (None, None, None)
    assert rollback.candidates_table((), NOW, ASCII).notice


def held(pinned: bool | None, provider: str = "vercel", component: str = "web"):
    job = ServingJob("rollback", JobState.DONE, "dpl_1", at=ago(minutes=12))
    pin = Pin("production", component, pinned, "dpl_1", job, "the provider does not say")
    return replace(calm(), pins={provider: reading(provider, (pin,), seen=ago(hours=9), period=300)})


@pytest.mark.parametrize("narrow", [True, False])
def test_a_pin_stands_in_verdict_row_preview_and_document_also_when_its_reading_is_old(narrow: bool) -> None:
    facts = held(True)
    found = verdict(facts, NOW)
    assert found.level is Level.WARNING
    assert f"pinned: web to {MAIN[:7]} since 12 min ago" in found.sentence
    assert "New pushes do not go live: strideiq rollback promote lifts it." in found.sentence
    row = next(r for r in environments.table(facts, NOW, ASCII, narrow=narrow).rows if r.key == "production")
    assert any("pinned" in cell.text for cell in row.cells)
    preview = "\n".join("".join(cell.text for cell in line) for line in environments.detail(facts, "production", NOW, ASCII))
    assert "new pushes do not go live" in preview
    document = next(e for e in environments_json(facts, NOW) if e["name"] == "production")
    assert (document["pinned"], document["live"]["web"]["pinned"]) == (True, True)


def test_a_pin_that_nobody_can_tell_is_unknown_and_not_false() -> None:
    facts = held(None)
    document = next(e for e in environments_json(facts, NOW) if e["name"] == "production")
    assert (document["pinned"], document["live"]["web"]["pinned"]) == (None, None)
    preview = "\n".join("".join(cell.text for cell in line) for line in environments.detail(facts, "production", NOW, ASCII))
    assert "whether it is pinned is not known: the provider does not say" in preview


def test_held_deploys_are_told_in_their_own_words() -> None:
    assert "api: no push deploys it" in verdict(held(True, "railway", "api"), NOW).sentence


def test_without_a_pin_the_calm_sentence_stays() -> None:
    assert verdict(held(False), NOW).sentence == verdict(calm(), NOW).sentence
