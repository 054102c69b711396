"""Reads raw SQL in a migration just far enough to name what it destroys. It clears nothing: raw SQL stays "unclear" (R87)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from strideiq_console.domain.migration import RiskKind

Finding = tuple[RiskKind, str, str]
"""A kind, a table and a name."""

_NAME = r'((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))*)'
_NAMES = re.compile(_NAME)
_IF = r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
_LONGEST = 20_000  # characters that are looked at; a longer text is unclear all the same
_OPAQUE = re.compile(
    r"""(?P<note>--[^\n]*|/\*.*?\*/)|(?P<name>"[^"]*")|'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$""", re.DOTALL
)
_HARMLESS = re.compile(r"(?:SET\s+(?:LOCAL\s+|SESSION\s+)?(?:lock_timeout|statement_timeout)\b|COMMENT\s+ON\b|$)", re.IGNORECASE)


def harmless(statement: str) -> bool:
    """Say whether one statement of :func:`statements` changes neither data nor shape: a timeout, a comment, nothing at all."""
    return _HARMLESS.match(statement) is not None


def statements(text: str) -> tuple[str, ...]:
    """Split a text at the semicolons outside of quotes; comments go, quoted text becomes ``''``."""
    bare = _OPAQUE.sub(lambda m: " " if m["note"] else m["name"] or "''", text[:_LONGEST])
    return tuple(part.strip() for part in bare.split(";") if part.strip())


def findings(statement: str) -> tuple[Finding, ...]:
    """Return what one statement of :func:`statements` is seen to do; empty does not mean that it is safe."""
    found = [
        finding for pattern, read in _STATEMENTS if (match := pattern.search(statement)) is not None for finding in read(match)
    ]
    table = re.match(rf"ALTER\s+TABLE\s+{_IF}(?:ONLY\s+)?{_NAME}\s", statement, re.IGNORECASE)
    if table is not None:
        name = _plain(table[1])
        rest = statement[table.end() :]
        found += [(kind, name, _plain(match[1])) for kind, pattern in _ALTERATIONS for match in pattern.finditer(rest)]
        found += [(RiskKind.NOT_NULL, name, _plain(m[1])) for m in _ADDED.finditer(rest) if _not_null(m[2])]
        found.append((RiskKind.LOCKS, name, ""))
    return tuple(dict.fromkeys(found))


def _plain(name: str) -> str:
    return name.replace('"', "")


def _not_null(definition: str) -> bool:
    words = definition.upper()
    return "NOT NULL" in words and not re.search(r"\bDEFAULT\b|\bGENERATED\b|\bSERIAL\b", words)


def _tables(kind: RiskKind) -> Callable[[re.Match[str]], Iterator[Finding]]:
    def read(match: re.Match[str]) -> Iterator[Finding]:
        for name in _NAMES.finditer(match[1]):
            yield kind, _plain(name[1]), ""

    return read


def _named(kind: RiskKind) -> Callable[[re.Match[str]], Iterator[Finding]]:
    def read(match: re.Match[str]) -> Iterator[Finding]:
        yield kind, "", _plain(match[1])

    return read


def _alone(kind: RiskKind) -> Callable[[re.Match[str]], Iterator[Finding]]:
    def read(match: re.Match[str]) -> Iterator[Finding]:
        yield kind, "", ""

    return read


def _index(match: re.Match[str]) -> Iterator[Finding]:
    table = _plain(match[4])
    yield (RiskKind.CONCURRENTLY if match[2] else RiskKind.LOCKS), table, _plain(match[3] or "")
    if match[1]:
        yield RiskKind.TIGHTENS, table, _plain(match[3] or "")


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL)


