"""Everything the command line writes passes here: redacted, without raw control characters, in colour only for a terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.secret import Redactor
from strideiq_console.domain.untrusted import backstop
from strideiq_console.presentation.cell import Line, Tone
from strideiq_console.presentation.glyphs import Glyphs, pick

_COLOURS = {
    Tone.OK: "32",
    Tone.WARNING: "33",
    Tone.CRITICAL: "1;31",
    Tone.UNKNOWN: "35",
    Tone.ACTIVE: "36",
    Tone.MUTED: "2",
    Tone.ACCENT: "1",
    Tone.PRODUCTION: "1;31",
    Tone.SANDBOX: "1;33",
}
_WIDEST = 160


def _typed_unseen(prompt: str) -> str | None:
    import warnings
    from getpass import GetPassWarning, getpass

    with warnings.catch_warnings():
        warnings.simplefilter("error", GetPassWarning)
        try:
            return getpass(backstop(prompt)).strip() or None
        except EOFError:
            return None
        except GetPassWarning as error:
            raise UsageError(
                "this terminal cannot hide what is typed", next_step="pipe the secret in, or set the environment variable"
            ) from error


class Output:
    """Standard output for data, standard error for talk, and questions to a person.

    ``redact`` is replaced by the console's own redactor once there is one. A reader who closes the pipe ends the writing, not
    the command: what is being carried out goes on, and the exit code stays true.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, stdin: TextIO, environ: Mapping[str, str]) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self._stdin = stdin
        self._environ = environ
        self._deaf: set[int] = set()
        self.redact: Callable[[str], str] = Redactor()
        self.glyphs: Glyphs = pick("auto", environ)

    @property
    def terminal(self) -> bool:
        """Say whether a person can be asked: input and output are terminals that can do more than type."""
        return self._stdin.isatty() and self._stdout.isatty() and self._environ.get("TERM") != "dumb"

    @property
    def colour(self) -> bool:
        """Say whether standard output is coloured."""
        return self._stdout.isatty() and not self._environ.get("NO_COLOR") and self._environ.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        """Return how many columns a text may take: the terminal's, else ``COLUMNS``, else 100."""
        if self._stdout.isatty():
            try:
                return min(os.get_terminal_size(self._stdout.fileno()).columns, _WIDEST)
            except (OSError, ValueError):
                return 80
        columns = self._environ.get("COLUMNS", "")
        return min(int(columns), _WIDEST) if columns.isdigit() and int(columns) >= 40 else 100

    def line(self, text: str = "") -> None:
        """Write text to standard output; a newline in it starts a new line."""
        self._say(self.redact(text))

    def _say(self, redacted: str) -> None:
        for part in redacted.split("\n"):
            self._write(self._stdout, backstop(part) + "\n")

    def lines(self, lines: Iterable[Line]) -> None:
        """Write lines of cells, each with the colour of its tone."""
        colour = self.colour
        for line in lines:
            # The whole line is judged first: a secret must not slip through by being cut into cells.
            whole = "".join(cell.text for cell in line)
            if not colour or self.redact(whole) != whole:
                self.line(self.glyphs.plain(whole).rstrip())
                continue
            drawn = (self._paint(backstop(self.glyphs.plain(cell.text)), cell.tone) for cell in line)
            self._write(self._stdout, "".join(drawn) + "\n")

    @staticmethod
    def _paint(text: str, tone: Tone) -> str:
        code = _COLOURS.get(tone)
        return f"\x1b[{code}m{text}\x1b[0m" if code and text else text

    def json(self, value: Any) -> None:
        """Write one JSON document; its strings are redacted before they are escaped, and not again: that could take a quote."""
        self._say(self.json_text(value))

    def json_text(self, value: Any) -> str:
        """Return one JSON document as :meth:`json` writes it."""
        return json.dumps(self.redacted(value), indent=2, ensure_ascii=False)

    def redacted(self, value: Any) -> Any:
        """Return a document as this output would write it: every string in it, keys too, without secrets and raw characters."""
        if isinstance(value, str):
            return "\n".join(backstop(part) for part in self.redact(value).split("\n"))
        if isinstance(value, Mapping):
            return {self.redacted(str(key)): self.redacted(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.redacted(item) for item in value]
        return value

    def talk(self, text: str) -> None:
        """Write a sentence to standard error."""
        for part in self.redact(text).split("\n"):
            self._write(self._stderr, backstop(self.glyphs.plain(part)) + "\n")

    def bell(self) -> None:
        """Ring, where a person sits at the terminal."""
        if self.terminal:
            self._write(self._stderr, "\a")

    def ask(self, prompt: str) -> str | None:
        """Put a question on standard error and return the typed line; None at the end of input."""
        self._write(self._stderr, backstop(self.redact(prompt)) + " ")
        try:
            typed = self._stdin.readline()
        except (OSError, ValueError):
            return None
        return typed.strip() if typed else None

    def hidden(self, prompt: str, *, longest: int) -> str | None:
        """Return a secret that is typed unseen, or the first line of a pipe; None at the end of input.

        UsageError when the terminal cannot hide what is typed, or more than ``longest`` characters come.
        """
        if self._stdin.isatty():
            return _typed_unseen(prompt)
        try:
            text = self._stdin.read(longest + 1)
        except (OSError, ValueError):
            return None
        if len(text) > longest:
            raise UsageError(f"more than {longest} characters came through the pipe", consequence="Nothing was stored")
        lines = text.strip().split("\n")
        if len(lines) > 1:
            raise UsageError("more than one line came through the pipe", consequence="Nothing was stored")
        return lines[0].strip() or None

    def flush(self) -> None:
        """Bring out what is buffered; a closed pipe is no fault."""
        for stream in (self._stdout, self._stderr):
            try:
                stream.flush()
            except (BrokenPipeError, ValueError):
                self._give_up(stream)

    def _write(self, stream: TextIO, text: str) -> None:
        if id(stream) in self._deaf:
            return
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            stream.write(text.encode(encoding, "replace").decode(encoding))
            stream.flush()
        except (BrokenPipeError, ValueError):
            self._give_up(stream)

    def _give_up(self, stream: TextIO) -> None:
        """Send what the interpreter still holds for a closed pipe to nowhere, or it would complain at exit."""
        self._deaf.add(id(stream))
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
        except (OSError, ValueError):
            return
