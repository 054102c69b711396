"""What reaches a real terminal when every remote text is hostile (E1): Textual's own sequences, and not one byte more."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path

import pyte
import pytest

from strideiq_console.domain.untrusted import is_raw

from .corpus import BIDI, TAGS, ZERO_WIDTH, sequences
from .hostile_facts import GOOD
from .hostile_tour import WAYS

ROOT = Path(__file__).resolve().parents[2]
# Textual's own: colours, cursor moves, modes, keyboard protocol, queries, the title stack; and the clean clipboard write.
OWN = re.compile(
    r"\x1b\[[0-9;]*m|\x1b\[[0-9]+;[0-9]+H|\x1b\[H|\x1b\[\?[0-9;]+[hl$]p?|\x1b\[[<>=][0-9;]*u|\x1b\[\?[0-9]*u|\x1b\[[0-9]* q"
    r"|\x1b\[[0-9]*[ABCDGJKtn]|\x1b\[>?[0-9]*[cq]|\x1b\[14t|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|\x1bP\+q[0-9a-f;]*\x1b\\|\x1b_G[^\x1b]*\x1b\\"
    r"|\x1b\]22;[a-z-]*\x07"  # the pointer's shape
    r"|\x1b\]8;id=[0-9]+;https://(?:github\.com|strideiq\.run|staging\.strideiq\.run)/[!-~]*\x1b\\|\x1b\]8;;\x1b\\"  # links
)
LINK = re.compile(r"\x1b\]8;[^;]*;([^\x07]*?)\x1b\\")
FRAME = re.compile(r"\x1b\[0;0;0;0;(\d+)m(.*?)\x1b\[0;0;0;0;(\d+)m", re.DOTALL)
BEYOND_PYTE = re.compile(
    r"\x1b\[[<>=?][0-9;]*u|\x1b\](?:52;c|22);[^\x07]*\x07|\x1b\]8;.*?\x1b\\|\x1bP.*?\x1b\\|\x1b_.*?\x1b\\|\x1b\[\?[0-9;]+\$p|\x1b\[>[0-9]*q"
)


def watch(state: Path) -> bytes:
    """Run the child on a pseudo-terminal of 120x36 and return all bytes that it wrote."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
    environ.pop("NO_COLOR", None)
    argv = [sys.executable, "-m", "tests.ui.pty_child", str(state)]
    child = subprocess.Popen(argv, stdin=side, stdout=side, stderr=side, cwd=ROOT, env=environ, start_new_session=True)
    os.close(side)
    chunks, until = [], time.monotonic() + 400
    while time.monotonic() < until:
        ready, _, _ = select.select([main], [], [], 0.5)
        if ready:
            try:
                data = os.read(main, 65536)
            except OSError:
                break
            if not data:
                break
            chunks.append(data)
    else:
        child.kill()
    os.close(main)
    assert child.wait(10) == 0, b"".join(chunks)[-2000:].decode(errors="replace")
    return b"".join(chunks)


@dataclass
class Toured:
    """All that reached the terminal, and what the child says that it drew."""

    text: str
    drawn: dict[str, list[int]]
    given: dict[str, int]
    frames: list[tuple[str, str]]


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Toured:
    state = tmp_path_factory.mktemp("state")
    text = watch(state).decode("utf-8")
    return Toured(text, **json.loads((state / "tour.json").read_text()))


def test_no_raw_byte_reaches_the_terminal(toured: Toured) -> None:
    rest = OWN.sub("", toured.text)
    allowed = {"\r", "\n"}  # the line end that the driver writes when it leaves
    raw = sorted({char for char in rest if is_raw(char) and char not in allowed})
    where = [rest[max(m.start() - 30, 0) : m.end() + 30] for m in re.finditer("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", rest)][:5]
    assert raw == [], where
    assert not set(BIDI + ZERO_WIDTH + TAGS) & set(toured.text)
    assert "\x1b]0;" not in toured.text


def test_the_pattern_of_our_own_sequences_lets_no_stranger_through() -> None:
    for text in sequences():
        rest = OWN.sub("", text)
        queries = re.fullmatch(r"\x1b\[[0-9;?]*[ABCDGHJKcmnqtuhl](?:\x1b\[H)?", text)  # these the console writes itself, elsewhere
        clipboard = text == "\x1b]52;c;ZXZpbA==\x07"
        assert any(is_raw(char) for char in rest) or queries or clipboard, repr(text)


def test_a_hostile_address_never_becomes_a_link(toured: Toured) -> None:
    links = {url for url in LINK.findall(toured.text) if url}
    assert GOOD in links
    assert all(url.startswith("https://github.com/acme/strideiq/") for url in links), links
    assert not [url for url in links if "evil" in url or "q0" in url]


@pytest.mark.parametrize("surface", [surface for _, surfaces in WAYS.values() for surface in surfaces])
def test_every_sequence_was_given_to_every_surface_and_its_frame_is_whole(toured: Toured, surface: str) -> None:
    assert toured.given[surface] == len(sequences())
    place, (_, wanted) = next((n, frame) for n, frame in enumerate(toured.frames) if frame[0] == surface)
    written = next(body for first, body, _ in FRAME.findall(toured.text) if int(first) == 2 * place + 101)
    screen = pyte.Screen(120, 36)
    pyte.Stream(screen).feed(BEYOND_PYTE.sub("", written))
    assert [line.rstrip() for line in screen.display] == [line.rstrip() for line in wanted.split("\n")]
    assert screen.title == ""


def test_what_was_given_was_drawn(toured: Toured) -> None:
    """A table shows the beginning of its cells alone; over all surfaces, and where there is room, every sequence is seen."""
    everywhere = {number for numbers in toured.drawn.values() for number in numbers}
    assert len(everywhere) == len(sequences())
    for surface in ("log", "toasts"):
        assert len(toured.drawn[surface]) == len(sequences()), surface
    few = {surface: len(numbers) for surface, numbers in toured.drawn.items() if len(numbers) < 20}
    assert not few
    assert "␛" in toured.text
