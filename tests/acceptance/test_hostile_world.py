"""Whoever can open a pull request, commit or write a log line owns no cell of the founder's terminal (RELIABILITY E1, E2).

Every verb that says what others wrote is run over a world in which all that others can write is hostile: the words in every
provider's answers, logs with bytes that are no UTF-8, and what git keeps: messages, authors, branches, names of files.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
from dataclasses import dataclass, field

import pytest

from strideiq_console.cli import errors
from strideiq_console.cli.main import main
from strideiq_console.domain.untrusted import is_raw
from strideiq_console.presentation.nouns import NOUNS
from strideiq_console.sandbox.world import World
from strideiq_console.wiring import Wiring
from tests.acceptance.console import Shell
from tests.acceptance.hostile_answers import HostileTransport
from tests.ui.corpus import sequences
from tests.ui.markup_corpus import markups

TEXTS = [*sequences(), *markups()]
TAG = re.compile(r"q(\d{3})")
COLOUR = re.compile(r"\x1b\[(?:0|1|2|3[1-6]|1;3[1-3])m")
"""The only sequences that the command line writes itself, and only to a terminal."""
pytestmark = pytest.mark.xdist_group("hostile-world")  # one world for all of them
READ = [
    ["glance", "--live"],
    ["glance", "--live", "--json"],
    ["glance"],
    ["glance", "--line"],
    [],
    *(["show", noun, "--stored"] for noun in NOUNS),
    *(["show", noun, "--stored", "--json"] for noun in NOUNS),
    ["changes"],
    ["changes", "staging", "--json"],
    ["session-end"],
    ["costs"],
    ["costs", "--json"],
    ["costs", "export", "--csv"],
    ["costs", "export", "--markdown"],
    ["costs", "triggers"],
    ["ci", "log", "{run}"],
    ["ci", "log", "{run}", "--failed"],
    ["ci", "log", "{run}", "--job", "nobody\x1b[2J"],
    ["ci", "watch", "{run}"],
    ["ci", "watch", "{run}", "--json"],
    ["rollback", "list"],
    ["rollback", "list", "--json"],
    ["migrate", "show"],
    ["migrate", "show", "--json"],
    ["runbook", "list"],
    ["doctor", "--all"],
    ["doctor", "--json"],
    ["doctor", "--markdown"],
    ["config", "show"],
    ["config", "check"],
    ["audit", "show"],
    ["audit", "verify"],
    ["secrets", "list"],
    ["completion", "words", "--", "strideiq", "rollback", "start", ""],
    ["completion", "words", "--", "strideiq", "ci", "log", ""],
    ["init", "--print", "--yes"],
]
PLANNED = [
    ["hotfix", "start", "fix-it", "--plan"],
    ["hotfix", "start", "fix-it", "--plan", "--json"],
    ["feature", "start", "Shoe \x1b]0;evil\x07 mileage", "--plan"],
    ["promote", "start", "--plan"],
    ["release", "start", "--plan"],
    ["protect", "start", "--plan"],
    ["rollback", "start", "--plan"],
    ["rollback", "promote", "--plan"],
    ["reland", "start", "--plan"],
    ["migrate", "start", "staging", "--plan"],
    ["ci", "rerun", "{run}", "--plan"],
    ["ci", "cancel", "{run}", "--plan"],
    ["ci", "dispatch", "staging", "--plan"],
    ["runbook", "start", "hotfix", "--input", "slug=fix\u202eit", "--plan"],
]
CARRIED_OUT = [
    ["hotfix", "start", "fix-it", "--plan-hash", "{hash}", "--answer", "yes"],
    ["runs"],
    ["runs", "--json"],
    ["runs", "export"],
    ["resume"],
    ["retry"],
    ["mark", "{id}", "--reason", "by hand \x1b]0;evil\x07"],
    ["undo", "{id}"],
    ["abandon", "{id}", "--reason", "no\u202emore"],
    ["runs", "export", "{id}", "--markdown"],
    ["runs", "export", "{id}", "--json"],
    ["show", "history"],
    ["audit", "show", "--json"],
]
WRONG = [
    ["evil\x1b[2J"],
    ["show", "\u202eevil"],
    ["changes", "\x9b2J"],
    ["resume", "\x1b]0;evil\x07"],
    ["--help"],
    ["show", "--help"],
]


class Terminal(io.TextIOWrapper):
    """A terminal's end, as far as the command line can tell."""

    def isatty(self) -> bool:
        return True


