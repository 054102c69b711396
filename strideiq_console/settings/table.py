"""Walks the tables of a settings file key by key and collects every fault on the way, instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar

from strideiq_console.domain.untrusted import clean_line, is_clean
from strideiq_console.settings import checks
from strideiq_console.settings.document import Document
from strideiq_console.settings.faults import SettingFault

T = TypeVar("T")
Path = tuple[str, ...]
Check = Callable[[str], str | None]
MAX_DEPTH = 20
ADVICE = (
    "tokens never stand in a file: set the environment variable STRIDEIQ_GITHUB_TOKEN (…_VERCEL_TOKEN, …_RAILWAY_TOKEN), "
    "or store it with 'strideiq secrets set github'; if others have seen this file, revoke the token"
)


@dataclass(slots=True)
class Walk:
    """One reading of a document: the faults, origins and values found so far. ``refused`` are keys that a sweep has faulted."""

    document: Document
    faults: list[SettingFault] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)
    refused: set[Path] = field(default_factory=set)

    def fault(self, path: Path, cause: str, nearest: str = "") -> None:
        """Note a fault of a key."""
        key = ".".join(shown(part) for part in path)
        self.faults.append(SettingFault(key, self.document.file, self.document.line(path), cause, nearest))

    def sweep(self) -> None:
        """Refuse whatever looks like a token, wherever it stands, also under keys that nobody knows (R81)."""
        waiting: list[tuple[Path, Any]] = [((), self.document.values)]
        while waiting:
            path, value = waiting.pop()
            if len(path) > MAX_DEPTH:
                self.fault(path[:3], "nested too deeply")
            elif isinstance(value, dict):
                waiting.extend(((*path, key), inner) for key, inner in value.items())
            elif isinstance(value, list):
                waiting.extend((path, inner) for inner in value)
            elif isinstance(value, str) and path not in self.refused and checks.token_like(value):
                self.refused.add(path)
                self.fault(path, f"this looks like a token; {ADVICE}")


class Table:
    """One table. Each reading method returns the value or the default, noting a fault; :meth:`close` faults what nobody asked for.

    ``extra`` holds checked values of a lower rank (the clone's own file), used where the table says nothing.
    """

    def __init__(self, walk: Walk, path: Path, values: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> None:
        self.walk = walk
        self.path = path
        self._values = values
        self._extra = extra or {}
        self._asked: list[str] = []
        self._refused: set[str] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """Return all keys, for tables whose keys are names."""
        return tuple(dict.fromkeys((*self._values, *self._extra)))

    def text(self, key: str, default: str = "", check: Check | None = None, *, limit: int = 300) -> str:
        """Return a line of text."""
        value = self._value(key, str, "text")
        if value is None:
            return self._kept(key, str(self._extra.get(key, default)))
        cause = _line_fault(value, limit) or (check(value) if check else None)
        if cause is None:
            return self._kept(key, str(value))
        self.fault(key, cause)
        return default

    def url(self, key: str, default: str = "") -> str:
        """Return a base URL without a slash at its end."""
        return self.text(key, default, checks.url_fault, limit=2000).rstrip("/")

    def choice(self, key: str, default: str, options: tuple[str, ...]) -> str:
        """Return one of a few words."""
        value = self._value(key, str, "text")
        if value is None or value in options:
            return self._kept(key, value or str(self._extra.get(key, default)))
        self.fault(key, f"must be one of {', '.join(options)}", nearest(value, options))
        return default

    def texts(self, key: str, *, default: tuple[str, ...] = (), repeats: bool = False) -> tuple[str, ...]:
        """Return a list of lines of text; a text that stands twice counts once, unless ``repeats`` (a command's arguments)."""
        values = self._value(key, list, "a list of texts")
        if values is None:
            return self._kept(key, default)
        for value in values:
            cause = "must hold texts only" if not isinstance(value, str) else _line_fault(value, 200)
            if cause or not value:
                self.fault(key, cause or "must not hold an empty text")
                return ()
        return self._kept(key, tuple(values) if repeats else tuple(dict.fromkeys(values)))

    def added(self, key: str) -> tuple[str, ...]:
        """Return the texts that the clone's own file adds to a list."""
        return tuple(self._extra.get(key, ()))

    def whole(self, key: str, default: int) -> int:
        """Return a whole number."""
        value = self._value(key, int, "a whole number")
        return self._kept(key, default if value is None else int(value))

    def number(self, key: str, default: int | float | None = None) -> int | float | None:
        """Return a finite number, ``default`` when it is not there; None for one that is not finite."""
        value = self._value(key, (int, float), "a number")
        if isinstance(value, float) and value - value != 0:
            self.fault(key, "must be a finite number")
            return None
        return self._kept(key, value if isinstance(value, (int, float)) else default)

    def money(self, key: str) -> str | None:
        """Return an amount of money as it is written, a text or a number; None when it is not there. The caller judges it."""
        value = self._value(key, (str, int, float), "an amount such as 12.50")
        if value is None or isinstance(value, bool):
            return self._kept(key, None)
        cause = _line_fault(value, 60) if isinstance(value, str) else None
        if cause is not None:
            self.fault(key, cause)
            return None
        return self._kept(key, str(value))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._value(key, bool, "true or false")
        return self._kept(key, default if value is None else bool(value))

    def date(self, key: str) -> date | None:
        """Return a day, written without quotes as in 2026-11-23; None when it is not there."""
        value = self._value(key, date, "a date such as 2026-11-23, without quotes")
        if isinstance(value, datetime):
            self.fault(key, "must be a date without a time")
            return None
        return self._kept(key, value if isinstance(value, date) else None)

    def missing(self, key: str, cause: str) -> None:
        """Fault a key that must be there, unless its value has been faulted already."""
        if not any(fault.key == ".".join(shown(part) for part in (*self.path, key)) for fault in self.walk.faults):
            self.fault(key, cause)

    def table(self, key: str) -> Table:
        """Return an inner table, an empty one when it is not there."""
        value = self._value(key, dict, "a table") or {}
        self.walk.origins.pop(self._dotted(key), None)
        return Table(self.walk, (*self.path, key), value, self._extra.get(key))

    def fault(self, key: str, cause: str, near: str = "") -> None:
        """Note a fault of a key of this table."""
        self.walk.fault((*self.path, key), cause, near)

    def refuse(self, key: str, cause: str) -> None:
        """Fault a key that is known and may not stand in this file."""
        self._refused.add(key)
        self.fault(key, cause)

    def close(self) -> None:
        """Fault every key that no method has asked for."""
        for key in self._values:
            if key in self._asked or key in self._refused:
                continue
            if checks.TOKEN_KEY.search(key):
                self.fault(key, f"there is no such key; {ADVICE}")
                continue
            near = nearest(key, self._asked)
            known = "" if near else f" (known here: {', '.join(self._asked)})"
            self.fault(key, f"unknown key{known}", near)

    def _value(self, key: str, kind: type | tuple[type, ...], words: str) -> Any:
        self._asked.append(key)
        path = (*self.path, key)
        if key not in self._values or path in self.walk.refused:
            self.walk.origins[self._dotted(key)] = "clone" if key in self._extra else "default"
            return None
        value = self._values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, f"must be {words}, not {_kind_words(value)}")
            return None
        self.walk.origins[self._dotted(key)] = str(self.walk.document.file)
        return value

    def _kept(self, key: str, value: T) -> T:
        """Remember what a key came to, for those who want to see it, and return it."""
        self.walk.values[self._dotted(key)] = value
        return value

    def _dotted(self, key: str) -> str:
        return ".".join((*self.path, key))


def nearest(word: str, options: tuple[str, ...] | list[str]) -> str:
    """Return the option that was probably meant, or ``""``."""
    import difflib  # only a wrong key pays for it

    short = next((option for option in options if len(word) >= 3 and option.startswith(word.lower())), "")
    found = [short] if short else difflib.get_close_matches(word[:60].lower(), options, n=1, cutoff=0.6)
    return found[0] if found else ""


def shown(key: str) -> str:
    """Return a key fit to be shown: somebody may have put a token where a key stands."""
    return "•••" if checks.token_like(key) else clean_line(key, limit=60)


def _line_fault(value: str, limit: int) -> str | None:
    if len(value) > limit:
        return f"must not be longer than {limit} characters"
    return None if is_clean(value) else "must be one line without control or invisible characters"


def _kind_words(value: object) -> str:
    kinds = (
        (bool, "true or false"),
        (str, "text"),
        (int, "a whole number"),
        (float, "a number"),
        (dict, "a table"),
        (list, "a list"),
        ((datetime, date, time), "a date or time"),
    )
    return next((words for kind, words in kinds if isinstance(value, kind)), "this")
