"""The smallest Textual application that shows rows: what the console is measured against."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class Minimal(App[None]):
    """One table of Textual's own with two hundred rows."""

    def compose(self) -> ComposeResult:
        """Hold the table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_column("run", width=20)
        table.add_rows([(f"row {n}",) for n in range(200)])


if __name__ == "__main__":
    Minimal().run()