@dataclass
class Hostile:
    """The world, and what its console has said so far."""

    world: World
    environ: dict[str, str]
    said: list[str] = field(default_factory=list)
    id: str = ""
    hash: str = ""

    def run(self, *argv: str, terminal: bool = False) -> tuple[int, str]:
        """Run one command in this process; return its code and all bytes that it wrote, as text."""
        raw = io.BytesIO()
        out = (Terminal if terminal else io.TextIOWrapper)(raw, encoding="utf-8", newline="")
        words = [word.format(run=self.red, id=self.id, hash=self.hash) for word in argv]
        code = main(
            ["--world", str(self.world.folder), *words], Wiring(), stdout=out, stderr=out, stdin=io.StringIO(), environ=self.environ
        )
        out.flush()
        text = raw.getvalue().decode("utf-8")
        self.said.append(text)
        return code, text

    @property
    def red(self) -> str:
        """Return the newest run that has failed."""
        return str(max(run["number"] for run in self.world.read()["runs"] if run["conclusion"] == "failure"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """A world in which every text that an outsider can write holds sequences of the corpus."""
    world = World.open(tmp_path_factory.mktemp("hostile") / "world", clock="manual", scenario="red-ci")
    HostileTransport.arm(TEXTS)
    for index in range(10):
        tagged = "".join(HostileTransport.whole[index * 60 : index * 60 + 60]).replace("\0", "")
        message, author = tagged.encode("utf-8", "surrogateescape"), f"A{TEXTS[40 + index]}B{TEXTS[400 + index]}".replace("\0", "")
        (world.folder / "message.txt").write_bytes(b"fix: " + message)
        git(
            world,
            "commit",
            "--quiet",
            "--allow-empty",
            "--cleanup=verbatim",
            "-F",
            str(world.folder / "message.txt"),
            author=author,
        )
        git(world, "branch", f"feature/n{index}-]x(\u202e\udc9b\x85")
        git(world, "tag", "-a", f"t{index}\u200b\udc87", "-F", str(world.folder / "message.txt"))
        (world.clone / f"new\x1b]0;evil\x07{index}\udc9b\u202e.txt").write_text("x")
    environ = {**os.environ, "HOME": str(world.folder), "TERM": "xterm-256color", "COLUMNS": "120"}
    return Hostile(world, environ)


@pytest.fixture(autouse=True)
def hostile_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strideiq_console.sandbox.transport.WorldTransport", HostileTransport)


def git(world: World, *argv: str, author: str = "Founder") -> None:
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", author), ("EMAIL", "a@b.example"))
    }
    environ = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(world.folder), **who}
    raw = {key: os.fsencode(value) if key == "PATH" else value.encode("utf-8", "surrogateescape") for key, value in environ.items()}
    words = [word.encode("utf-8", "surrogateescape") for word in ("git", "-C", str(world.clone), *argv)]
    subprocess.run(words, env=raw, check=True, capture_output=True)


def raw(text: str) -> list[str]:
    return sorted({hex(ord(char)) for char in text if is_raw(char) and char != "\n"})


@pytest.mark.parametrize("argv", [*READ, *PLANNED, *WRONG], ids=lambda argv: ascii(" ".join(argv) or "nothing"))
def test_no_raw_byte_leaves_the_command_line(hostile: Hostile, argv: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    code, said = hostile.run(*argv)
    assert code != errors.SOFTWARE, said
    assert said.strip() or argv[:2] == ["completion", "words"]
    assert raw(said) == []
    assert capfd.readouterr() == ("", "")  # nothing goes past the output's walls


def test_nothing_raw_is_said_while_a_runbook_is_carried_out(hostile: Hostile) -> None:
    hostile.hash = json.loads(hostile.run("hotfix", "start", "fix-it", "--plan", "--json")[1])["fingerprint"]
    for argv in CARRIED_OUT:
        code, said = hostile.run(*argv)
        assert code != errors.SOFTWARE, said
        assert raw(said) == [], argv
        found = re.search(r"\b\d{4}-[0-9a-f]{6}\b", said)
        hostile.id = hostile.id or (found[0] if found else "")
    assert hostile.id


@pytest.mark.parametrize("argv", [["glance"], ["show", "branches", "--stored"], ["ci", "log", "{run}", "--failed"]], ids=" ".join)
def test_a_terminal_gets_the_console_s_own_colours_and_nothing_else(hostile: Hostile, argv: list[str]) -> None:
    _, said = hostile.run(*argv, terminal=True)
    assert COLOUR.search(said)
    assert raw(COLOUR.sub("", said)) == []


def test_all_of_it_is_served_and_all_of_it_is_said(hostile: Hostile) -> None:
    """Every text of both corpora stood in an answer, and is said as the marks that it is made of."""
    hostile.run("glance", "--live")
    hostile.run("ci", "log", "{run}")
    assert HostileTransport.served == set(range(len(TEXTS)))
    said = {int(number) for text in hostile.said for number in TAG.findall(text)}
    assert set(range(len(TEXTS))) - said == set()
    assert "␛]0;evil␇" in "".join(hostile.said)


@pytest.mark.parametrize("argv", [["show", "ci", "--stored"], ["changes"]], ids=" ".join)
def test_nor_does_any_leave_a_process_of_its_own(shell: Shell, hostile: Hostile, argv: list[str]) -> None:
    """With the C locale, as in a bare container; what git keeps is hostile there too."""
    shell.environ.pop("LANG")
    ended = shell.run("--world", str(hostile.world.folder), *argv)
    assert ended.code in (0, 1, 2, 3, 4)
    assert (ended.out + ended.err).strip()
    assert raw(ended.out + ended.err) == []
