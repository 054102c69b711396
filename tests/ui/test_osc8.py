"""Links on the screen (OSC 8): only to pages that the console would open itself, and never what remote text makes of it."""

from __future__ import annotations

import re

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from strideiq_console.domain.untrusted import is_raw
from strideiq_console.presentation.cell import Cell
from strideiq_console.ui import safe
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.backstop import ControlGuard
from strideiq_console.ui.widgets import painting

from .conftest import Make
from .corpus import sequences
from .driving import press, settled

BLACK = Color(0, 0, 0)
PULL = "https://github.com/acme/strideiq/pull/43"
LINK = re.compile(r"\x1b\]8;id=\d+;([^\x1b\x07]*)\x1b\\")


def drawn(app: ConsoleApp) -> str:
    """Return what reaches the terminal of the screen's lines, through every filter."""
    terminal = Console(color_system="truecolor", force_terminal=True, width=app.size.width, legacy_windows=False)
    lines = []
    for strip in app.screen._compositor.render_strips(app.size):
        for line_filter in app.get_line_filters():
            strip = strip.apply_filter(line_filter, BLACK)
        lines.append(strip.render(terminal))
    return "\n".join(lines)


def through(guard: ControlGuard, link: str) -> str:
    """Return the address that a segment with this link still carries, ``""`` for none."""
    (safe_segment,) = guard.apply([Segment("words", Style(bold=True, link=link))], BLACK)
    assert safe_segment.text == "words"
    assert safe_segment.style is not None
    assert safe_segment.style.bold
    return safe_segment.style.link or ""


def test_only_what_may_be_opened_passes_the_guard() -> None:
    guard = ControlGuard(lambda url: url.startswith("https://github.com/"))
    assert through(guard, PULL) == PULL
    assert through(guard, "https://evil.invalid/") == ""
    assert through(ControlGuard(), PULL) == ""


def test_nothing_raw_passes_in_an_address_even_where_every_host_may_be_opened() -> None:
    guard = ControlGuard(lambda url: True)
    for text in sequences():
        for link in (text, f"https://github.com/{text}", f"https://github.com/{text}/x"):
            assert not any(is_raw(char) for char in through(guard, link)), repr(link)
    for link in ("https://github.com/a b", "https://github.com/é", "http://github.com/", "https://github.com/" + "x" * 3000, ""):
        assert through(guard, link) == ""


@pytest.mark.parametrize("url", [PULL, "https://github.com/\x1b]52;c;ZXZpbA==\x07", "javascript:alert(1)"])
def test_texts_and_tables_put_a_link_only_where_its_address_is_fit(url: str) -> None:
    line = safe.cells((Cell("#43", url=url),))
    assert [span.style.link for span in line.spans if getattr(span.style, "link", None)] == ([url] if url == PULL else [])  # type: ignore[union-attr]
    pieces = painting._linked("  #43  ", url, Style())
    assert "".join(piece.text for piece in pieces) == "  #43  "
    assert [piece.text for piece in pieces if piece.style and piece.style.link] == (["#43"] if url == PULL else [])
    assert Strip(list(pieces)).cell_length == 7


async def test_a_row_s_page_is_a_link_on_the_screen(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "enter")
        found = set(LINK.findall(drawn(app)))
        assert PULL in found
        assert all(url.startswith("https://github.com/acme/strideiq/") for url in found if url)


async def test_a_sandbox_has_no_links(make: Make) -> None:
    app = make(sandbox=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "enter")
        await settled(pilot)
        assert "]8;" not in drawn(app)
