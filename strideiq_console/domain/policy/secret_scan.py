"""Looks for secrets in what is about to be committed (R33). A finding names the place and the rule, never what was found."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from strideiq_console.domain.policy.secret_shapes import SHAPES, Shape, assigned
from strideiq_console.domain.worktree import ChangeKind, FileChange

LARGE = 5 * 1024 * 1024
MOST_PER_FILE = 20
ENVIRONMENT_FILE = "an environment file"
KEY_FILE = "a file of keys or passwords"
VALUE = "a value that looks like a secret"
NOT_LOOKED_THROUGH = "not looked through: too large or not readable as text"
TOO_LARGE = "larger than 5 MB"
BINARY = "binary, so not looked through"
LINE_ENDS = "nothing but line ends differ (CRLF)"
MORE = "more of the same in this file"

_EXAMPLES = (".example", ".sample", ".template")
_KEY_NAMES = frozenset({"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", "_netrc", ".pgpass", ".git-credentials"})
_KEY_ENDINGS = (".p12", ".pfx", ".jks", ".keystore", ".ppk")
_BARE_VALUES = (".env", ".envrc", ".ini", ".cfg", ".conf", ".properties", ".yml", ".yaml", ".sh", "dockerfile")
_NEW = frozenset({ChangeKind.ADDED, ChangeKind.UNTRACKED})
_WHOLE = 3.5


@dataclass(frozen=True, slots=True)
class Leak:
    """A finding. What ``blocks`` must not be committed; the rest is said.

    ``line`` is counted among the added lines, from 1: in a file that is new (``whole``) that is its own line. None: it is the file
    itself.
    """

    path: str
    line: int | None
    rule: str
    blocks: bool
    whole: bool = True

    def sentence(self) -> str:
        """Return where it is and what it is, as one line."""
        if self.line is None:
            return f"{self.path}: {self.rule}"
        return f"{self.path}, {'line' if self.whole else 'added line'} {self.line}: {self.rule}"


def scan(changes: Iterable[FileChange]) -> tuple[Leak, ...]:
    """Return what must not, or should not, be committed, file by file in the order given. A deleted file holds nothing to find."""
    return tuple(leak for change in changes if change.kind is not ChangeKind.DELETED for leak in _of(change))


def blocking(leaks: Iterable[Leak]) -> tuple[Leak, ...]:
    """Return the findings with which nothing is committed."""
    return tuple(leak for leak in leaks if leak.blocks)


def blocking_lines(text: str) -> tuple[tuple[int, str], ...]:
    """Return the lines of a message (from 1), each with the rule that it breaks, with which nothing is committed."""
    lines = enumerate(text.split("\n"), 1)
    return tuple((number, rule) for number, line in lines for rule, blocks in _rules(line, bare=False) if blocks)


def entropy(text: str) -> float:
    """Return Shannon's entropy in bits per character; 0 for an empty text."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values()) if total else 0.0


def _of(change: FileChange) -> Iterator[Leak]:
    named = _by_name(change.path)
    if named:
        yield Leak(change.path, None, named, blocks=True)
    if change.size > LARGE:
        yield Leak(change.path, None, TOO_LARGE, blocks=False)
    if change.crlf_only:
        yield Leak(change.path, None, LINE_ENDS, blocks=False)
    if change.binary:
        yield Leak(change.path, None, BINARY, blocks=False)
    elif change.added is None:
        yield Leak(change.path, None, NOT_LOOKED_THROUGH, blocks=False)
    elif change.added:
        yield from _lines(change, change.added)


def _by_name(path: str) -> str:
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    if (name == ".env" or name.startswith(".env.")) and not name.endswith(_EXAMPLES):
        return ENVIRONMENT_FILE
    return KEY_FILE if name in _KEY_NAMES or name.endswith(_KEY_ENDINGS) else ""


def _lines(change: FileChange, added: tuple[str, ...]) -> Iterator[Leak]:
    name = change.path.replace("\\", "/").rpartition("/")[2].lower()
    bare = name.endswith((*_BARE_VALUES, *_EXAMPLES)) or name.startswith(".env.")
    found = [(number, *rule) for number, line in enumerate(added, 1) for rule in _rules(line, bare=bare)]
    for number, rule, blocks in found[:MOST_PER_FILE]:
        yield Leak(change.path, number, rule, blocks, whole=change.kind in _NEW)
    if len(found) > MOST_PER_FILE:
        yield Leak(change.path, None, MORE, any(blocks for _, _, blocks in found[MOST_PER_FILE:]))


def _rules(line: str, *, bare: bool) -> tuple[tuple[str, bool], ...]:
    """Return the rules that a line breaks, each once, with whether it blocks; a value that a shape explains is not said again."""
    lower = line.lower()
    found = dict.fromkeys((shape.rule, shape.blocks) for shape in SHAPES if shape.near(lower) and _matches(shape, line))
    if not found and any(_telling(value) for value in assigned(line, lower, bare=bare)):
        return ((VALUE, True),)
    return tuple(found)


def _matches(shape: Shape, line: str) -> bool:
    return any(not shape.harmless(match) for match in shape.pattern.finditer(line))


def _telling(value: str) -> bool:
    return len(value) >= 16 and entropy(value) >= _WHOLE
