"""A git that writes down every call before the real one runs, and the judgement of what was called (RELIABILITY rule 7, test E3).

Import :func:`recorded_git` into a test or a conftest. ``recorded_git.calls()`` are the calls so far, ``.fouls()`` those that
:func:`forbidden` or the table of approved shapes objects to. Repositories that a test builds by hand should be built before, or
with the fixture's ``.real`` git.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

_UNIT, _RECORD = "\x1f", "\x1e"
_GLOBAL_WITH_VALUE = frozenset({"-c", "-C", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env"})

# The words after git's global options, joined by blanks. What is not here is a shape that nobody has looked at.
NAME, SHA, REF = r"[^\s:+-][^\s:]*", r"[0-9a-f]{40,64}", r"refs/(?:heads|remotes/origin|tags|console)/\S+"
ANY = rf"(?:{REF}|{SHA})"
_NETWORK = "--no-follow-tags --no-signed --recurse-submodules=no --receive-pack=git-receive-pack"
READS = (
    r"version",
    r"rev-parse .*",
    r"status --porcelain=v2 .*",
    r"config (?:--show-scope -z --get-regexp \S+|--type=bool --get \S+)",
    r"var GIT_(?:AUTHOR|COMMITTER)_IDENT",
    r"remote get-url origin",
    r"(?:for-each-ref|rev-list|log|show-ref|ls-files|ls-tree|cat-file|merge-base|diff|diff-tree) .*",
    r"symbolic-ref --quiet HEAD",
    r"worktree list --porcelain",
    r"ls-remote (?:--tags )?--upload-pack=git-upload-pack -- origin(?: refs/heads/\S+)?",
)
WRITES = (
    (
        r"fetch --prune --no-tags --no-recurse-submodules --no-auto-gc --refmap= --upload-pack=git-upload-pack origin"
        r" \+refs/heads/\*:refs/remotes/origin/\*"
    ),
    rf"update-ref --no-deref (?:--create-reflog )?-m strideiq: \S+(?: \S+)? (?:-d )?{REF} {SHA}(?: {SHA})?",
    rf"update-ref --no-deref -m strideiq: stand HEAD {SHA}",
    rf"switch --no-guess {NAME}",
    rf"worktree (?:add --no-guess-remote -- /.+ {NAME}|remove -- /.+)",
    rf"push --porcelain {_NETWORK} origin (?:{SHA}:refs/heads/{NAME}|(refs/tags/{NAME}):\1)",
    r"add --intent-to-add --pathspec-from-file=- --pathspec-file-nul",
    r"commit --only --quiet --cleanup=whitespace -F - --pathspec-from-file=/.+ --pathspec-file-nul",
    r"update-index -z --index-info",
    rf"tag -a -F - --cleanup=verbatim --end-of-options {NAME} {SHA}",
    r"init --quiet --template= --initial-branch=private --object-format=sha(?:1|256)",
    rf"read-tree {SHA}",
    r"write-tree",
    rf"commit-tree (?:-S )?{SHA} -p {SHA} -F -",
    rf"revert --no-commit (?:-m [12] )?--end-of-options {SHA}",
    rf"merge-tree --write-tree --name-only --no-messages -z {SHA} {SHA}",
    r"merge-tree --write-tree --stdin --name-only --no-messages --allow-unrelated-histories",
    rf"merge --no-commit --no-ff --quiet --end-of-options {SHA}",
)

# Words that no call may hold at all, and words that end a verb's welcome.
_NEVER_VERBS = {
    "stash": "stash",
    "clean": "clean",
    "gc": "gc throws objects away",
    "prune": "prune throws objects away",
    "rebase": "rebase rewrites history",
    "filter-branch": "filter-branch rewrites history",
    "filter-repo": "filter-repo rewrites history",
    "replace": "replace rewrites history",
    "pull": "pull merges into the founder's tree",
    "reset": "reset moves the founder's index or tree",
    "rm": "rm deletes files of the founder",
    "restore": "restore writes over files",
    "am": "am rewrites the founder's tree",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of git: the words after ``git``, and the folder it ran in."""

    argv: tuple[str, ...]
    cwd: str

    @property
    def words(self) -> tuple[str, ...]:
        """Return the verb and what follows, without git's global options."""
        return words_of(self.argv)

    @property
    def private(self) -> bool:
        """Say whether it ran in a repository of the console's own."""
        return "/strideiq/tree-" in self.cwd


def words_of(argv: Sequence[str]) -> tuple[str, ...]:
    """Return an argv without git's global options."""
    words = list(argv)
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option in _GLOBAL_WITH_VALUE and words:
            words.pop(0)
    return tuple(words)


def approved(argv: Sequence[str]) -> bool:
    """Say whether a call has a shape that the console is known to use."""
    call = " ".join(words_of(argv))
    return any(re.fullmatch(shape, call, re.DOTALL) for shape in READS + WRITES)


def forbidden(argv: Sequence[str]) -> str:
    """Say why a call is forbidden, ``""`` when it is not."""
    words = words_of(argv)
    if not words:
        return ""
    verb, rest = words[0], words[1:]
    if any(word == "--no-verify" or ("--no-verify".startswith(word) and len(word) > 6) for word in rest):
        return "--no-verify skips the founder's hooks"
    if verb == "commit" and any(word in ("-n", "--amend") or word.startswith("--ame") for word in rest):
        return "commit -n skips hooks, commit --amend rewrites history"
    if verb in _NEVER_VERBS:
        return _NEVER_VERBS[verb]
    judge = _JUDGES.get(verb)
    return judge(rest) if judge else ""


