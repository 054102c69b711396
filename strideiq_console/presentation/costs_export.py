"""The month as CSV and as Markdown, made of the very rows that the screen shows (R119)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.month import month_of
from strideiq_console.presentation.costs_detail import plan_sentences
from strideiq_console.presentation.costs_lines import HEADINGS, texts
from strideiq_console.presentation.markdown import literal

_AMOUNT = re.compile(r"(at least )?[+\N{MINUS SIGN}]?\$?[0-9]+\.[0-9]{2}( [A-Z]{3})?\Z")
_FORMULA = ("=", "+", "-", "@", "\t")
_INDENT = "&emsp;"


def as_csv(facts: Facts, now: datetime) -> str:
    """Return the month as CSV (RFC 4180): the headings, then every row of the wide table."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(HEADINGS)
    lines.writerows([_harmless(words) for words in row] for row in texts(facts, now))
    return written.getvalue()


def as_markdown(facts: Facts, now: datetime) -> str:
    """Return the month as a Markdown document: the table, then what is missing, assumed or left out."""
    month = month_of(facts, now)
    lines = [f"# Costs of {month.name}", "", f"As known on {now:%Y-%m-%d at %H:%M %Z}".rstrip() + ".", ""]
    lines += [_line(HEADINGS), _line((":--", *["--:"] * 6, ":--", ":--"))]
    lines += [_line(_cell(words) for words in row) for row in texts(facts, now)]
    notes = [*month.notes, *plan_sentences(facts.budget.lines, month.currency)]
    return "\n".join([*lines, "", *(f"- {literal(note)}" for note in notes), ""])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(words: str) -> str:
    """Return a cell for Markdown: an amount as it stands, anything else literally, with its indent."""
    bare = words.lstrip(" ")
    return bare if _AMOUNT.match(bare) else _INDENT * ((len(words) - len(bare)) // 2) + literal(bare)


def _harmless(words: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: the name of a service may come from outside."""
    return f"'{words}" if words.lstrip().startswith(_FORMULA) and not _AMOUNT.match(words) else words
