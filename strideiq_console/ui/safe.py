"""The only place of this floor that makes text for widgets: nothing drawn is ever read as markup (RELIABILITY threat T2).

Every string is run through the domain's :func:`clean` once more, and reaches a widget as ``Content`` or as a Rich ``Segment``:
these hold text and style apart. A lint test forbids the widgets that parse strings anywhere else on this floor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from rich.segment import Segment
from rich.text import Text
from textual.content import Content
from textual.css.scalar import Unit
from textual.css.styles import RulesMap
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widget import Widget
from textual.widgets import Button, Input, Static, TextArea

from strideiq_console.domain.untrusted import clean, clean_line
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.draw import width as columns
from strideiq_console.presentation.folding import folded

LONGEST_LINK = 2000
CellLine = Sequence[Cell]
"""One line of cells, as presentation makes them."""

_STYLES = {
    Tone.PLAIN: "",
    Tone.OK: "$tone-ok",
    Tone.WARNING: "$tone-warning",
    Tone.CRITICAL: "bold $tone-critical",
    Tone.UNKNOWN: "$tone-unknown",
    Tone.ACTIVE: "$tone-active",
    Tone.MUTED: "$tone-muted",
    Tone.ACCENT: "$tone-accent",
    Tone.PRODUCTION: "bold $production",
    Tone.SANDBOX: "bold $sandbox",
}


def content(text: str, tone: Tone = Tone.PLAIN) -> Content:
    """Return ``text`` as it stands, several lines allowed, in a tone."""
    return Content.styled(clean(text), _STYLES[tone]) if _STYLES[tone] else Content(clean(text))


def cells(line: CellLine) -> Content:
    """Return one line of cells, glued together."""
    return Content("").join(_cell(cell) for cell in line)


def _cell(cell: Cell) -> Content:
    drawn = content(clean_line(cell.text), cell.tone)
    return drawn.stylize(Style(link=cell.url)) if fit_for_link(cell.url) else drawn


def fit_for_link(url: str) -> bool:
    """Say whether an address may stand in the sequence that makes a link: https, short, and nothing but printable ASCII.

    Whether it stays a link is for the guard to say, which knows the hosts that may be opened (:mod:`strideiq_console.ui.backstop`).
    """
    return url.startswith("https://") and len(url) <= LONGEST_LINK and url.isascii() and url.isprintable() and " " not in url


def lines(block: Iterable[CellLine]) -> Content:
    """Return lines of cells below each other."""
    return Content("\n").join(cells(line) for line in block)


class Folded(Visual):
    """Lines of cells, folded into whatever width they are drawn in (:mod:`strideiq_console.presentation.folding`)."""

    def __init__(self, block: Iterable[CellLine]) -> None:
        self._lines = tuple(tuple(replace(cell, text=clean_line(cell.text)) for cell in line) for line in block) or ((),)
        self._kept: tuple[int, tuple[CellLine, ...]] | None = None

    def _at(self, width: int) -> tuple[CellLine, ...]:
        if self._kept is None or self._kept[0] != width:
            self._kept = (width, tuple(piece for line in self._lines for piece in (folded(line, width) if line else (line,))))
        return self._kept[1]

    def at(self, width: int) -> Content:
        """Return the lines as they stand in so many columns."""
        return lines(self._at(width))

    def _as_wanted(self, rules: RulesMap, width: int) -> Content:
        return lines(self._lines) if rules.get("text_wrap") == "nowrap" else self.at(width)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return the painted lines."""
        usual = options.rules.get("text_align", "left") in ("left", "start") and options.rules.get("text_wrap") != "nowrap"
        if options.selection is not None or not usual:
            return self._as_wanted(options.rules, width).render_strips(width, height, style, options)
        styles = {tone: style + options.get_style(_STYLES[tone]) if _STYLES[tone] else style for tone in Tone}
        return [_painted(line, place, styles) for place, line in enumerate(self._at(width)[:height])]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the width of the longest line."""
        return lines(self._lines).get_optimal_width(rules, container_width)

    def get_minimal_width(self, rules: RulesMap) -> int:
        """Return the width of the longest word."""
        return lines(self._lines).get_minimal_width(rules)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return how many lines it takes."""
        return len(self._lines if rules.get("text_wrap") == "nowrap" else self._at(width))


def _painted(line: CellLine, place: int, styles: Mapping[Tone, Style]) -> Strip:
    """Return one line; each piece knows where it stands, for the mouse that selects text."""
    pieces, x, size = [], 0, 0
    for (tone, url), group in groupby(line, lambda cell: (cell.tone, cell.url if fit_for_link(cell.url) else "")):
        text = "".join(cell.text for cell in group)
        style = styles[tone] + Style(link=url) if url else styles[tone]
        pieces.append(Segment(text, style.rich_style_with_offset(x, place)))
        x, size = x + len(text), size + columns(text)
    return Strip(pieces, size)


