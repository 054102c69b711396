"""What the command line never lets through: raw control bytes, secrets, tracebacks; and how it ends when something breaks."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.cli import errors
from strideiq_console.cli.main import main
from strideiq_console.cli.output import Output
from strideiq_console.domain import fault
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.domain.untrusted import is_raw
from strideiq_console.presentation.cell import Cell, Tone
from tests.cli.fakes import FakeWiring, Terminal, console, run
from tests.presentation.facts import ago, branch, calm, reading, sha

HOSTILE = "x\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u200b\r\x7fend"
TOKEN_LIKE = "gh" + "p_" + "a" * 30
TOKEN = "sandbox-github-founder-0123456789"


class Broken(FakeWiring):
    """A wiring that fails at once."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(console())
        self.error = error

    @contextmanager
    def stored(self, options: Any) -> Any:
        raise self.error
        yield


@pytest.mark.parametrize("words", [("glance",), ("glance", "--json"), ("show", "branches"), ("show", "branches", "--json")])
def test_no_raw_byte_of_a_branch_reaches_the_terminal_even_uncleaned(words: tuple[str, ...]) -> None:
    facts = calm(branches=reading("git", (branch(HOSTILE, sha("ab"), at=ago(minutes=1)),)))
    ran = run(FakeWiring(console(facts)), *words)
    assert not [char for char in ran.out.replace("\n", "") if is_raw(char)]
    assert "evil" in ran.out


def test_errors_are_cleaned_too() -> None:
    ran = run(Broken(fault.BlockedError(f"branch {HOSTILE}")), "glance")
    assert not [char for char in ran.err.replace("\n", "") if is_raw(char)]
    assert ran.code == 4


def test_a_secret_is_redacted_in_text_json_and_errors() -> None:
    redact = Redactor([Secret(TOKEN)])
    facts = calm(branches=reading("git", (branch(f"feature/{TOKEN}", sha("ab"), at=ago(minutes=1)),)))
    wiring = FakeWiring(console(facts, redact=redact))
    for words in (("show", "branches"), ("show", "branches", "--json"), ("glance", "--json")):
        ran = run(wiring, *words, environ={"TERM": "xterm", "COLUMNS": "140"})
        assert TOKEN not in ran.out
        assert "•••" in ran.out


def test_a_secret_split_over_cells_is_still_redacted_in_colour() -> None:
    out = Terminal()
    output = Output(out, io.StringIO(), Terminal(), {"TERM": "xterm"})
    output.redact = Redactor([Secret(TOKEN)])
    output.lines([(Cell(TOKEN[:10], Tone.OK), Cell(TOKEN[10:], Tone.CRITICAL))])
    assert TOKEN not in out.getvalue()
    assert TOKEN[10:] not in out.getvalue()


def test_colour_only_at_a_terminal_and_without_no_color() -> None:
    assert "\x1b[" in run(FakeWiring(console()), "glance", terminal=True, environ={"TERM": "xterm"}).out
    assert "\x1b[" not in run(FakeWiring(console()), "glance", terminal=True, environ={"TERM": "xterm", "NO_COLOR": "1"}).out
    assert "\x1b[" not in run(FakeWiring(console()), "glance", environ={"TERM": "xterm"}).out


def test_json_stays_json_under_redaction() -> None:
    redact = Redactor([Secret('a"b\\cdef')])
    facts = calm(branches=reading("git", (branch('feature/a"b\\cdef', sha("ab"), at=ago(minutes=1)),)))
    document = json.loads(run(FakeWiring(console(facts, redact=redact)), "show", "branches", "--json").out)
    assert document["items"][0]["name"] == "feature/•••"


