"""Reads a metrics page, in Prometheus' text format or as OpenMetrics, as far as its metrics are wanted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.prometheus.tally import Counted

ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.8,*/*;q=0.1"
"""OpenMetrics first: its last line says that the page is whole."""

START = "process_start_time_seconds"
MAX_LINES = 200_000
MAX_SAMPLES = 20_000
MAX_LINE = 16_384
STALE_SECONDS = 300.0
_SUFFIXES = ("", "_total", "_bucket", "_count", "_sum", "_created")
# The rough shape of a line whose metric is not wanted; the wanted ones are read by the real parser, which is 50 times slower.
_REST = r"[ \t]+[-+]?(?:[0-9.][-+0-9.a-fA-FxX_]*|inf|infinity|nan)(?:[ \t]+[-+0-9.eE]+)?[ \t]*(?:#.*)?\Z"
_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(?:\{.*\})?" + _REST, re.IGNORECASE)
_QUOTED = re.compile(r"\{[ \t]*\".*\}" + _REST, re.IGNORECASE)  # a name that only UTF-8 can write, so none that is wanted
_COMMENT = re.compile(r"#[ \t]*(?:HELP|TYPE|UNIT)[ \t]+(\S+)")
_PARSER_FAULTS = (ValueError, IndexError, KeyError, TypeError, AttributeError, ArithmeticError)


class PageError(ValueError):
    """The page cannot be read; the text names the line."""


@dataclass(frozen=True, slots=True)
class Page:
    """The wanted samples, each with its name as label ``__name__``; None is a gap (NaN, or older than five minutes).

    ``started`` are the epoch seconds when the answering process began, None when the page does not say.
    """

    samples: tuple[Counted, ...]
    started: float | None = None


class _Lines:
    """Yields the lines that the parser must see and knows which one it saw last."""

    def __init__(self, text: str, wanted: frozenset[str], *, openmetrics: bool) -> None:
        self._lines = text.split("\n")  # not splitlines: a label's value may hold any other separator
        if self._lines[-1] == "":
            self._lines.pop()
        self._openmetrics = openmetrics
        self._wanted = wanted
        self._families = frozenset(name.removesuffix(suffix) for name in wanted for suffix in _SUFFIXES if name.endswith(suffix))
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        if len(self._lines) > MAX_LINES:
            raise PageError(f"has more than {MAX_LINES} lines")
        passed = 0
        for number, line in enumerate(self._lines, 1):
            self.number = number
            if not self._needed(line):
                continue
            passed += 1
            if passed > 2 * MAX_SAMPLES:
                raise PageError(f"has more than {MAX_SAMPLES} samples of the wanted metrics")
            yield line

    def _needed(self, line: str) -> bool:
        if len(line) > MAX_LINE:
            raise ValueError(f"longer than {MAX_LINE} characters")
        if line.startswith("#"):
            found = _COMMENT.match(line)
            return line == "# EOF" and self._openmetrics if found is None else found[1] in self._families
        if not line.strip():
            if self._openmetrics:
                raise ValueError("blank in OpenMetrics")
            return False
        found = _SAMPLE.match(line.rstrip("\r"))
        if found is None and not _QUOTED.match(line):
            raise ValueError("neither a sample nor a comment")
        return found is not None and found[1] in self._wanted


def read(body: bytes, content_type: str, metrics: frozenset[str], now: float) -> Page:
    """Return the samples of ``metrics`` (names as the page writes them). PageError names the line that cannot be read."""
    if body[:2000].lstrip().lower().startswith((b"<!doctype", b"<html")):
        raise PageError("is a web page, not metrics")
    openmetrics = "openmetrics" in content_type.lower()
    lines = _Lines(_decoded(body), frozenset({*metrics, START}), openmetrics=openmetrics)
    samples: list[Counted] = []
    started = None
    try:
        for sample in _parsed(lines, openmetrics=openmetrics):
            name = sample.name if sample.name in metrics or sample.name == START else sample.name.removesuffix("_total")
            value = _value(sample, now)
            if name == START:
                started = value
            elif name in metrics:
                samples.append(Counted({**sample.labels, "__name__": name}, value))
    except PageError:
        raise
    except _PARSER_FAULTS as error:
        raise PageError(f"cannot be read at line {lines.number}: {clean_line(str(error), limit=120) or 'bad syntax'}") from error
    return Page(tuple(samples), started)


def _parsed(lines: _Lines, *, openmetrics: bool) -> Iterator[Any]:
    """Yield samples. The parsers want a file; all they do with it is to go through its lines."""
    # Loading prometheus_client takes a tenth of a second: only who reads a page pays for it.
    if openmetrics:
        from prometheus_client.openmetrics.parser import text_fd_to_metric_families as strict

        families = strict(lines)  # type: ignore[no-untyped-call]
    else:
        from prometheus_client.parser import text_fd_to_metric_families as lax

        families = lax(lines)  # type: ignore[arg-type]
    for family in families:
        yield from family.samples


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise PageError(f"cannot be read at line {line}: no UTF-8") from error


def _value(sample: Any, now: float) -> float | None:
    value = float(sample.value)
    old = sample.timestamp is not None and now - float(sample.timestamp) > STALE_SECONDS
    return value if math.isfinite(value) and not old else None
