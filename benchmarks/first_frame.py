"""How long after its start a terminal application has drawn its first frame, on a terminal of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROWS, COLUMNS = 36, 120
LONGEST = 60.0


def first_frame(argv: Sequence[str], mark: str, environ: Mapping[str, str]) -> float:
    """Return the seconds from the start of a command until ``mark`` stands in what it has drawn. Raises TimeoutError."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(argv[0], list(argv), {**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"})  # noqa: S606
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    drawn = b""
    try:
        while mark.encode() not in drawn:
            if time.perf_counter() - began > LONGEST:
                raise TimeoutError(f"{argv} has not drawn {mark!r}: {drawn[-300:]!r}")
            if select.select([terminal], [], [], 1.0)[0]:
                drawn += os.read(terminal, 65536)
        return time.perf_counter() - began
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        with contextlib.suppress(OSError):
            os.close(terminal)


def commands(world: str) -> dict[str, tuple[list[str], str]]:
    """Return the two commands by name, each with words of its first frame; a frame is written from its top to its end."""
    smallest = str(Path(__file__).with_name("minimal.py"))
    return {
        "minimal Textual app": ([sys.executable, smallest], "row 20"),
        "strideiq, first frame": ([sys.executable, "-m", "strideiq_console", "--world", world], "Alerts"),
    }
