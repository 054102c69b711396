"""The judgement of git calls: every forbidden spelling is caught, and what the console calls passes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.git_shim import Call, RecordedGit, approved, forbidden, recorded_git

__all__ = ["recorded_git"]

SHA, OLD = "a" * 40, "b" * 40
NETWORK = "--no-follow-tags --no-signed --recurse-submodules=no --receive-pack=git-receive-pack"
# One call a line; ␉ is a blank within a word.
FORBIDDEN = """\
push --force origin a:refs/heads/a
push -f origin a:refs/heads/a
push -uf origin a:refs/heads/a
push --force-with-lease origin a:refs/heads/a
push --force-if-includes origin a:refs/heads/a
push origin +refs/heads/a:refs/heads/a
push origin +main
push origin main
push --mirror origin
push origin
push --delete origin a
push -d origin a
push origin :refs/heads/a
push --tags origin
push --no-verify origin a:refs/heads/a
-c a=b push --force origin a:refs/heads/a
-C x --no-pager push -f origin a:refs/heads/a
reset --hard
reset --merge
reset --keep HEAD~1
clean -fd
stash
stash push
branch -D a
branch -d a
branch -f a b
branch -M a b
branch --delete a
checkout --force a
checkout -f a
checkout -- file
checkout a -- file
switch --force a
switch --discard-changes a
switch -C a
commit --no-verify -F -
commit -n -F -
commit --amend
rebase main
filter-branch HEAD
filter-repo
gc
prune
reflog expire --all
reflog delete x@{0}
config user.name x
config --global user.name x
config --unset a.b
update-ref refs/heads/a {SHA}
update-ref -d refs/heads/a
update-ref -m why refs/heads/a {SHA}
update-ref --stdin
tag -f v1
tag -d v1
tag --force v1
restore file
rm file
worktree remove --force /x
worktree prune
worktree add -B a /x
remote set-url origin x
remote add x y
pull
fetch --force origin
fetch origin +refs/heads/a:refs/heads/a
merge --no-verify x
"""
FINE = """\
push --porcelain {NETWORK} origin {SHA}:refs/heads/fix/a
push --porcelain {NETWORK} origin refs/tags/v1:refs/tags/v1
update-ref --no-deref -m strideiq:␉delete -d refs/heads/a {SHA}
update-ref --no-deref --create-reflog -m strideiq:␉create refs/console/a {SHA} {OLD}
update-ref --no-deref -m strideiq:␉take␉back refs/heads/a {SHA} {OLD}
switch --no-guess hotfix/a
commit --only --quiet --cleanup=whitespace -F - --pathspec-from-file=/x/.git/strideiq/tree-1/paths --pathspec-file-nul
revert --no-commit -m 1 --end-of-options {SHA}
tag -a -F - --cleanup=verbatim --end-of-options v1.2.0 {SHA}
config --type=bool --get commit.gpgSign
remote get-url origin
status --porcelain=v2 -z --branch --untracked-files=normal --no-renames
"""


def words(line: str) -> list[str]:
    full = line.format(SHA=SHA, OLD=OLD, NETWORK=NETWORK) if "{" in line and "@{" not in line else line
    return [word.replace("␉", " ") for word in full.split(" ")]


@pytest.mark.parametrize("line", FORBIDDEN.splitlines())
def test_what_destroys_is_named(line: str) -> None:
    assert forbidden(words(line))


@pytest.mark.parametrize("line", FINE.splitlines())
def test_what_the_console_does_passes(line: str) -> None:
    assert forbidden(words(line)) == ""
    assert approved(["--no-pager", "-c", "core.fsmonitor=false", *words(line)])


def test_a_shape_that_nobody_looked_at_is_not_approved() -> None:
    for line in ("notes add", "commit -F -", "tag v1", f"push origin {SHA}:refs/heads/a", "add .", "apply x", "submodule update"):
        assert not approved(line.split(" ")), line


def test_calls_are_written_down_word_by_word(recorded_git: RecordedGit, tmp_path: Path) -> None:
    odd = ["--no-pager", "rev-parse", "--sq-quote", "two words", "line\nend", "", "it's $HOME *", "grün"]
    done = subprocess.run(["git", *odd], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "two words" in done.stdout
    assert recorded_git.calls() == [Call(tuple(odd), str(tmp_path))]
    assert recorded_git.calls()[0].words == tuple(odd[1:])
    subprocess.run(["git", "stash", "list"], cwd=tmp_path, capture_output=True, check=False)
    assert [why for _, why in recorded_git.fouls()] == ["stash"]
    recorded_git.forget()
    assert recorded_git.calls() == []
