"""Commands as a person may paste them: words quoted for a POSIX shell or for PowerShell (R43)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Literal

Shell = Literal["posix", "powershell"]
SHELLS: tuple[Shell, ...] = ("posix", "powershell")

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_BARE = re.compile(r"[A-Za-z0-9_./\\:=+^-]+\Z")
_SPLIT = re.compile(r"-[^.:]*[.:]")
_STOP_PARSING = "--%"
_QUOTES = str.maketrans({quote: quote * 2 for quote in "'\u2018\u2019\u201a\u201b"})


def quoted(argv: Sequence[str], shell: Shell = "posix") -> str:
    """Return words as one line that the shell reads as exactly these words; PowerShell 7.3 and later passes them on unchanged."""
    if shell == "posix":
        return shlex.join(argv)
    words = [_powershell(word) for word in argv]
    # A quoted word alone is a string to PowerShell, not a command.
    return f"& {' '.join(words)}" if words and words[0].startswith("'") else " ".join(words)


def for_shell(command: str, shell: Shell) -> str:
    """Return a command of a plan for a shell; a request to a provider, or what is no command line, stays as it is."""
    if shell == "posix" or command.split(" ", 1)[0] in _METHODS:
        return command
    try:
        return quoted(shlex.split(command), shell)
    except ValueError:
        return command


def _powershell(word: str) -> str:
    # PowerShell cuts ``-a.b`` and ``-a:b`` in two, and takes its own kinds of quotes for quotes.
    if _BARE.match(word) and not _SPLIT.match(word) and word != _STOP_PARSING:
        return word
    return f"'{word.translate(_QUOTES)}'"
