"""A step's form at a terminal: its fields one after another; and the same form's values as words of a command."""

from __future__ import annotations

from strideiq_console.cli.output import Output
from strideiq_console.domain.runbook.form import Field, FieldKind, Form
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.draw import table_lines
from strideiq_console.presentation.form_lines import message_lines, option_table

END = "."
LONGEST = 64 * 1024
"""Characters of a text that is typed or read from a file; a commit message is far shorter."""


def fill_in(output: Output, form: Form) -> dict[str, str] | None:
    """Ask for each field in its order; None when the input ended, or what is required stayed empty."""
    output.lines([(Cell(form.title, Tone.ACCENT),), *((Cell(f"  {note}"),) for note in form.notes)])
    entry: dict[str, str] = {}
    for field in form.fields:
        value = _asked(output, field)
        if value is None or (field.required and not value.strip()):
            output.talk(f"{field.title} stayed empty: nothing was done.")
            return None
        if value:
            entry[field.name] = value
    return entry


def words_for(form: Form) -> list[str]:
    """Return the words of a command that would fill in what is required, with an ellipsis in the place of each value."""
    return [word for field in form.fields if field.required for word in ("--entry", f"{field.name}=…")]


def _asked(output: Output, field: Field) -> str | None:
    hint = f" ({field.hint})" if field.hint else ""
    if field.kind is FieldKind.TEXT:
        return _text(output, field, hint)
    if field.kind is FieldKind.LINE:
        return output.ask(f"{field.title}{hint}:")
    output.lines(_options(output, field))
    many = "numbers, blanks between" if field.kind is FieldKind.FILES else "number, or nothing"
    typed = output.ask(f"{field.title}{hint}, {many}:")
    if typed is None:
        return None
    return "\n".join(_picked(field, word) for word in typed.split())


def _options(output: Output, field: Field) -> list[Line]:
    rows = table_lines(option_table(field.options, (), output.glyphs), output.width, titles=False)
    return [(Cell(f"{number:>3} ", Tone.MUTED), *line) for number, line in enumerate(rows[: len(field.options)], start=1)]


def _picked(field: Field, word: str) -> str:
    """Return the option that a number names; any other word as it is, for the engine to judge."""
    if word.isdecimal() and 1 <= int(word) <= len(field.options):
        return field.options[int(word) - 1].value
    return word


def _text(output: Output, field: Field, hint: str) -> str | None:
    begun = f", for instance {field.default}" if field.default else ""
    output.talk(f"{field.title}{hint}{begun}; a line that holds only a dot ends it:")
    lines: list[str] = []
    while sum(len(line) for line in lines) < LONGEST:
        typed = output.ask(">")
        if typed is None:
            return None
        if typed == END or (not typed and not lines):
            break
        lines.append(typed)
    value = "\n".join(lines).strip("\n")
    if field.name == "message" and value:
        output.lines(message_lines(value, output.glyphs))
    return value
