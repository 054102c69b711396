"""The second wall: what slipped past the cleaning of remote text is replaced on its way to the terminal (RELIABILITY section 0).

Textual applies line filters to every line of every widget. :class:`ControlGuard` is one of them; it keeps the width of a line as it
was, so that a replaced character never shifts a border. :func:`self_test` proves at start that the wall stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.untrusted import backstop, is_raw

PROBES = (
    "\x1b]0;title\x07",
    "\x1b]8;;https://example.invalid\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[2J\x1b[H\x1bc",
    "\x9b2J\x9d0;t\x9c\x90q\x9c",
    "\u202eright to left\u2066\u200b\ufeff\U000e0041",
    "\r\n\t\b\x7f\x00",
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # the only sequences that Textual puts around text


class ControlGuard(LineFilter):
    """Replaces control, bidi and zero-width characters, and takes links out of styles, in every segment of a line."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments, clean; segments that Rich marks as control are data here and are not spared."""
        return [_guard(segment) for segment in segments]


def _guard(segment: Segment) -> Segment:
    text, style, control = segment
    if style is not None and style.link is not None:
        style = style.update_link(None)  # a link is an OSC 8 sequence with its address in it
    elif control is None and text.isascii() and text.isprintable():
        return segment
    safe = backstop(text)
    if safe is not text and safe != text:
        width = cell_len(text)
        safe = set_cell_size(safe, width) if width else ""
    return Segment(safe, style)


def self_test(filters: Sequence[LineFilter]) -> None:
    """Send hostile text through the application's own line filters and Textual's own rendering.

    Raises ConfigurationError when a single raw character comes through: the console then refuses to start (RELIABILITY rule 14).
    """
    background = Color(0, 0, 0)
    terminal = Console(color_system="truecolor", force_terminal=True, width=80)
    for probe in PROBES:
        for segment in (Segment(probe, None), Segment(f"x{probe}", Style(bold=True, link=probe)), Segment(probe, None, [])):
            strip = Strip([segment])
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            drawn = _COLOURS.sub("", strip.render(terminal))
            if any(is_raw(char) for char in drawn):
                raise ConfigurationError(
                    "the guard against terminal control sequences does not hold",
                    consequence="The console does not open, because text from outside could control your terminal.",
                    next_step="Reinstall the pinned versions (constraints.txt), or use `strideiq glance`.",
                )
