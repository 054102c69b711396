"""What reaches a real terminal when every remote text is hostile (E1): Textual's own sequences, and not one byte more."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pyte
import pytest

from strideiq_console.domain.untrusted import is_raw

from .corpus import BIDI, ZERO_WIDTH

ROOT = Path(__file__).resolve().parents[2]
# Textual's own: colours, cursor moves, modes, keyboard protocol, queries, the title stack; and the clean clipboard write.
OWN = re.compile(
    r"\x1b\[[0-9;]*m|\x1b\[[0-9]+;[0-9]+H|\x1b\[H|\x1b\[\?[0-9;]+[hl$]p?|\x1b\[[<>=][0-9;]*u|\x1b\[\?[0-9]*u|\x1b\[[0-9]* q"
    r"|\x1b\[[0-9]*[ABCDGJKtn]|\x1b\[>?[0-9]*[cq]|\x1b\[14t|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|\x1bP\+q[0-9a-f;]*\x1b\\|\x1b_G[^\x1b]*\x1b\\"
    r"|\x1b\]22;[a-z-]*\x07"  # the pointer's shape
)
BEYOND_PYTE = re.compile(
    r"\x1b\[[<>=?][0-9;]*u|\x1b\](?:52;c|22);[^\x07]*\x07|\x1bP.*?\x1b\\|\x1b_.*?\x1b\\|\x1b\[\?[0-9;]+\$p|\x1b\[>[0-9]*q"
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
    chunks, until = [], time.monotonic() + 150
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


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return watch(tmp_path_factory.mktemp("state"))


def test_no_raw_byte_reaches_the_terminal(written: bytes) -> None:
    text = written.decode("utf-8")
    rest = OWN.sub("", text)
    allowed = {"\r", "\n"}  # the line end that the driver writes when it leaves
    raw = sorted({char for char in rest if is_raw(char) and char not in allowed})
    where = [rest[max(m.start() - 30, 0) : m.end() + 30] for m in re.finditer("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", rest)][:5]
    assert raw == [], where
    assert not set(BIDI + ZERO_WIDTH) & set(text)
    assert "\x1b]0;" not in text
    assert "\x1b]8;" not in text


def test_the_hostile_text_was_there(written: bytes) -> None:
    text = written.decode("utf-8")
    assert text.count("evil") > 50
    assert "␛" in text


def test_the_screen_stays_sane(written: bytes) -> None:
    screen = pyte.Screen(120, 36)
    stream = pyte.Stream(screen)
    text = BEYOND_PYTE.sub("", written.decode())
    left = text.rfind("\x1b[?1049l")
    stream.feed(text[:left])
    lines = screen.display
    assert lines[0].lstrip().startswith("StrideIQ")
    assert "1 Environments" in "\n".join(lines)
    assert screen.title == ""
