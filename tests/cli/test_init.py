"""The first run as a new user meets it: a fresh home, a real clone, a terminal or a pipe."""

from __future__ import annotations

import io
import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.cli.main import main
from strideiq_console.wiring import Wiring
from tests.cli.fakes import Terminal


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home beside a clone that is linked to Vercel; the clone is where the founder stands."""
    clone, home = tmp_path / "strideiq", tmp_path / "home"
    home.mkdir()
    git = ["git", "-c", "user.name=founder", "-c", "user.email=founder@example.com", "-C", str(clone)]
    subprocess.run(["git", "init", "-q", "-b", "main", str(clone)], check=True)
    (clone / ".vercel").mkdir()
    (clone / ".vercel" / "project.json").write_text('{"projectId": "prj_abc", "orgId": "team_x"}')
    for words in (
        ("add", "-A"),
        ("commit", "-qm", "first"),
        ("branch", "staging"),
        ("remote", "add", "origin", "git@github.com:acme/strideiq.git"),
    ):
        subprocess.run([*git, *words], check=True)
    monkeypatch.chdir(clone)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "STRIDEIQ_CONFIG", "STRIDEIQ_STATE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def strideiq(place: Path, *argv: str, typed: str | None = None) -> tuple[int, str, str]:
    out: Any = io.StringIO() if typed is None else Terminal()
    into: Any = io.StringIO() if typed is None else Terminal(typed)
    err = io.StringIO()
    environ = {"HOME": str(place / "home"), "PATH": "/usr/bin:/bin", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    code = main(argv, Wiring(dict(environ)), stdout=out, stderr=err, stdin=into, environ=environ)
    return code, out.getvalue(), err.getvalue()


def written(place: Path) -> dict[str, Any]:
    return tomllib.loads((place / "home/.config/strideiq-console/config.toml").read_text())


def test_without_a_terminal_nothing_is_written_unasked(place: Path) -> None:
    code, _, err = strideiq(place, "init")
    assert code == 64
    assert "strideiq init --yes" in err
    assert not (place / "home/.config").exists()


def test_what_the_clone_says_is_taken(place: Path) -> None:
    code, _, err = strideiq(place, "init", "--yes")
    assert code == 0, err
    assert written(place) == {
        "schema": 1,
        "mode": "pre-deployment",
        "github": {"repository": "acme/strideiq"},
        "vercel": {"project": "prj_abc", "team": "team_x"},
    }
    assert "not found  Railway project" in err
    assert "strideiq secrets set vercel" in err
    assert "strideiq doctor" in err
    # What comes next works as the screen says.
    code, out, _ = strideiq(place, "config", "check")
    assert (code, "is right" in out) == (0, True)
    code, _, err = strideiq(place, "init", "--yes")
    assert (code, "kept as it is" in err) == (0, True)


def test_a_few_answers_in_a_terminal_fill_the_rest(place: Path) -> None:
    typed = "http://strideiq.run\nhttps://strideiq.run/\n\n\n-\nghp_0123456789abcdefghijABCDEFGHIJ012345\n\n"
    code, _, err = strideiq(place, "init", typed=typed)
    assert code == 0, err
    found = written(place)
    assert found["mode"] == "live"
    assert found["environments"]["production"] == {"url": "https://strideiq.run", "api": "https://api.strideiq.run"}
    assert found["environments"]["staging"] == {"url": "https://staging.strideiq.run"}
    assert "must be https" in err
    assert "looks like a token" in err
    assert "ghp_0123456789" not in err + json.dumps(found)
    # No keyring here: said in one sentence, and nothing is lost by it.
    assert "Tokens were not stored" in err


def test_the_file_can_be_seen_before_it_is_written(place: Path) -> None:
    code, out, _ = strideiq(place, "init", "--print")
    assert code == 0
    assert tomllib.loads(out)["vercel"]["project"] == "prj_abc"
    assert not (place / "home/.config").exists()


def test_a_folder_that_is_no_clone_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    code, _, err = strideiq(place, "init", "--yes")
    assert code == 0
    assert "not found  clone" in err


def test_every_value_names_who_said_it(place: Path) -> None:
    strideiq(place, "init", "--yes")
    code, out, _ = strideiq(place, "config", "show", "--json")
    values = json.loads(out)["values"]
    assert code == 0
    assert values["vercel.project"] == {"value": "prj_abc", "origin": str(place / "home/.config/strideiq-console/config.toml")}
    assert values["branches.main"] == {"value": "main", "origin": "default"}
    code, out, _ = strideiq(place, "config", "show", "--set")
    assert "vercel.project" in out
    assert "branches.main" not in out


def test_every_fault_is_named_with_its_line(place: Path) -> None:
    file = place / "home/.config/strideiq-console/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('mode = "life"\n[vercel]\nprojekt = "x"\n')
    code, out, err = strideiq(place, "config", "check")
    assert code == 78
    assert out.splitlines() == [
        f"{file}:1: mode: must be one of pre-deployment, live; did you mean live?",
        f"{file}:3: [vercel] projekt: unknown key; did you mean project?",
    ]
    assert "2 to correct" in err
    code, out, _ = strideiq(place, "config", "check", "--json")
    assert (code, [fault["line"] for fault in json.loads(out)["faults"]]) == (78, [1, 3])
    assert strideiq(place, "config", "show")[0] == 78


def test_a_world_is_not_set_up_by_hand(place: Path, tmp_path: Path) -> None:
    code, _, err = strideiq(place, "--world", str(tmp_path / "w"), "init", "--yes")
    assert code == 64
    assert "simulated world" in err
