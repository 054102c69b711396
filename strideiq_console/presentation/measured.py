"""A measured value in words: with its unit and its limit, and in a word of its own where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from strideiq_console.domain.measured import Measured, MeasuredState
from strideiq_console.domain.metric import ENOUGH, Quantity
from strideiq_console.domain.policy.alert_rules import RULES, AlertRule
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.glyphs import Glyphs

_BYTES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def number_words(value: float, unit: str) -> str:
    """Return a number in its unit: ``82 ms``, ``2.4 s``, ``7.2 %``, ``61 MB``, ``0.25 vCPU``, ``1 032``."""
    if unit == "ms":
        return f"{value:.0f} ms" if round(value) < 1000 else f"{_short(value / 1000)} s"
    if unit == "ratio":
        return f"{_percent(value)} %"
    if unit == "bytes":
        size, name = next(((size, name) for size, name in _BYTES if abs(value) >= size), (1.0, "B"))
        return f"{_short(value / size)} {name}"
    if unit == "vcpu":
        return f"{value:.2f} vCPU"
    return f"{round(value):,}".replace(",", " ") if value == round(value) else f"{value:.1f}"


def _short(value: float) -> str:
    """Return two digits or more: ``2.4``, ``61``; a whole number stands without its zero."""
    return f"{value:.0f}" if abs(value) >= 9.95 else f"{value:.1f}".removesuffix(".0")


def _percent(value: float) -> str:
    """Return a share in percent; what is not all is never rounded up to 100, and what is not none never down to 0."""
    percent = value * 100
    text = f"{percent:.1f}"
    if text == "100.0" and percent < 100:
        text = "99.9"
    elif text == "0.0" and percent > 0:
        text = "<0.1"
    return text.removesuffix(".0")


def value_words(measured: Measured) -> str:
    """Return the value with its unit and its limit (``41/100``), or the word of the state where there is none."""
    if measured.state is MeasuredState.TOO_FEW:
        return "too few"
    if measured.value is None:
        return str(measured.state)
    unit = measured.quantity.unit
    words = number_words(measured.value, unit)
    if measured.limit is None or not measured.limit:
        return words
    bound = number_words(measured.limit, unit)
    if unit and words.endswith(same := bound.rpartition(" ")[2]):
        words = words.removesuffix(same).rstrip()
    return f"{words}/{bound}"


def rule_of(measured: Measured, rules: Sequence[AlertRule] = RULES) -> AlertRule | None:
    """Return the rule that guards this quantity, None when none does."""
    return next((rule for rule in rules if rule.quantity is measured.quantity), None)


def above(measured: Measured, rules: Sequence[AlertRule] = RULES) -> AlertRule | None:
    """Return the rule whose limit this value is above, None for a value at or below it and for one that cannot be judged."""
    rule = rule_of(measured, rules)
    if rule is None or measured.state not in (MeasuredState.KNOWN, MeasuredState.STALE):
        return None
    value = measured.value if rule.of is None else measured.share
    return rule if value is not None and value > rule.limit else None


def limit_words(rule: AlertRule) -> str:
    """Return the limit of a rule: ``5 %``, ``2 s``, ``80 %``, ``100``."""
    return number_words(rule.limit, "ratio" if rule.of is not None else rule.quantity.unit)


def measured_cell(measured: Measured, glyphs: Glyphs, *, narrow: bool = False, rules: Sequence[AlertRule] = RULES) -> Cell:
    """Return the value as a cell, with a mark when it is above the limit of an alert, and with its age when it is an old one.

    ``rules`` are ``facts.rules``. A value that is not from now never looks good; ``narrow`` leaves the blank before the unit out.
    """
    words = value_words(measured)
    if narrow:
        words = words.replace(" ms", "ms").replace(" %", "%")
    if measured.state is MeasuredState.TOO_FEW and measured.n is not None and not narrow:
        words = f"{words} n={measured.n}"
    rule = above(measured, rules)
    if measured.state is MeasuredState.STALE:
        age = age_words(measured.age) if measured.age is not None else "old"
        mark = f" {glyphs.warn}" if rule is not None else ""
        words = f"{words}{mark} ({age.replace(' ', '') if narrow else age})"
        return Cell(words, Tone.WARNING if rule is not None else Tone.UNKNOWN)
    if measured.state is MeasuredState.NO_SOURCE:
        return Cell(words, Tone.MUTED)
    if measured.state is not MeasuredState.KNOWN:
        return Cell(words, Tone.UNKNOWN)
    if rule is not None:
        return Cell(f"{words} {glyphs.warn}", Tone.CRITICAL if rule.severity is Level.CRITICAL else Tone.WARNING)
    return Cell(words, Tone.PLAIN)


def source_words(measured: Measured) -> str:
    """Return what must stand beside the number: its source, the requests behind it, its part and its age, in one line."""
    parts = [measured.source or "no source"]
    if measured.n is not None:
        few = f" (fewer than {ENOUGH}: it says nothing)" if measured.state is MeasuredState.TOO_FEW else ""
        parts.append(f"n={measured.n}{few}")
    if measured.window is not None and measured.quantity is not Quantity.REQUESTS:
        parts.append(f"over {age_words(measured.window)}")
    if measured.part:
        parts.append(measured.part)
    if measured.age is not None:
        parts.append(f"{age_words(measured.age)} ago")
    return " · ".join(parts)
