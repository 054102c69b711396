"""Writes a git history into an empty bare repository in one go, with ``git fast-import``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from strideiq_console.sandbox import git

_SCRATCH = "refs/build/all"


@dataclass(slots=True)
class _Line:
    """A branch while the history is written: its newest commit and its files."""

    mark: int
    files: dict[str, str]
    changed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A branch reached a commit: something CI and deployments may follow. ``mark`` becomes a SHA when the history is written."""

    branch: str
    mark: int
    subject: str
    when: float


class History:
    """Builds a history commit by commit; nothing is written before :meth:`write`.

    Merges here never conflict, because branches of the story touch different files.
    """

    def __init__(self, *, name: str, email: str) -> None:
        self._who = f"{name} <{email}>"
        self._stream: list[bytes] = []
        self._lines: dict[str, _Line] = {}
        self._next_mark = 1
        self.arrivals: list[Arrival] = []

    def commit(self, branch: str, when: float, subject: str, files: Mapping[str, str], *, body: str = "") -> int:
        """Commit files on a branch (the first one starts the history); return the commit's mark."""
        line = self._lines.setdefault(branch, _Line(0, {}))
        line.files |= files
        line.changed |= files
        message = f"{subject}\n\n{body}\n" if body else f"{subject}\n"
        line.mark = self._emit(message, when, [line.mark] if line.mark else [], files)
        self.arrivals.append(Arrival(branch, line.mark, subject, when))
        return line.mark

    def fork(self, branch: str, start: str) -> None:
        """Start a branch where another one stands."""
        source = self._lines[start]
        self._lines[branch] = _Line(source.mark, dict(source.files))

    def merge(self, base: str, head: str, when: float, subject: str, *, body: str = "") -> int:
        """Merge ``head`` into ``base`` with a merge commit; return its mark."""
        into, source = self._lines[base], self._lines[head]
        files = self._join(into, source, head)
        message = f"{subject}\n\n{body}\n" if body else f"{subject}\n"
        into.mark = self._emit(message, when, [into.mark, source.mark], files)
        self.arrivals.append(Arrival(base, into.mark, subject, when))
        return into.mark

    def squash(self, base: str, head: str, when: float, subject: str) -> int:
        """Put everything of ``head`` on ``base`` as one commit; return its mark."""
        into, source = self._lines[base], self._lines[head]
        files = self._join(into, source, head)
        into.mark = self._emit(f"{subject}\n", when, [into.mark], files)
        self.arrivals.append(Arrival(base, into.mark, subject, when))
        return into.mark

    def tip(self, branch: str) -> int:
        """Return the mark of a branch's newest commit."""
        return self._lines[branch].mark

    def remove(self, branch: str) -> None:
        """Delete a branch; its commits stay where they were merged."""
        del self._lines[branch]

    def write(self, repository: Path) -> dict[int, str]:
        """Write everything into the bare repository; return the SHA of each mark."""
        for branch, line in self._lines.items():
            self._stream.append(f"reset refs/heads/{branch}\nfrom :{line.mark}\n\n".encode())
        self._stream.append(f"reset {_SCRATCH}\nfrom {'0' * 40}\n\n".encode())
        marks = repository / "marks"
        text = b"".join(self._stream).decode()
        git.run(repository, "fast-import", "--quiet", "--force", f"--export-marks={marks}", stdin=text)
        pairs = [row.split() for row in marks.read_text(encoding="ascii").splitlines()]
        marks.unlink()
        return {int(mark[1:]): sha for mark, sha in pairs}

    def _join(self, into: _Line, source: _Line, head: str) -> dict[str, str]:
        """Take over what the head changed since it was forked; a permanent branch brings all that the base lacks."""
        brought = source.files if head in ("main", "staging") else source.changed
        files = {path: text for path, text in brought.items() if into.files.get(path) != text}
        into.files |= files
        into.changed |= files
        return files

    def _emit(self, message: str, when: float, parents: list[int], files: Mapping[str, str]) -> int:
        mark = self._next_mark
        self._next_mark += 1
        who = f"{self._who} {int(when)} +0000"
        lines = [f"commit {_SCRATCH}\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode(), _data(message)]
        if parents:
            lines.append(f"from :{parents[0]}\n".encode())
            lines += [f"merge :{parent}\n".encode() for parent in parents[1:]]
        for path, text in sorted(files.items()):
            lines += [f"M 100644 inline {path}\n".encode(), _data(text)]
        self._stream += [*lines, b"\n"]
        return mark


def _data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)
