"""How Railway pages and filters logs: by an anchor with lines before and after it, or by a limit between two dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import moment

KEPT_DAYS = 7
USUAL, MOST = 100, 5000
_TERM = re.compile(r"@([A-Za-z_]+):(\"[^\"]*\"|\S+)")
Newest = Callable[[float, float, int], Sequence[Node]]


@dataclass(frozen=True, slots=True)
class LogPage:
    """What is asked for: ``before`` lines up to ``anchor`` and ``after`` lines behind it."""

    anchor: float
    oldest: float
    newest: float
    before: int
    after: int

    @classmethod
    def read(cls, arguments: Arguments, now: float) -> LogPage:
        """Read the arguments of any log query. Raises GraphQLError."""

        def date(key: str, usual: float) -> float:
            return usual if arguments.get(key) is None else moment(arguments[key], key)

        def number(key: str, usual: int) -> int:
            value = arguments.get(key)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST):
                raise GraphQLError(f'Argument "{key}" must be between 0 and {MOST}')
            return usual if value is None else int(value)

        if arguments.get("anchorDate") is None and arguments.get("beforeLimit") is None:
            end = date("endDate", date("afterDate", now))
            return cls(end, date("startDate", date("beforeDate", 0.0)), end, number("limit", USUAL), 0)
        anchor = date("anchorDate", now)
        before, after = number("beforeLimit", number("limit", USUAL)), number("afterLimit", 0)
        return cls(anchor, date("beforeDate", 0.0), date("afterDate", now), before, after)

    def collect(self, newest: Newest) -> list[Node]:
        """Return the page's lines, oldest first. ``newest(start, end, most)`` gives the newest lines of a time, oldest first."""
        found = list(newest(self.oldest, self.anchor, self.before)) if self.before else []
        if self.after and self.newest > self.anchor:
            found += list(newest(self.anchor, self.newest, MOST))[: self.after]
        return found


def accepts(query: object, text: str, fields: Mapping[str, str]) -> bool:
    """Say whether a line fits a filter: words of its text and ``@name:value``, all of which must hold.

    A name that no line here has holds for none.
    """
    if not isinstance(query, str) or not query.strip():
        return True
    rest = query
    for name, value in _TERM.findall(query):
        if fields.get(name, "").lower() != value.strip('"').lower():
            return False
    rest = _TERM.sub(" ", rest)
    words = [word.strip('"').lower() for word in rest.split() if word != "AND"]
    return all(word in text.lower() for word in words)


def term(query: object, name: str) -> str:
    """Return the value that a filter wants of a name, ``""`` when it does not say."""
    found = dict(_TERM.findall(query)) if isinstance(query, str) else {}
    return str(found.get(name, "")).strip('"').lower()