def _flags(rest: Sequence[str]) -> list[str]:
    """Return options before ``--``; ``-fd`` counts as ``-f`` and ``-d``."""
    found = []
    for word in rest[: rest.index("--")] if "--" in rest else rest:
        if word.startswith("--"):
            found.append(word)
        elif word.startswith("-") and len(word) > 1:
            found += [f"-{letter}" for letter in word[1:]]
    return found


def _push(rest: Sequence[str]) -> str:
    for word in _flags(rest):
        if word in ("-f", "-d") or word.startswith(("--force", "--mirror", "--delete", "--prune", "--all", "--tags")):
            return f"push {word}"
    refspecs = [word for word in rest if not word.startswith("-")][1:]
    for word in refspecs:
        if word.startswith("+"):
            return f"push {word} forces"
        source, colon, target = word.partition(":")
        if not source or not colon or not target.startswith("refs/"):
            return f"push {word}: no full refspec, or one that deletes"
    return "" if refspecs else "push without a refspec"


def _branch(rest: Sequence[str]) -> str:
    short, long = ("-D", "-d", "-f", "-M", "-m", "-C"), ("--del", "--forc", "--mov")
    bad = next((flag for flag in _flags(rest) if flag in short or flag.startswith(long)), "")
    return f"branch {bad}" if bad else ""


def _checkout(rest: Sequence[str]) -> str:
    return f"checkout {' '.join(rest)} may write over files of the founder"


def _switch(rest: Sequence[str]) -> str:
    bad = next((f for f in _flags(rest) if f in ("-f", "-C") or f.startswith(("--force", "--discard", "--orphan", "--merge"))), "")
    return f"switch {bad}" if bad else ""


def _worktree(rest: Sequence[str]) -> str:
    if rest[:1] == ("prune",):
        return "worktree prune drops work trees of the founder"
    bad = next((f for f in _flags(rest[1:]) if f in ("-f", "-B") or f.startswith("--force")), "")
    return f"worktree {bad}" if bad else ""


def _update_ref(rest: Sequence[str]) -> str:
    words = list(rest)
    if "--stdin" in words:
        return "update-ref --stdin hides what it does"
    if "-m" in words:
        place = words.index("-m")
        del words[place : place + 2]
    plain = [word for word in words if not word.startswith("-")]
    wanted = 2 if "-d" in words else 3
    if plain and plain[0].startswith("refs/") and len(plain) < wanted:
        return f"update-ref of {plain[0]} without its old value"
    return ""


def _reflog(rest: Sequence[str]) -> str:
    return f"reflog {rest[0]}" if rest[:1] and rest[0] in ("expire", "delete") else ""


def _config(rest: Sequence[str]) -> str:
    reads = ("--get", "--get-all", "--get-regexp", "--get-urlmatch", "--list", "-l")
    return "" if any(word in reads for word in rest) else "config writes"


def _tag(rest: Sequence[str]) -> str:
    bad = next((f for f in _flags(rest) if f in ("-f", "-d") or f.startswith(("--force", "--delete"))), "")
    return f"tag {bad}" if bad else ""


def _remote(rest: Sequence[str]) -> str:
    return "" if rest[:1] in ((), ("get-url",), ("-v",), ("show",)) else f"remote {rest[0]} changes the config"


def _fetch(rest: Sequence[str]) -> str:
    if any(flag in ("-f",) or flag.startswith("--force") for flag in _flags(rest)):
        return "fetch --force"
    bad = next((word for word in rest if word.startswith("+") and ":refs/remotes/" not in word), "")
    return f"fetch {bad} forces a ref of the founder" if bad else ""


_JUDGES = {
    "push": _push,
    "branch": _branch,
    "checkout": _checkout,
    "switch": _switch,
    "worktree": _worktree,
    "update-ref": _update_ref,
    "reflog": _reflog,
    "config": _config,
    "tag": _tag,
    "remote": _remote,
    "fetch": _fetch,
}


class RecordedGit:
    """The log of a recording git that is first on PATH. ``real`` is the path of the git behind it."""

    def __init__(self, folder: Path, real: str) -> None:
        folder.mkdir()
        self.real = real
        self._log = folder / "calls"
        # One write a call, so that calls at the same time do not mix; /bin/sh, since every call of git pays for it.
        script = (
            "#!/bin/sh\n"
            'record=$(printf \'\\037%s\' "$PWD" "$@"; printf .)\n'
            f"printf '%s\\036' \"${{record%.}}\" >> '{self._log}'\n"
            f"exec '{real}' \"$@\"\n"
        )
        program = folder / "git"
        program.write_text(script, encoding="utf-8")
        program.chmod(0o755)
        self.path = f"{folder}{os.pathsep}{os.environ['PATH']}"

    def calls(self) -> list[Call]:
        """Return the calls so far, in order."""
        if not self._log.exists():
            return []
        text = self._log.read_bytes().decode("utf-8", "surrogateescape")
        found = []
        for record in text.split(_RECORD)[:-1]:
            cwd, *argv = record.split(_UNIT)[1:]
            found.append(Call(tuple(argv), cwd))
        return found

    def fouls(self) -> list[tuple[Call, str]]:
        """Return what was called against the rules, each with the reason."""
        judged = [(call, forbidden(call.argv)) for call in self.calls()]
        return [(call, why or "no approved shape") for call, why in judged if why or not approved(call.argv)]

    def forget(self) -> None:
        """Drop the calls so far."""
        self._log.unlink(missing_ok=True)


@pytest.fixture
def recorded_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RecordedGit:
    """Put a recording git first on PATH for this test."""
    real = shutil.which("git")
    assert real is not None, "git is not installed"
    recorded = RecordedGit(tmp_path / "git-shim", real)
    monkeypatch.setenv("PATH", recorded.path)
    return recorded
