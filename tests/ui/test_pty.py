"""What reaches a real terminal when every remote text is hostile: Textual's own sequences and not one byte more (RELIABILITY E1),
and what looks like markup as the letters that it is made of (E2)."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyte
import pytest

from strideiq_console.domain.untrusted import is_raw

from .corpus import BIDI, TAGS, ZERO_WIDTH, sequences
from .hostile_dialogs import SURFACES
from .hostile_facts import GOOD
from .hostile_tour import WIDE
from .markup_corpus import markups
from .terminal_text import BEYOND_PYTE, FRAME, LINK, OWN, TITLE, copies, watch

pytestmark = pytest.mark.xdist_group("pty")  # one tour for all of them
ALL = len(sequences()) + len(markups())
OURS_ALONE = {"help"}
"""What draws no text from outside."""
ROOMY = ("log", "toasts", "fault", "left behind", "changes", "diff", "rollback plan")
"""Where there is room, and pages to turn: most of both corpora is drawn there."""
SMALL = {"mark", "undo", "abandon", "acts", "parts", "names", "session end", "choose", "begin", "menu"}


@dataclass
class Toured:
    """All that reached the terminal, and what the child says that it drew."""

    text: str
    drawn: dict[str, list[int]]
    whole: dict[str, list[int]]
    given: dict[str, int]
    frames: list[tuple[str, tuple[int, int], str]]
    acted: list[str]
    reports: list[str]


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Toured:
    state = tmp_path_factory.mktemp("state")
    text = watch("tests.ui.pty_child", state, width=WIDE[0], height=WIDE[1]).decode("utf-8")
    return Toured(text, **json.loads((state / "tour.json").read_text()))


def test_the_corpora_are_as_large_as_they_must_be() -> None:
    assert len(sequences()) >= 400
    assert len(markups()) >= 150


def test_no_raw_byte_reaches_the_terminal(toured: Toured) -> None:
    rest = OWN.sub("", toured.text)
    allowed = {"\r", "\n"}  # the line end that the driver writes when it leaves
    raw = sorted({char for char in rest if is_raw(char) and char not in allowed})
    where = [rest[max(m.start() - 30, 0) : m.end() + 30] for m in re.finditer("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", rest)][:5]
    assert raw == [], where
    assert not set(BIDI + ZERO_WIDTH + TAGS) & set(toured.text)
    assert "␛" in toured.text


def test_the_pattern_of_our_own_sequences_lets_no_stranger_through() -> None:
    for text in sequences():
        rest = OWN.sub("", text)
        queries = re.fullmatch(r"\x1b\[[0-9;?]*[ABCDGHJKcmnqtuhl](?:\x1b\[H)?", text)  # these the console writes itself, elsewhere
        clipboard = text == "\x1b]52;c;ZXZpbA==\x07"
        assert any(is_raw(char) for char in rest) or queries or clipboard, repr(text)


def test_a_hostile_address_never_becomes_a_link(toured: Toured) -> None:
    links = {url for url in LINK.findall(toured.text) if url}
    assert GOOD in links
    assert {(urlsplit(url).scheme, urlsplit(url).netloc) for url in links} == {("https", "github.com")}, links
    assert all(url.isascii() and url.isprintable() and " " not in url for url in links)


def test_the_clipboard_is_written_with_clean_text(toured: Toured) -> None:
    written = copies(toured.text)
    assert len(written) > 20
    assert "evil" in "".join(written)
    assert "evil" not in written  # one of the corpus writes just that
    assert not {char for text in written for char in text if is_raw(char) and char not in "\n\t"}


def test_a_title_of_the_terminal_is_one_of_ours(toured: Toured) -> None:
    titles = TITLE.findall(toured.text)
    assert titles
    assert all(re.match(r"[^ -~] run 19[0-9]{2} of q[0-9]{3}", title) for title in titles), titles


@pytest.mark.parametrize("surface", SURFACES)
def test_both_corpora_were_given_to_every_surface_and_its_frame_is_whole(toured: Toured, surface: str) -> None:
    """What is written for the whole of a surface gives the very screen that was laid out: nothing moved, nothing was eaten."""
    assert toured.given[surface] == ALL
    place, ((width, height), wanted) = next((n, frame[1:]) for n, frame in enumerate(toured.frames) if frame[0] == surface)
    written = next(body for first, body, _ in FRAME.findall(toured.text) if int(first) == 2 * place + 101)
    screen = pyte.Screen(width, height)
    pyte.Stream(screen).feed(BEYOND_PYTE.sub("", written))
    assert [line.rstrip() for line in screen.display] == [line.rstrip() for line in wanted.split("\n")]
    assert screen.title == ""


def test_what_was_given_was_drawn(toured: Toured) -> None:
    """A table shows the beginning of its cells alone. Every text is seen on ten surfaces or more, and on each there are many."""
    seen = Counter(number for numbers in toured.drawn.values() for number in numbers)
    assert {number: seen[number] for number in range(ALL) if seen[number] < 10} == {}
    assert {name: len(toured.drawn[name]) for name in ROOMY if len(toured.drawn[name]) < 0.9 * ALL} == {}
    few = {name: len(toured.drawn.get(name, ())) for name in set(SURFACES) - OURS_ALONE - SMALL}
    assert {name: count for name, count in few.items() if count < 10} == {}
    assert {name for name in SMALL if not toured.drawn.get(name)} == set()


def test_markup_is_drawn_letter_by_letter_and_starts_nothing(toured: Toured) -> None:
    """E2: literal text, no action behind a single cell, no crash; a fault would have ended the child or left a report."""
    seen = Counter(number for numbers in toured.whole.values() for number in numbers)
    assert {text: seen[number] for number, text in enumerate(markups(), len(sequences())) if seen[number] < 6} == {}
    assert toured.acted == []
    assert toured.reports == []
