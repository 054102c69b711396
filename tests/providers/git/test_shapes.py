"""What reaches git: only known shapes, hardened, and never a word that destroys."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

import pytest

import strideiq_console.providers.git as package
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.providers.git.command import HARDENED, NO_HOOKS
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo, program
from tests.providers.git.test_hostile_configs import read_everything

REF = r"refs/(?:heads|remotes/origin|console)/[\w./-]+"
SHA = r"[0-9a-f]{40}"
ANY = rf"(?:{REF}|{SHA})"
READS = [
    r"version",  # GitPython, when it is imported
    r"rev-parse --is-bare-repository --is-inside-git-dir --absolute-git-dir --git-common-dir --show-toplevel",
    rf"rev-parse --verify --quiet (?:HEAD|{ANY}\^{{tree}})",
    r"status --porcelain=v2 -z (?:--branch --untracked-files=normal|--untracked-files=no) --no-renames",
    r"config --show-scope -z --get-regexp \S+",
    r"remote get-url origin",
    r"for-each-ref (?:--sort=-committerdate --count=\d+ )?--format=\S+ (?:refs/heads/ refs/remotes/origin/|refs/heads/|"
    + REF
    + ")",
    r"rev-list (?:--count --max-count=\d+|--topo-order --parents) --branches --remotes=origin --",
    rf"rev-list --left-right --count {ANY}\.\.\.{ANY} --",
    rf"show-ref --verify --hash -- {REF}",
    rf"merge-base --is-ancestor {ANY} {ANY}",
    (
        rf"log --max-count=\d+ --format=tformat:\S+ --encoding=UTF-8 --no-show-signature --no-color --no-notes --no-patch"
        rf" --no-ext-diff --no-textconv (?:\^{ANY} )?{ANY} --"
    ),
    rf"diff --name-only -z --no-ext-diff --no-textconv --no-renames {ANY}\.\.\.{ANY} --",
    r"symbolic-ref --quiet HEAD",
    r"worktree list --porcelain",
    rf"ls-remote --upload-pack=git-upload-pack -- origin {REF}",
    (
        r"fetch --prune --no-tags --no-recurse-submodules --no-auto-gc --refmap= --upload-pack=git-upload-pack origin"
        r" \+refs/heads/\*:refs/remotes/origin/\*"
    ),
]
WRITES = [
    rf"update-ref --no-deref -m strideiq:\ create refs/heads/[\w./-]+ {SHA} 0{{40}}",
    rf"update-ref --no-deref -m strideiq:\ delete -d refs/heads/[\w./-]+ {SHA}",
    r"switch --no-guess [\w./-]+",
    r"worktree add --no-guess-remote -- /\S+ [\w./-]+",
    r"worktree remove -- /\S+",
    (
        rf"push --porcelain --no-follow-tags --no-signed --recurse-submodules=no --receive-pack=git-receive-pack"
        rf" origin {SHA}:refs/heads/[\w./-]+"
    ),
    r"rev-parse --git-path hooks/pre-push",
]
# Trial merges of branches that may have been squashed: in a repository of the console's own, which goes away again.
PRIVATE = [
    rf"rev-parse --verify --quiet --end-of-options {SHA}\^\{{tree\}}",
    r"rev-parse --show-object-format",
    r"init --quiet --template= --initial-branch=private --object-format=sha1",
    r"merge-tree --write-tree --stdin --name-only --no-messages --allow-unrelated-histories",
]
PINS = [rf"update-ref --no-deref --create-reflog -m strideiq:\ create refs/console/[\w./-]+ {SHA} 0{{40}}"]
FORBIDDEN = (
    r"--force", r"(?<!\w)-f(?!\w)", r"force-with-lease", r"\breset\b", r"\(\"clean\"", r"\"stash", r"\"-D\"", r"no-verify",
    r"\bfilter-branch\b", r"\brebase\"", r"\"gc\"", r"\"prune\"", r"checkout\"", r"shell=True", r"clone_from", r"\.config_writer",
    r"Remote\(", r"\+refs/heads/(?!\*:refs/remotes)",
)  # fmt: skip


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repo: Repo) -> Path:
    """Put a git first on PATH that writes down its words, one NUL-separated call a line, and hands over to the real one."""
    folder = tmp_path / "shim"
    folder.mkdir()
    log = tmp_path / "calls"
    real = shutil.which("git")
    program(folder / "git", f'printf \'%s\\037\' "$@" >> {log}; echo >> {log}; exec {real} "$@"')
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


def calls(log: Path) -> list[tuple[tuple[str, ...], str]]:
    """Return options before the verb, and the rest as one string with its own blanks marked."""
    found = []
    for line in log.read_text().splitlines():
        words = line.split("\x1f")[:-1]
        options: list[str] = []
        while words and (words[0] == "--no-pager" or words[0] == "-c"):
            options += [words.pop(0)] if words[0] != "-c" else [words.pop(0), words.pop(0)]
        found.append((tuple(options), " ".join(words)))
    return found


def known(shapes: list[str], call: str) -> bool:
    return any(re.fullmatch(shape, call) for shape in shapes)


async def test_only_known_shapes_reach_git(repo: Repo, tmp_path: Path, opened: Opener, recorded: Path) -> None:
    clone, main = opened(repo), repo.sha("main")
    recorded.unlink(missing_ok=True)
    await read_everything(clone, repo)
    await clone.fetch()
    await clone.create_branch("hotfix/crash", main)
    await clone.switch("hotfix/crash")
    await clone.push("hotfix/crash", main)
    await clone.push("hotfix/crash", repo.sha("staging"))
    await clone.add_worktree(str(tmp_path / "tree"), "staging")
    await clone.remove_worktree(str(tmp_path / "tree"))
    await clone.switch("main")
    await clone.delete_branch("hotfix/crash", main)
    seen = [
        (options, call)
        for options, call in calls(recorded)
        if not call.startswith("rev-parse refs/heads/") and call != "rev-parse main"
    ]
    strange = [
        call for options, call in seen if not known(READS + WRITES + PINS + PRIVATE, call) and not own_call_of_the_test(call)
    ]
    assert strange == []
    for options, call in seen:
        if own_call_of_the_test(call) or call == "version":
            continue
        assert options[: len(HARDENED)] == HARDENED, call
        assert (options[len(HARDENED) : len(HARDENED) + 2] == NO_HOOKS) == (not known(WRITES, call)), call
    for shape in WRITES[:-1] + PINS:
        assert any(re.fullmatch(shape, call) for _, call in seen), f"{shape} was never seen: the test has gone blind"


def own_call_of_the_test(call: str) -> bool:
    return re.fullmatch(r"rev-parse (?:refs/heads/)?\w+", call) is not None


NAMES = [
    "-x",
    "--force",
    "+main",
    "@",
    "@{-1}",
    "a b",
    "a\nb",
    "x:main",
    "refs/heads/x:main",
    "..",
    "a..b",
    "$(id)",
    "x\x00y",
    "HEAD",
    "~",
    "^x",
    "*",
]


@pytest.mark.parametrize("name", NAMES)
async def test_hostile_words_never_reach_git(repo: Repo, tmp_path: Path, opened: Opener, recorded: Path, name: str) -> None:
    clone, sha = opened(repo), repo.sha("main")
    recorded.unlink(missing_ok=True)
    for call in (
        lambda: clone.tip(name),
        lambda: clone.tip(f"refs/heads/{name}"),
        lambda: clone.remote_tip(name),
        lambda: clone.history(name),
        lambda: clone.commits(name, sha),
        lambda: clone.divergence(sha, name),
        lambda: clone.changed_files(f"refs/heads/{name}", sha),
        lambda: clone.push(name, sha),
        lambda: clone.push("hotfix/x", name),
        lambda: clone.create_branch(name, sha),
        lambda: clone.delete_branch("hotfix/x", name),
        lambda: clone.switch(name),
        lambda: clone.pin(name, sha),
    ):
        with contextlib.suppress(ConsoleError):
            await call()
    if name == "$(id)":
        return  # a legal name, which only ever stands inside a full ref
    for _, call in calls(recorded) if recorded.exists() else []:
        assert not re.search(rf"(?:^|[ :/]){re.escape(name)}(?:$|[ :])", call) or known(READS + WRITES, call), call


def test_no_word_that_destroys_stands_in_the_package() -> None:
    for file in sorted(Path(package.__file__).parent.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        for word in FORBIDDEN:
            assert not re.search(word, text), f"{file.name}: {word}"


def test_only_one_module_runs_git() -> None:
    for file in sorted(Path(package.__file__).parent.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        if file.name != "command.py":
            assert not re.search(r"^\s*(?:import|from) (?:git|subprocess)\b|\.execute\(|Popen|os\.system", text, re.MULTILINE), (
                file.name
            )


def test_importing_the_package_does_not_import_gitpython() -> None:
    import subprocess
    import sys

    code = "import sys, strideiq_console.providers.git; sys.exit('git' in sys.modules)"
    root = Path(package.__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
