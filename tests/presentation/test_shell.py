"""Commands that can be pasted: into a POSIX shell, and into PowerShell."""

from __future__ import annotations

import shlex

import pytest

from strideiq_console.presentation.shell import for_shell, quoted

WORDS = ["git", "commit", "-m", 'it\'s $HOME; `x` "y"', "a b", "", "--%", "-c", "@{u}"]


def test_a_posix_shell_reads_back_the_same_words() -> None:
    assert shlex.split(quoted(WORDS)) == WORDS


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("refs/heads/x:refs/heads/x", "refs/heads/x:refs/heads/x"),
        ("it's", "'it''s'"),
        ("$env:PATH", "'$env:PATH'"),
        ("a b", "'a b'"),
        ("", "''"),
        ("@{u}", "'@{u}'"),
        ("-cored.x=1", "'-cored.x=1'"),
        ("--%", "'--%'"),
        ("\u2019", "'\u2019\u2019'"),
    ],
    ids=["ref", "quote", "variable", "blank", "empty", "splat", "dotted option", "stop parsing", "curly quote"],
)
def test_powershell_reads_one_word_as_one_word(word: str, wanted: str) -> None:
    assert quoted(["git", word], "powershell") == f"git {wanted}"


def test_a_quoted_program_is_called_not_printed() -> None:
    assert quoted(["C:/Program Files/git", "log"], "powershell") == "& 'C:/Program Files/git' log"


def test_requests_and_what_is_no_command_line_stay() -> None:
    assert (
        for_shell("PUT /repos/acme/strideiq/pulls/44/merge sha='x'", "powershell")
        == "PUT /repos/acme/strideiq/pulls/44/merge sha='x'"
    )
    assert for_shell("git commit -m it's", "powershell") == "git commit -m it's"
    assert for_shell("git tag -m 'v1 $x'", "powershell") == "git tag -m 'v1 $x'"
