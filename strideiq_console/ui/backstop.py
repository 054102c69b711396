"""The second wall: what slipped past the cleaning of remote text is replaced on its way to the terminal (RELIABILITY section 0).

Textual applies line filters to every line of every widget. :class:`ControlGuard` is one of them; it keeps the width of a line as it
was, so that a replaced character never shifts a border. :func:`self_test` proves at start that the wall stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.untrusted import backstop, is_raw
from strideiq_console.presentation.glyphs import ASCII as GLYPHS_ASCII
from strideiq_console.ui.safe import fit_for_link

KNOWN_LINKS = 4000
PROBES = (
    "\x1b]0;title\x07",
    "\x1b]8;;https://example.invalid\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "https://github.com/x\x1b]52;c;ZXZpbA==\x07",
    "\x1b[2J\x1b[H\x1bc",
    "\x9b2J\x9d0;t\x9c\x90q\x9c",
    "\u202eright to left\u2066\u200b\ufeff\U000e0041",
    "\r\n\t\b\x7f\x00",
)
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # the only sequences that Textual puts around text


class ControlGuard(LineFilter):
    """Replaces control, bidi and zero-width characters, and takes links out of styles, in every segment of a line.

    A link is an OSC 8 sequence with its address in it. One stays only if it is fit to stand there and ``may_open`` says that the
    console would open that address itself; without ``may_open`` none does.
    """

    def __init__(self, may_open: Callable[[str], bool] | None = None) -> None:
        super().__init__()
        self._may_open = may_open
        self._known: dict[str, bool] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments, clean; segments that Rich marks as control are data here and are not spared."""
        return [self._guarded(segment) for segment in segments]

    def _guarded(self, segment: Segment) -> Segment:
        style = segment.style
        if style is not None and style.link is not None and not self._passes(style.link):
            segment = Segment(segment.text, style.update_link(None), segment.control)
        return _guard(segment)

    def _passes(self, link: str) -> bool:
        if self._may_open is None or not fit_for_link(link):
            return False
        if len(self._known) > KNOWN_LINKS:
            self._known.clear()
        if link not in self._known:
            self._known[link] = self._may_open(link)
        return self._known[link]


class Styled(LineFilter):
    """Gives every segment a style, for Textual's filters: the one of ``NO_COLOR`` (8.2.8) falls over a segment that has none."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments, each with a style."""
        return [s if s.style is not None else Segment(s.text, _NO_STYLE, s.control) for s in segments]


_NO_STYLE = Style()


class AsciiGuard(LineFilter):
    """Draws the console's own marks, borders and bars in ASCII, for fonts that have no more; what others wrote keeps its letters.

    It is the last wall: whatever a screen or one of Textual's widgets drew, no line, block or symbol of ours reaches the terminal.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with every mark of the console in ASCII."""
        return [s if s.text.isascii() else Segment(_ascii(s.text), s.style, s.control) for s in segments]


_LINES = dict.fromkeys("─━═╌╍┄┅┈┉╴╶╸╺╼╾", "-") | dict.fromkeys("│┃║╎╏┆┇┊┋╵╷╹╻╽╿", "|")
_BLOCKS = dict.fromkeys("▁▂▃", "_") | dict.fromkeys("▄▅▆▀▔", "=") | dict.fromkeys("▇█▉▊▋▓▒░", "#")


def _ascii(text: str) -> str:
    plain = GLYPHS_ASCII.plain(text)
    if plain.isascii():
        return plain
    return "".join(c if c.isascii() else _drawn(c) for c in plain)


def _drawn(char: str) -> str:
    """Return what stands for one character: lines, blocks, dots and arrows are what screens are drawn with, letters are not."""
    if "\u2500" <= char <= "\u257f":  # box drawing: what is no plain line is a corner or a crossing
        return _LINES.get(char, "+")
    if "\u2580" <= char <= "\u259f":
        return _BLOCKS.get(char, "|")
    if "\u2800" <= char <= "\u28ff":
        return " " if char == "\u2800" else ":"
    if "\u2190" <= char <= "\u23ff" or "\u25a0" <= char <= "\u2bff":  # arrows, marks and shapes
        return "*" if cell_len(char) == 1 else "* "
    return char


def _guard(segment: Segment) -> Segment:
    text, style, control = segment
    if control is None and text.isascii() and text.isprintable():
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