class PlainStatic(Static):
    """A ``Static`` that draws what it is given and parses nothing. ``text`` may be a string, or lines of cells."""

    virtual_size = Reactive(Size(0, 0))  # nothing scrolls in it: when it grows, the screen is laid out once and not once more

    def __init__(self, text: str | Sequence[CellLine] = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self._shown = text if isinstance(text, str) else tuple(text)
        super().__init__(self._made(text), id=id, classes=classes, markup=False)

    def show(self, text: str | Sequence[CellLine]) -> None:
        """Draw something else. Nothing happens when it is drawn already; the screen is laid out again only for another size."""
        shown = text if isinstance(text, str) else tuple(text)
        if shown != self._shown:
            self._shown = shown
            before, made = self._high(self.visual), self._made(shown)
            self.update(made, layout=before is None or before != self._high(made))

    def _high(self, visual: Visual) -> int | None:
        """Return how many lines are drawn of it here; None where nothing is drawn yet, or where its width counts too."""
        width = self.content_size.width
        sized = self.styles.width is None or not self.styles.width.is_auto
        if not width or not sized:
            return None
        least = self.styles.min_height
        fills = least is not None and least.unit is Unit.HEIGHT and least.value == 100
        return max(visual.get_height(self.styles.get_rules(), width), self.container_size.height if fills else 0)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what was selected with the mouse, as it stands on the screen."""
        shown = self.visual
        if isinstance(shown, Folded):
            return selection.extract(shown.at(self.content_size.width).plain), "\n"
        return super().get_selection(selection)

    @staticmethod
    def _made(text: str | Sequence[CellLine]) -> Visual:
        return content(text) if isinstance(text, str) else Folded(text)


class PlainButton(Button):
    """A ``Button`` whose label is text and nothing else."""

    def __init__(self, label: str, *, id: str, classes: str | None = None, disabled: bool = False) -> None:  # noqa: A002
        super().__init__(content(clean_line(label)), id=id, classes=classes, disabled=disabled, compact=True)


class PlainInput(Input):
    """An ``Input`` whose placeholder is text and nothing else, with no suggestions and no sound."""

    virtual_size = Reactive(Size(0, 0))  # with each letter it grows: nothing else has to be laid out for that

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None, limit: int = 200) -> None:  # noqa: A002
        super().__init__(
            clean_line(value), placeholder=clean_line(placeholder), id=id, max_length=limit, compact=True, select_on_focus=False
        )


class TypedInput(PlainInput):
    """An input for a word that must be typed: pasted text is ignored (RELIABILITY threat T14)."""

    def _on_paste(self, event: Any) -> None:
        event.prevent_default()
        event.stop()

    def action_paste(self) -> None:
        """Ignore the console's own clipboard as well."""


class PlainEditor(TextArea):
    """Several lines of text to write. Enter makes a new line, Tab leaves, and what is pasted is text, at most ``LIMIT`` letters."""

    LIMIT = 20_000

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            clean(value),
            placeholder=content(clean_line(placeholder), Tone.MUTED),
            id=id,
            compact=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
        )

    @property
    def value(self) -> str:
        """Return what was written, clean."""
        return clean(self.text).rstrip()

    async def _on_paste(self, event: Any) -> None:
        # Textual's own handler runs after this one, on the same event.
        room = max(self.LIMIT - len(self.text), 0)
        event.text = clean(event.text.replace("\r\n", "\n").replace("\r", "\n"))[:room]


def title(widget: Widget, text: str) -> None:
    """Set the title in a widget's border."""
    words = _border(text)
    if words.markup != widget.border_title:
        if widget.size:
            widget._border_title = words  # Textual's own way paints all that stands in the border
            _paint_edge(widget, -widget.gutter.top)
        else:
            widget.border_title = words


def subtitle(widget: Widget, text: str) -> None:
    """Set the text in the lower edge of a widget's border."""
    words = _border(text)
    if words.markup != widget.border_subtitle:
        if widget.size:
            widget._border_subtitle = words  # as above
            _paint_edge(widget, widget.outer_size.height - widget.gutter.top - 1)
        else:
            widget.border_subtitle = words


def _paint_edge(widget: Widget, y: int) -> None:
    """Paint one line of a widget's border; ``y`` is counted from its content."""
    widget.refresh(Region(-widget.gutter.left, y, widget.outer_size.width, 1))


def _border(text: str) -> Content:  # the setter of Textual takes Content and does not parse it
    return content(clean_line(text))


def printed(text: str) -> Text:
    """Return text for the terminal after the application has left it."""
    return Text(clean(text))
