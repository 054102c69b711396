"""A panel, ``show NOUN`` and ``glance --json`` show the same rows, whatever the facts are."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from strideiq_console.domain.facts import Facts
from strideiq_console.presentation import glance
from strideiq_console.presentation.cell import plain
from strideiq_console.presentation.draw import table_lines, width
from strideiq_console.presentation.glyphs import UNICODE
from strideiq_console.presentation.nouns import NOUNS

from .facts import NOW, bare, calm
from .measured_facts import whole
from .plans import up_to

FACTS: dict[str, Callable[[], Facts]] = {
    "calm": calm,
    "bare": bare,
    "whole": whole,
    "slow and wrong": lambda: whole(error_rate=0.072, p99=2400.0),
    "unfinished": lambda: calm(executions=(up_to("push"),)),
}
IN_GLANCE = {
    "environments": "environments",
    "branches": "branches",
    "ci": "ci",
    "metrics": "metrics",
    "alerts": "alerts",
    "history": "executions",
}


def key_of(name: str, item: dict[str, Any]) -> str:
    return str(item["name"] if name in ("environments", "branches") else item.get("key") or item["id"])


def rows_of(name: str, facts: Facts) -> list[str]:
    return [
        row.key
        for row in NOUNS[name].table(facts, NOW, UNICODE).rows
        if row.key != "total" and not row.key.startswith(("check/", "pull/", "sum/"))
    ]


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("name", NOUNS)
def test_the_document_has_the_rows_of_the_table(name: str, facts: str) -> None:
    known = FACTS[facts]()
    found = json.loads(json.dumps(NOUNS[name].as_json(known, NOW)))
    assert (found["schema"], found["noun"]) == ("strideiq.show/1", name)
    assert sorted(key_of(name, item) for item in found["items"]) == sorted(rows_of(name, known))


@pytest.mark.parametrize("facts", FACTS)
@pytest.mark.parametrize("name", IN_GLANCE)
def test_the_glance_has_the_same_items(name: str, facts: str) -> None:
    known = FACTS[facts]()
    alone = json.loads(json.dumps(NOUNS[name].as_json(known, NOW)))["items"]
    together = json.loads(json.dumps(glance.as_json(known, NOW)))[IN_GLANCE[name]]
    assert together == alone


@pytest.mark.parametrize("name", NOUNS)
@pytest.mark.parametrize("columns", [60, 80, 100, 120, 200])
def test_a_table_fits_its_width(name: str, columns: int) -> None:
    noun = NOUNS[name]
    table = noun.table(whole(error_rate=0.072), NOW, UNICODE, narrow=noun.narrow(columns))
    assert all(width(plain(line)) <= columns for line in table_lines(table, columns))


@pytest.mark.parametrize("name", [name for name in NOUNS if name != "history"])
def test_what_is_not_known_is_never_good(name: str) -> None:
    noun = NOUNS[name]
    assert str(noun.level(bare(), NOW)) != "ok" or name in ("branches", "costs")
    empty = {
        field: {key: replace(one, seen=None, value=None) for key, one in getattr(whole(), field).items()}
        for field in ("metrics", "history", "costs", "deployments", "health")
    }
    unread = {field: replace(getattr(whole(), field), seen=None, value=None) for field in ("branches", "runs", "clone", "pulls")}
    known = replace(whole(), **empty, **unread)
    assert str(noun.level(known, NOW)) == "unknown"
    assert not noun.fresh(known, NOW)


@pytest.mark.parametrize("name", NOUNS)
def test_a_whole_evening_needs_no_new_reading(name: str) -> None:
    assert NOUNS[name].fresh(whole(), NOW)
    assert str(NOUNS[name].level(whole(), NOW)) in ("ok", "warning")
