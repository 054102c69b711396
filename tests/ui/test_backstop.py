"""The walls: nothing raw reaches the terminal, nothing is read as markup, nothing secret is told by a crash (E1, E2, C1)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

import strideiq_console.ui as ui
from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.untrusted import is_raw
from strideiq_console.ui.backstop import ControlGuard, self_test

from .corpus import sequences

BLACK = Color(0, 0, 0)


def test_the_corpus_is_large_enough() -> None:
    assert len(set(sequences())) >= 200
    assert all(any(is_raw(char) for char in text) for text in sequences())


@pytest.mark.parametrize("control", [None, []])
def test_the_guard_passes_nothing_raw_and_keeps_the_width(control: list[object] | None) -> None:
    for text in sequences():
        line = f"title {text} end"
        (safe,) = ControlGuard().apply([Segment(line, Style(link="https://\x1bevil"), control)], BLACK)  # type: ignore[arg-type]
        assert not any(is_raw(char) for char in safe.text), repr(text)
        assert cell_len(safe.text) == cell_len(line), repr(text)
        assert safe.style is not None
        assert safe.style.link is None


def test_the_self_test_finds_a_missing_guard() -> None:
    self_test([ControlGuard()])
    with pytest.raises(ConfigurationError):
        self_test([])


FORBIDDEN = {
    *("Static", "Label", "Button", "OptionList", "Option", "Select", "SelectionList", "DataTable", "Tree", "ListView", "ListItem"),
    *("Collapsible", "TabPane", "TabbedContent", "Tab", "Markdown", "RichLog", "Checkbox", "RadioButton", "Link", "Tooltip"),
}
SETTERS = {"border_title", "border_subtitle", "tooltip"}


def sources() -> list[Path]:
    return [path for path in Path(str(ui.__file__)).parent.rglob("*.py") if path.name != "safe.py"]


def test_no_widget_that_parses_markup_is_built_outside_safe() -> None:
    """Importing Button or Input for their messages is fine; calling them, or whatever parses a string, is not."""
    faults = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                on = getattr(getattr(node.func, "value", None), "id", "")
                if name in FORBIDDEN | {"Input", "from_markup", "highlight"} or (name == "Content" or on == "Content"):
                    faults.append(f"{path.name}:{node.lineno} {name}")
                if any(
                    k.arg == "markup" and not (isinstance(k.value, ast.Constant) and k.value.value is False) for k in node.keywords
                ):
                    faults.append(f"{path.name}:{node.lineno} markup")
            if isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                faults += [
                    f"{path.name}:{node.lineno} {t.attr}" for t in targets if isinstance(t, ast.Attribute) and t.attr in SETTERS
                ]
    assert not faults, " ".join(faults)


def test_the_lint_finds_what_it_forbids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("from textual.widgets import Static\nStatic(title)\nself.border_title = x\napp.notify(x, markup=True)\n")
    monkeypatch.setattr("tests.ui.test_backstop.sources", lambda: [bad])
    with pytest.raises(AssertionError, match=r"bad\.py:2 Static"):
        test_no_widget_that_parses_markup_is_built_outside_safe()