def outside(kind: FaultKind) -> OutsideError:
    return OutsideError(Fault(kind, "github", "no"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (fault.UsageError("x"), 64),
        (fault.ConfigurationError("x"), 78),
        (fault.NotAuthorisedError("x"), 77),
        (fault.BlockedError("x"), 4),
        (fault.DivergedError("x"), 5),
        (fault.UnfinishedError("x"), 75),
        (fault.StoreError("x"), 4),
        (fault.CloneError("x"), 1),
        (outside(FaultKind.UNAUTHORISED), 77),
        (outside(FaultKind.FORBIDDEN), 77),
        (outside(FaultKind.NOT_CONFIGURED), 78),
        (outside(FaultKind.TIMEOUT), 1),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_every_fault_is_a_sentence_and_its_exit_code(error: BaseException, code: int) -> None:
    ran = run(Broken(error), "glance")
    assert ran.code == code
    assert ran.out == ""
    assert ran.err.startswith("strideiq: ")
    assert "Traceback" not in ran.err


def test_a_sentence_has_consequence_and_next_step() -> None:
    error = fault.BlockedError("it is held", consequence="nothing was done", next_step="wait")
    assert run(Broken(error), "glance").err == "strideiq: it is held. nothing was done. wait.\n"


def test_an_unexpected_fault_leaves_a_redacted_report_without_values(tmp_path: Path) -> None:
    def fail() -> None:
        hidden = "a-local" + "-value"
        raise ZeroDivisionError(TOKEN_LIKE if hidden else "")

    try:
        fail()
    except ZeroDivisionError as error:
        broken = Broken(error)
    ran = run(broken, "glance", environ={"STRIDEIQ_STATE": str(tmp_path)})
    assert ran.code == 70
    assert "Traceback" not in ran.err
    (report,) = (tmp_path / "reports").iterdir()
    assert str(report) in ran.err
    text = report.read_text()
    assert "ZeroDivisionError" in text
    assert "ghp_" not in text
    assert "a-local-value" not in text
    assert report.stat().st_mode & 0o777 == 0o600
    assert report.parent.stat().st_mode & 0o777 == 0o700


def test_a_report_is_never_written_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    state = tmp_path / "state"
    state.mkdir()
    (state / "reports").symlink_to(elsewhere)
    assert errors.crash_report(ValueError("x"), str, state) is None
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("glanse",), "strideiq glance"),
        (("--nope",), "--help"),
        (("glance", "--jso"), "--help"),
        (("hotfix",), "--help"),
        (("zzzz",), "--help"),
    ],
)
def test_wrong_words_are_64_with_a_way_on(words: tuple[str, ...], hint: str) -> None:
    ran = run(FakeWiring(console()), *words)
    assert ran.code == 64
    assert hint in ran.err


def test_help_and_version_are_data_and_end_well() -> None:
    assert "verbs:" in run(FakeWiring(console()), "--help").out
    for verb in ("glance", "show", "hotfix", "runs", "resume", "retry", "skip", "undo", "abandon", "doctor", "demo", "sandbox"):
        ran = run(FakeWiring(console()), verb, "--help")
        assert ran.code == 0
        assert f"strideiq {verb}" in ran.out
    assert run(FakeWiring(console()), "--version").out.startswith("strideiq ")


class Closed(io.StringIO):
    """A pipe whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_closed_pipe_ends_the_writing_and_not_the_command() -> None:
    code = main(["glance"], FakeWiring(console()), stdout=Closed(), stderr=io.StringIO(), stdin=io.StringIO(), environ={})
    assert code == 0


def test_a_stream_that_cannot_encode_gets_a_replacement() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    assert main(["glance", "--line"], FakeWiring(console()), stdout=out, stderr=io.StringIO(), stdin=io.StringIO(), environ={}) == 0
    assert raw.getvalue().startswith(b"? Production healthy")


def test_a_warning_of_the_settings_is_talk_not_data() -> None:
    made = console()
    made.settings = replace(made.settings, warnings=("[ui] theme: unknown key ignored",))
    ran = run(FakeWiring(made), "glance", "--json")
    json.loads(ran.out)
    assert "unknown key ignored" in ran.err


HEAVY = ("textual", "rich", "httpx", "git", "keyring", "asyncio")
SCRIPT = """
import sys
from strideiq_console.cli.main import main
heavy = {heavy!r}
print([m for m in heavy if m in sys.modules])
from tests.cli.light import LightWiring
assert main(["glance"], LightWiring(), stdout=sys.stderr) == 0
assert main(["glance", "--json"], LightWiring(), stdout=sys.stderr) == 0
assert main(["runs"], LightWiring(), stdout=sys.stderr) == 0
print([m for m in heavy if m in sys.modules])
"""


def test_a_glance_imports_nothing_heavy() -> None:
    root = Path(__file__).parents[2]
    environ = {**os.environ, "PYTHONPATH": str(root)}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(heavy=HEAVY)], env=environ, capture_output=True, text=True, check=False, cwd=root
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["[]", "[]"]
