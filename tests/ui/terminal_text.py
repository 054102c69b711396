"""What reaches a terminal, taken apart: Textual's own sequences, links, clipboard writes, and marked frames."""

from __future__ import annotations

import base64
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

ROOT = Path(__file__).resolve().parents[2]
SHAPES = "default|pointer|text|crosshair|help|wait|progress|move|grab|grabbing|cell|copy|alias|no-drop|not-allowed|[a-z]+-resize"
TITLE_OF_A_RUN = "[^ -~] run [0-9]+ of "
HOSTS = r"github\.com|strideiq\.run|staging\.strideiq\.run"
# Textual's own: colours, cursor moves, modes, keyboard protocol, queries, the title stack, the bell for what cannot be typed (no
# hostile text begins a line: its number stands before it). The console's: a clean clipboard write, a link to a page that it would
# open, and the terminal's title with the bell when a run has ended. No colour of theirs hides or blinks.
COLOUR = r"(?:[0-4]|7|9|2[1-9]|[349][0-7]|[34]9|10[0-7]|53|[34]8;(?:2;[0-9]+;[0-9]+;[0-9]+|5;[0-9]+))"
OWN = re.compile(
    rf"\x1b\[(?:{COLOUR}(?:;{COLOUR})*|0;0;0;0;[0-9]+)?m"
    r"|\x1b\[[0-9]+;[0-9]+H\x07?|\x1b\[H|\x1b\[\?[0-9;]+[hl$]p?|\x1b\[[<>=][0-9;]*u|\x1b\[\?[0-9]*u|\x1b\[[0-9]* q"
    r"|\x1b\[[0-9]*[ABCDGJKtn]|\x1b\[>?[0-9]*[cq]|\x1b\[14t|\x1bP\+q[0-9a-f;]*\x1b\\|\x1b_Gi=[^\x1b]*\x1b\\"
    rf"|\x1b\]22;(?:{SHAPES})\x07"  # the pointer's shape
    r"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"
    rf"|\x1b\]8;id=[0-9-]+;https://(?:{HOSTS})/[!-~]*\x1b\\|\x1b\]8;;\x1b\\"
    rf"|\x07?\x1b\]2;{TITLE_OF_A_RUN}[^\x00-\x1f\x7f-\x9f]*\x07"
)
LINK = re.compile(r"\x1b\]8;[^;]*;([^\x07]*?)\x1b\\")
CLIPBOARD = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
TITLE = re.compile(r"\x1b\][012];([^\x07\x1b]*)")
FRAME = re.compile(r"\x1b\[0;0;0;0;(\d+)m(.*?)\x1b\[0;0;0;0;(\d+)m", re.DOTALL)
BEYOND_PYTE = re.compile(
    r"\x1b\[[<>=?][0-9;]*u|\x1b\](?:52;c|22);[^\x07]*\x07|\x1b\]8;.*?\x1b\\|\x1bP.*?\x1b\\|\x1b_.*?\x1b\\|\x1b\[\?[0-9;]+\$p|\x1b\[>[0-9]*q"
)


def watch(module: str, state: Path, *, width: int, height: int, seconds: float = 400) -> bytes:
    """Run a module as a child on a pseudo-terminal of that size and return all bytes that it wrote; it must end well."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):  # parallel workers set the last two, and Textual takes them for the size
        environ.pop(name, None)
    argv = [sys.executable, "-m", module, str(state)]
    child = subprocess.Popen(argv, stdin=side, stdout=side, stderr=side, cwd=ROOT, env=environ, start_new_session=True)
    os.close(side)
    chunks, until = [], time.monotonic() + seconds
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


def copies(text: str) -> list[str]:
    """Return what was written to the clipboard."""
    return [base64.b64decode(payload).decode() for payload in CLIPBOARD.findall(text)]