_LIST = rf"({_NAME}(?:\s*,\s*{_NAME})*)"
_OBJECT = "(?:MATERIALIZED VIEW|VIEW|TYPE|DOMAIN|SCHEMA|SEQUENCE|FUNCTION|PROCEDURE|TRIGGER|EXTENSION|POLICY|DATABASE|ROLE)"
_STATEMENTS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Finding]]], ...] = (
    (_words(rf"\b(?:INSERT INTO|MERGE INTO) (?:ONLY )?{_NAME}"), _tables(RiskKind.MOVES_DATA)),
    (_words(rf"\bUPDATE (?:ONLY )?{_NAME}(?: (?:AS )?\w+)? SET\b"), _tables(RiskKind.MOVES_DATA)),
    (_words(rf"^COPY {_NAME}.* FROM\b"), _tables(RiskKind.MOVES_DATA)),
    (_words(rf"\bDELETE FROM (?:ONLY )?{_NAME}"), _tables(RiskKind.DELETES_ROWS)),
    (re.compile(rf"^TRUNCATE\s+(?:TABLE\s+)?(?:ONLY\s+)?{_LIST}", re.IGNORECASE), _tables(RiskKind.DELETES_ROWS)),
    (re.compile(rf"^DROP\s+(?:FOREIGN\s+)?TABLE\s+{_IF}{_LIST}", re.IGNORECASE), _tables(RiskKind.DROPS_TABLE)),
    (re.compile(rf"^DROP\s+INDEX\s+(?:CONCURRENTLY\s+)?{_IF}{_NAME}", re.IGNORECASE), _named(RiskKind.DROPS_INDEX)),
    (re.compile(rf"^DROP\s+{_OBJECT}\s+{_IF}{_NAME}".replace(" VIEW", r"\s+VIEW"), re.IGNORECASE), _named(RiskKind.DROPS_OBJECT)),
    (re.compile(r"^(?:DROP|REINDEX|REFRESH)\b.*\bCONCURRENTLY\b", re.IGNORECASE | re.DOTALL), _alone(RiskKind.CONCURRENTLY)),
    (
        re.compile(
            rf"^CREATE\s+(UNIQUE\s+)?INDEX\s+(CONCURRENTLY\s+)?{_IF}(?:{_NAME}\s+)??ON\s+(?:ONLY\s+)?{_NAME}", re.IGNORECASE
        ),
        _index,
    ),
    (re.compile(rf"^ALTER\s+\w+\s+{_IF}{_NAME}\s+RENAME\b", re.IGNORECASE), _tables(RiskKind.RENAMES)),
    (re.compile(r"^(?:COMMIT|END|ROLLBACK|BEGIN|START\s+TRANSACTION|VACUUM)\b", re.IGNORECASE), _alone(RiskKind.AUTOCOMMIT)),
)
_ADDED = re.compile(
    rf"\bADD\s+(?:COLUMN\s+)?(?!CONSTRAINT\b|PRIMARY\b|UNIQUE\b|CHECK\b|FOREIGN\b){_IF}{_NAME}\s+([^,]+)", re.IGNORECASE
)
_ALTERATIONS: tuple[tuple[RiskKind, re.Pattern[str]], ...] = (
    (
        RiskKind.DROPS_COLUMN,
        re.compile(rf"(?:^|,)\s*DROP\s+(?:COLUMN\s+)?(?!CONSTRAINT\b|NOT\b|DEFAULT\b|COLUMN\b){_IF}{_NAME}", re.IGNORECASE),
    ),
    (RiskKind.DROPS_CONSTRAINT, re.compile(rf"\bDROP\s+CONSTRAINT\s+{_IF}{_NAME}", re.IGNORECASE)),
    (RiskKind.CHANGES_TYPE, re.compile(rf"\bALTER\s+(?:COLUMN\s+)?{_NAME}\s+(?:SET\s+DATA\s+)?TYPE\b", re.IGNORECASE)),
    (RiskKind.NOT_NULL, re.compile(rf"\bALTER\s+(?:COLUMN\s+)?{_NAME}\s+SET\s+NOT\s+NULL\b", re.IGNORECASE)),
    (RiskKind.TIGHTENS, re.compile(rf"\bADD\s+CONSTRAINT\s+{_NAME}", re.IGNORECASE)),
    (RiskKind.TIGHTENS, re.compile(r"\bADD\s+(PRIMARY|UNIQUE|CHECK|FOREIGN)\b", re.IGNORECASE)),
)
