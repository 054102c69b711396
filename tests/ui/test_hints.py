"""No line on the screen names a key that does nothing: what a founder woken at night reads, works."""

from __future__ import annotations

import re

from strideiq_console.presentation import execution, findings, verdict
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.dashboard import DashboardScreen
from strideiq_console.ui.keys import bindings_of
from strideiq_console.ui.screens.runbook import RunbookScreen
from strideiq_console.ui.widgets.table import TableView
from tests.contracts import ROOT

SPELLED = {"question_mark": "?", "colon": ":", "slash": "/", "escape": "esc"}


def keys_of(*classes: type) -> set[str]:
    found = {key for binding in bindings_of((ConsoleApp, *classes)).values() for key in binding.key.split(",")}
    return {SPELLED.get(key.strip(), key.strip()) for key in found}


def test_every_key_of_the_verdict_works_on_the_dashboard() -> None:
    known = keys_of(DashboardScreen)
    hints = [
        hit[1]
        for module in (findings, verdict)
        for hit in re.finditer(r'\(\("([^"]{1,4})", f?"|, \("([^"]{1,4})", "', (ROOT / module.__file__).read_text(encoding="utf-8"))
        if hit[1]
    ]
    assert len(hints) >= 5
    assert [key for key in hints if key.split()[0] not in known] == []


def test_every_key_of_the_runbook_s_last_line_works_there() -> None:
    known = keys_of(RunbookScreen, TableView)
    named = {key for pairs in execution._KEYS.values() for key, _ in pairs} | {"z", "x", "esc"}
    assert {key for key in named if key not in known} == set()
