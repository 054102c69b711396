"""A list whose rows can be marked: space marks one, ``a`` all or none; what is refused stays unmarked and says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from strideiq_console.domain.runbook.form import Option, picked
from strideiq_console.presentation.form_lines import option_table
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.widgets.table import TableView


class MarkList(TableView):
    """Options to mark. ``value`` are the marked ones, in the order of the list, joined by newlines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "mark", id="marks.one", tooltip="mark the row, or take its mark away"),
        Binding("a", "mark_all", "all", id="marks.all", tooltip="mark all that can be marked, or none"),
    ]

    @dataclass
    class Marked(Message):
        """The marks have changed, or a mark was refused for ``refused``."""

        marks: MarkList
        refused: str = ""

    def __init__(self, options: Sequence[Option], default: str, glyphs: Glyphs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs, headings=False, id=id)
        self._options = tuple(options)
        wanted = set(picked(default))
        self._marked = {o.value for o in self._options if o.value in wanted and not o.refused}

    @property
    def value(self) -> str:
        """Return what is marked."""
        return "\n".join(o.value for o in self._options if o.value in self._marked)

    @property
    def option(self) -> Option | None:
        """Return the option under the cursor."""
        key = self.row.key if self.row else None
        return next((o for o in self._options if o.value == key), None)

    def on_mount(self) -> None:
        """Draw the options."""
        self._draw()

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        option = self.option
        if option is None:
            return
        if option.refused:
            self.post_message(self.Marked(self, f"{option.label}: {option.refused}"))
            return
        self._marked ^= {option.value}
        self._draw()
        self.post_message(self.Marked(self))

    def action_mark_all(self) -> None:
        """Mark all that can be marked; where they are, none."""
        free = {o.value for o in self._options if not o.refused}
        self._marked = set() if self._marked == free else free
        self._draw()
        self.post_message(self.Marked(self))

    def _draw(self) -> None:
        self.show(option_table(self._options, self._marked, self._glyphs))
