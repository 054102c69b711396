"""A TOML file as read: its tables, and the line on which each key stands."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.settings.faults import SettingFault, SettingsError

MAX_BYTES = 1_000_000
_POSITION = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_STRINGS_AND_COMMENTS = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|#.*""")


@dataclass(frozen=True, slots=True)
class Document:
    """The tables of one file. ``lines`` maps the path of a key to its line."""

    file: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def line(self, path: tuple[str, ...]) -> int:
        """Return the line of a key, else that of the nearest table around it; 0 when neither is known."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 0


def read(file: Path, *, follow: bool = True) -> Document:
    """Read a file (UTF-8, a BOM and CRLF are fine). Raises SettingsError with line and column for bad TOML.

    Without ``follow`` a symbolic link is refused: a repository must not choose which file is read.
    """
    import tomllib  # 18 ms that a start without a file does not pay

    text = _text(file, follow=follow)
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise _unusable(file, "nested too deeply") from None
    except ValueError as error:  # TOMLDecodeError, and ints beyond Python's limit of digits
        message = clean_line(str(error), limit=200)
        position = _POSITION.search(message)
        raise _unusable(file, f"not valid TOML: {message}", int(position[1]) if position else 0) from None
    return Document(file, values, key_lines(text))


def _text(file: Path, *, follow: bool) -> str:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
    try:
        with open(os.open(file, flags), "rb") as stream:  # noqa: PTH123 - flags
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise _unusable(file, "not a regular file")
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _unusable(file, "there is no such file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unusable(file, f"cannot be read ({reason})") from None
    if len(raw) > MAX_BYTES:
        raise _unusable(file, f"larger than {MAX_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unusable(file, "not UTF-8", raw.count(b"\n", 0, error.start) + 1) from None


def _unusable(file: Path, cause: str, line: int = 0) -> SettingsError:
    return SettingsError([SettingFault("", file, line, cause)])


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Find the line of each table and key of valid TOML. A small scanner: inside values it only looks for their end."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    closing, depth = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if depth:
            depth += _brackets(line)
            continue
        if line.lstrip().startswith("["):
            header = _path(line.lstrip().lstrip("["))
            if header is not None:
                table = header[0]
                _note(found, (), table, number)
            continue
        key = _path(line)
        if key is None or not key[1].startswith("="):
            continue
        _note(found, table, key[0], number)
        value = key[1][1:].strip()
        closing = next((quotes for quotes in ('"""', "'''") if value.startswith(quotes) and quotes not in value[3:]), "")
        depth = _brackets(value) if value.startswith(("[", "{")) else 0
    return found


def _note(found: dict[tuple[str, ...], int], table: tuple[str, ...], key: tuple[str, ...], number: int) -> None:
    for length in range(1, min(len(key), 20) + 1):
        found.setdefault((*table, *key[:length]), number)


def _path(text: str) -> tuple[tuple[str, ...], str] | None:
    """Take a dotted key off the beginning of a line; return it and the rest."""
    parts: list[str] = []
    while match := _KEY.match(text):
        parts.append(next(group for group in match.groups() if group is not None))
        text = text[match.end() :]
        if not text.startswith("."):
            return tuple(parts), text
        text = text[1:]
    return None


def _brackets(line: str) -> int:
    bare = _STRINGS_AND_COMMENTS.sub("", line)
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
