"""Completion offers what the parsers know, and the shells' scripts bring it to the shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from strideiq_console.cli import parser
from strideiq_console.cli.completing import FILES, Candidate, candidates
from strideiq_console.cli.completion import SCRIPTS
from tests.contracts import ROOT


def known(metavar: str) -> Iterable[Candidate]:
    store = {
        "ID": [Candidate("1123-2e35bd", "hotfix fix-auth-crash: waiting")],
        "RUNBOOK": [Candidate("hotfix", "Ship")],
        "SECRET": [Candidate("github"), Candidate("github_bot")],
    }
    return store.get(metavar, [])


def words(*typed: str) -> list[str]:
    return [candidate.word for candidate in candidates(typed, known)]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (("gl",), ["glance"]),
        (("rollback", ""), ["start", "list", "promote"]),
        (("rollback", "l"), ["list"]),
        (("rollback", "start", "--way", "r"), ["revert", "redeploy"]),
        (("rollback", "start", "--way=r"), ["--way=revert", "--way=redeploy"]),
        (("undo", "11"), ["1123-2e35bd"]),
        (("undo", "1123-2e35bd", "--wa"), ["--wait"]),
        (("resume", "--conf"), ["--confirm", "--confirm-database"]),
        (("runbook", "start", "h"), ["hotfix"]),
        (("--world", "x", "doct"), ["doctor"]),
        (("nonsense", ""), []),
        (("completion", "z"), ["zsh"]),
        (("secrets", "set", "git"), ["github", "github_bot"]),
    ],
    ids=" ".join,
)
def test_words_that_fit(typed: tuple[str, ...], offered: list[str]) -> None:
    found = words(*typed)
    assert [word for word in offered if word not in found] == []
    assert all(word.startswith(typed[-1]) for word in found)


def test_paths_are_the_shells_own() -> None:
    assert candidates(("--world", ""), known) == [FILES]


def test_no_verb_is_forgotten_and_each_says_what_it_does() -> None:
    found = {candidate.word: candidate.about for candidate in candidates(("",), known)}
    assert set(parser.VERBS) <= set(found)
    assert all(found[verb] for verb in parser.VERBS)


@pytest.mark.parametrize("verb", parser.VERBS)
def test_every_verb_can_be_completed(verb: str) -> None:
    assert "--help" in words(verb, "--h")


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_is_one_that_its_shell_reads(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed here")
    done = subprocess.run([program, "-n"], input=SCRIPTS[shell], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "offered"),
    [("strideiq roll", "rollback"), ("strideiq rollback li", "list"), ("strideiq completion fi", "fish")],
)
def test_bash_completes(line: str, offered: str, tmp_path: Path) -> None:
    own = tmp_path / "strideiq"
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m strideiq_console "$@"\n')
    own.chmod(0o755)
    typed = f"COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _strideiq"
    asked = f'{SCRIPTS["bash"]}\n{typed}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "STRIDEIQ_STATE": str(tmp_path / "state")}
    done = subprocess.run(["bash", "-c", asked], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == [offered], done.stderr
