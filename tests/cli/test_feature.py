"""A feature by the command line: a text for a name, a form filled in by words or at a terminal, and what is said of both."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from strideiq_console.domain.worktree import ChangeKind, FileChange
from tests.cli.fakes import FakeWiring, Ran, Terminal, run
from tests.services.crash_all import FEATURE, unsaved
from tests.services.fakes import FakeOutside

MESSAGE = "feat(web): show the calendar"
PATH = "apps/api/auth.py"


def begun(wiring: FakeWiring, outside: FakeOutside) -> Ran:
    planned = run(wiring, "feature", "start", "Training calendar", "--plan", "--json")
    assert planned.code == 0, planned.err
    digits = json.loads(planned.out)["fingerprint"]
    started = run(wiring, "feature", "start", "Training calendar", "--plan-hash", digits, "--json")
    outside.unsaved["/clone"] = [unsaved(), FileChange(".env", ChangeKind.UNTRACKED, 9, False, ("A=1",))]
    return started


def resumed(wiring: FakeWiring, ran: Ran, *more: str) -> tuple[Ran, dict]:
    digits = json.loads(ran.out)["fingerprint"]
    again = run(wiring, "resume", "--plan-hash", digits, *more, "--json")
    return again, json.loads(again.out) if again.out else {}


def test_the_name_comes_from_a_text(wiring: FakeWiring, outside: FakeOutside) -> None:
    plan = json.loads(run(wiring, "feature", "start", "Training calendar", "--plan", "--json").out)
    assert plan["inputs"]["slug"] == "training-calendar"
    assert plan["next"].startswith("strideiq feature start training-calendar --plan-hash")
    assert run(wiring, "feature", "start", "…", "--plan").code == 64


def test_the_standing_shows_the_form_and_the_next_command_names_its_fields(wiring: FakeWiring, outside: FakeOutside) -> None:
    _, shown = resumed(wiring, begun(wiring, outside))
    form = shown["awaits"]["form"]
    assert [(f["name"], f["kind"], f["required"]) for f in form["fields"]] == [
        ("files", "files", True),
        ("message", "text", True),
        ("more", "choice", False),
    ]
    assert {o["value"]: o["refused"] is None for o in form["fields"][0]["options"]} == {PATH: True, ".env": False}
    assert "--entry 'files=…' --entry 'message=…'" in shown["next"]
    assert (shown["awaits"]["database"], shown["awaits"]["arms_in"]) == ("", 0.0)


@pytest.mark.parametrize("way", ["words", "file", "entries"])
def test_a_commit_by_words(wiring: FakeWiring, outside: FakeOutside, tmp_path: Path, way: str) -> None:
    started = begun(wiring, outside)
    told = tmp_path / "message"
    told.write_text(MESSAGE, encoding="utf-8")
    words = {
        "words": ("--files", PATH, "--message", MESSAGE),
        "file": ("--files", PATH, "--message-file", str(told)),
        "entries": ("--entry", f"files={PATH}", "--entry", f"message={MESSAGE}"),
    }[way]
    ran, document = resumed(wiring, started, *words)
    assert ran.code == 75, ran.err
    assert document["awaits"]["step"] == "try-here"
    assert outside.effects[-1] == f"git commit {FEATURE}"


def test_more_keeps_the_step(wiring: FakeWiring, outside: FakeOutside) -> None:
    ran, document = resumed(wiring, begun(wiring, outside), "--files", PATH, "--message", MESSAGE, "--more")
    assert document["awaits"]["step"] == "commit", ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--files", ".env", "--message", MESSAGE), "environment file"),
        (("--files", "other.py", "--message", MESSAGE), "not among files"),
        (("--entry", "colour=red"), "nothing named colour"),
        (("--message", MESSAGE, "--entry", "message=feat: x"), "given twice"),
        (("--message-file", "/nowhere/at/all"), "cannot be read"),
        (("--entry", "novalue"), "equals sign"),
        (("--confirm-database", "strideiq"), "--confirm WORD"),
    ],
    ids=["refused", "not offered", "no such field", "twice", "no file", "no value", "database alone"],
)
def test_words_that_do_not_fit_commit_nothing(wiring: FakeWiring, outside: FakeOutside, words: tuple[str, ...], says: str) -> None:
    ran, _ = resumed(wiring, begun(wiring, outside), *words)
    assert ran.code == 64
    assert says in ran.err
    assert f"git commit {FEATURE}" not in outside.effects


class Founder(Terminal):
    """Types what each prompt wants; ``said`` is by how the prompt begins."""

    def __init__(self, said: dict[str, list[str]]) -> None:
        super().__init__()
        self.said = said
        self.heard = io.StringIO()
        self.read = 0

    def readline(self, size: int = -1) -> str:
        heard = self.heard.getvalue()
        prompt, self.read = heard[self.read :].strip().splitlines()[-1].strip(), len(heard)
        for begin, lines in self.said.items():
            if prompt.startswith(begin) and lines:
                return f"{lines.pop(0)}\n"
        return ""


def test_at_a_terminal_the_form_is_asked_field_by_field(wiring: FakeWiring, outside: FakeOutside) -> None:
    begun(wiring, outside)
    founder = Founder(
        {"Files": ["2"], "Message": [], ">": [MESSAGE, "", "Closes #12", "."], "Another": [""], "Did it work here?": ["e"]}
    )
    founder.said["Note"] = ["on my phone"]
    ran = run(wiring, "resume", stdin=founder, terminal=True)
    assert f"git commit {FEATURE}" in outside.effects, ran.err
    assert outside.messages[outside.local[FEATURE]] == f"{MESSAGE}\n\nCloses #12"
    assert "an environment file" in ran.out
    assert ran.code == 75
    execution = wiring.console.engine.executions()[0]
    assert execution.record("try-here").result["note"] == "on my phone"


def test_at_a_terminal_an_empty_field_does_nothing(wiring: FakeWiring, outside: FakeOutside) -> None:
    begun(wiring, outside)
    ran = run(wiring, "resume", stdin=Founder({"Files": [""]}), terminal=True)
    assert "nothing was done" in ran.err
    assert f"git commit {FEATURE}" not in outside.effects


def test_words_for_a_form_at_the_start_are_refused_before_anything_begins(wiring: FakeWiring, outside: FakeOutside) -> None:
    planned = json.loads(run(wiring, "feature", "start", "Training calendar", "--plan", "--json").out)
    words = ("--plan-hash", planned["fingerprint"], "--files", PATH, "--message", MESSAGE, "--json")
    ran = run(wiring, "feature", "start", "Training calendar", *words)
    assert (ran.code, "nothing is asked for when it starts" in ran.err) == (64, True), ran.err
    assert outside.effects == []
    assert run(wiring, "feature", "start", "Training calendar", "--plan-hash", planned["fingerprint"]).code == 75
