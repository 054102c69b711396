"""Every key has an id, a word and a line in docs/keys.md; help shows them as they are mapped, grouped, with what holds one back."""

from __future__ import annotations

import difflib

from textual.app import App
from textual.binding import Binding

from strideiq_console.ui.help_rows import EVERYWHERE, HERE, ROW, bound_classes, group_of
from strideiq_console.ui.screens.help import HelpDialog
from tests.contracts import ROOT

from . import keys_page
from .conftest import Make
from .driving import press, screen_text, settled


def test_every_binding_of_every_screen_has_an_id_and_says_what_it_does() -> None:
    classes = keys_page.every_class()
    assert len(classes) > 15
    for cls in classes:
        ours = [base for base in cls.__mro__ if base.__module__.startswith("strideiq_console.")]
        for entry in (entry for base in ours for entry in base.__dict__.get("BINDINGS", ())):
            assert isinstance(entry, Binding), f"{cls.__name__}: {entry!r} is no Binding"
            assert entry.id, f"{cls.__name__}: {entry.key} has no id"
            assert entry.tooltip or entry.description, f"{cls.__name__}: {entry.id} does not say what it does"
            assert "." in entry.id, f"{cls.__name__}: {entry.id} names no place"


def test_what_works_everywhere_says_so_in_its_id() -> None:
    for cls in keys_page.every_class():
        for binding in keys_page.own_bindings(cls):
            assert (group_of(binding.id or "") == EVERYWHERE) is issubclass(cls, App), f"{cls.__name__}: {binding.id}"


def test_one_id_has_the_same_keys_wherever_a_context_has_it_twice() -> None:
    for cls in keys_page.every_class():
        ids = [binding.id for binding in keys_page.own_bindings(cls)]
        assert len(ids) == len(set(ids)), f"{cls.__name__} has an id twice"


def test_the_page_of_keys_is_up_to_date() -> None:
    stands = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    made = keys_page.page()
    changed = "\n".join(difflib.unified_diff(stands.splitlines(), made.splitlines(), "docs/keys.md", "the bindings", lineterm=""))
    assert stands == made, f"python -m tests.ui.keys_page > docs/keys.md\n{changed}"


async def test_help_is_grouped_and_says_why(make: Make) -> None:
    app = make(keys=(("app.theme", "f7"),))
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        await press(pilot, "2", "?")
        assert isinstance(app.screen, HelpDialog)
        places = [row.where for row in app.screen._rows]
        assert places == sorted(places, key=(ROW, HERE, EVERYWHERE).index)
        assert set(places) == {ROW, HERE, EVERYWHERE}
        assert "not now: nothing is unfinished" in screen_text(app)
        await press(pilot, *"theme")
        text = screen_text(app)
        assert "f7" in text
        assert '"app.theme" under [ui.keys]' in text
        assert "start a runbook" not in text


def test_bound_classes_are_in_a_stable_order(make: Make) -> None:
    app = type(make())
    assert bound_classes(app) == bound_classes(app)
    assert bound_classes(app)[0] is app
