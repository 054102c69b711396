from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest

from strideiq_console.cli.main import main
from strideiq_console.cli.output import Output
from strideiq_console.domain.fault import Fault, FaultKind, UsageError
from strideiq_console.domain.reading import Level
from strideiq_console.domain.secret import Secret
from strideiq_console.domain.token_report import Permission, TokenFinding, TokenReport
from strideiq_console.presentation import token_lines
from strideiq_console.presentation.glyphs import pick
from tests.cli.fakes import Terminal
from tests.presentation.facts import NOW

GLYPHS = pick("ascii", {})
READ = Permission("Actions: read", "CI runs", True)
LACKING = Permission("Administration: read", "branch protection", False, "asked by GitHub")


class Keyring:
    names = ("github", "vercel")

    def __init__(self) -> None:
        self.held: dict[str, Secret] = {}

    def origin(self, name: str) -> str:
        return "keyring" if name in self.held else f"none: strideiq secrets set {name}, or set STRIDEIQ_{name.upper()}_TOKEN"

    def set(self, name: str, secret: Secret) -> None:
        self.held[name] = secret

    def delete(self, name: str) -> bool:
        return self.held.pop(name, None) is not None

    def backend(self) -> str:
        return "a.real.Keyring"


class Wiring:
    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring

    def secrets(self, options: object) -> Keyring:
        return self.keyring


def run(keyring: Keyring, *argv: str, stdin: io.StringIO | None = None) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["secrets", *argv], Wiring(keyring), stdout=out, stderr=err, stdin=stdin or io.StringIO(""), environ={})  # type: ignore[arg-type]
    return code, out.getvalue(), err.getvalue()


def test_a_piped_secret_is_stored_and_never_shown() -> None:
    keyring = Keyring()
    code, out, err = run(keyring, "set", "vercel", stdin=io.StringIO("planted-value\n"))
    assert code == 0
    assert keyring.held == {"vercel": Secret("planted-value")}
    assert "planted" not in out + err
    assert "secrets test vercel" in err


@pytest.mark.parametrize("text", ["", "\n", "one\ntwo\n", "x" * 9000])
def test_what_is_no_single_line_is_not_stored(text: str) -> None:
    keyring = Keyring()
    code, out, err = run(keyring, "set", "vercel", stdin=io.StringIO(text))
    assert (code, keyring.held, out) == (64, {}, "")
    assert "Nothing was stored" in err


def test_a_secret_cannot_stand_on_the_command_line() -> None:
    code, _, err = run(Keyring(), "set", "vercel", "planted-value")
    assert code == 64
    assert "unrecognized" in err


def test_typing_is_hidden_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import getpass
    import warnings

    asked: list[str] = []
    monkeypatch.setattr(getpass, "getpass", lambda prompt: asked.append(prompt) or " typed ")
    terminal = Output(Terminal(), io.StringIO(), Terminal(), {})
    assert terminal.hidden("the token: ", longest=10) == "typed"
    assert asked == ["the token: "]

    def unhidden(prompt: str) -> str:
        warnings.warn("Can not control echo", getpass.GetPassWarning, stacklevel=1)
        return "seen by everybody"

    monkeypatch.setattr(getpass, "getpass", unhidden)
    with pytest.raises(UsageError, match="cannot hide"):
        terminal.hidden("the token: ", longest=10)


def test_removing_asks_first_and_a_pipe_needs_the_word() -> None:
    keyring = Keyring()
    keyring.held["github"] = Secret("x")
    code, _, err = run(keyring, "delete", "github", stdin=io.StringIO("y\n"))
    assert (code, list(keyring.held)) == (64, ["github"])
    assert "--yes" in err
    assert run(keyring, "delete", "github", "--yes")[0] == 0
    code, _, err = run(keyring, "delete", "github", "--yes")
    assert code == 64
    assert "holds no github" in err


def test_the_list_says_where_each_comes_from() -> None:
    keyring = Keyring()
    keyring.held["github"] = Secret("planted")
    code, out, _ = run(keyring, "list", "--json")
    rows = json.loads(out)["secrets"]
    assert code == 0
    assert [(row["name"], row["variable"]) for row in rows] == [
        ("github", "STRIDEIQ_GITHUB_TOKEN"),
        ("vercel", "STRIDEIQ_VERCEL_TOKEN"),
    ]
    assert (rows[0]["origin"], rows[1]["origin"].startswith("none")) == ("keyring", True)
    code, out, _ = run(keyring, "list")
    assert "planted" not in out
    assert out.splitlines()[0].split()[1:3] == ["github", "keyring"]


def test_a_name_that_nobody_knows_is_told_the_right_ones() -> None:
    code, _, err = run(Keyring(), "set", "gitlab")
    assert code == 64
    assert "github, vercel" in err
    assert run(Keyring(), "set")[0] == 64


def finding(**more: object) -> TokenFinding:
    return TokenFinding("github", TokenReport("github", "founder", "fine-grained", **more), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (finding(permissions=(READ,), expires_at=NOW + timedelta(days=90), expiry_known=True), Level.OK),
        (finding(permissions=(READ,)), Level.OK),
        (finding(permissions=(READ, LACKING)), Level.WARNING),
        (finding(expires_at=NOW + timedelta(days=3), expiry_known=True), Level.WARNING),
        (finding(expires_at=NOW - timedelta(days=3), expiry_known=True), Level.CRITICAL),
        (TokenFinding("github", None, Fault(FaultKind.UNAUTHORISED, "github", "refused")), Level.CRITICAL),
        (TokenFinding("github", None, Fault(FaultKind.TIMEOUT, "github", "no answer")), Level.UNKNOWN),
    ],
)
def test_how_good_a_token_is(found: TokenFinding, level: Level) -> None:
    assert token_lines.level_of(found, NOW) is level
    assert token_lines.worst([found], NOW) is level
    assert token_lines.worst([], NOW) is Level.UNKNOWN


def test_the_report_names_who_until_when_and_what_is_lacking() -> None:
    found = finding(permissions=(READ, LACKING), expires_at=NOW + timedelta(days=3), expiry_known=True)
    lines = ["".join(cell.text for cell in line) for line in token_lines.reports([found], GLYPHS, NOW)]
    assert "founder, fine-grained, ends in 3 d" in lines[0]
    assert "Administration: read: lacking (asked by GitHub)  for branch protection" in lines[2]
    refused = TokenFinding(
        "vercel", None, Fault(FaultKind.UNAUTHORISED, "vercel", "the token is refused", next_step="make a new one")
    )
    lines = ["".join(cell.text for cell in line) for line in token_lines.reports([refused], GLYPHS, NOW)]
    assert ("the token is refused" in lines[0], lines[1].strip()) == (True, "make a new one")
    assert token_lines.as_json(refused)["fault"] == {
        "kind": "not authorised",
        "cause": "the token is refused",
        "next": "make a new one",
    }
    assert token_lines.as_json(found)["permissions"][1]["held"] is False
