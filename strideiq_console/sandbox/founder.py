"""The founder's hands in the world's clone: the clone itself, and a real fix committed on a branch."""

from __future__ import annotations

from pathlib import Path

from strideiq_console.sandbox import git
from strideiq_console.sandbox.state import WorldError

NAME = "Founder"
EMAIL = "founder@strideiq.example"
FIX_SUBJECT = "fix(auth): keep the session when a token has no expiry"
FIX_FILE = "apps/api/app/auth/tokens.py"
BUG = 'expires = claims["exp"]'
FIXED = 'expires = claims.get("exp", NEVER)'
TEST_FILE = "apps/api/tests/test_tokens.py"


def make_clone(folder: Path, origin: Path, *, branches: tuple[str, ...], checked_out: str) -> None:
    """Clone the bare repository for the founder, with local branches and an identity of its own."""
    git.run(folder.parent, "clone", "--quiet", "--template=", "--branch", checked_out, str(origin), str(folder))
    config = folder / ".git" / "config"
    text = config.read_text(encoding="utf-8")
    text += (
        f"[user]\n\tname = {NAME}\n\temail = {EMAIL}\n[gc]\n\tauto = 0\n[core]\n\tautocrlf = false\n[commit]\n\tgpgsign = false\n"
    )
    for branch in branches:
        if branch != checked_out:
            tip = git.run(folder, "rev-parse", f"refs/remotes/origin/{branch}")[1].strip()
            git.run(folder, "update-ref", f"refs/heads/{branch}", tip)
            text += f'[branch "{branch}"]\n\tremote = origin\n\tmerge = refs/heads/{branch}\n'
    config.write_text(text, encoding="utf-8")


def write_fix(clone: Path, scratch: Path, branch: str, subject: str, when: float) -> str:
    """Commit a fix on ``branch`` where it is checked out, else in a work tree of its own for that moment; return the SHA.

    Raises WorldError when the clone has no such branch.
    """
    if git.run(clone, "show-ref", "--verify", "--quiet", f"refs/heads/{branch}", ok=(0, 1))[0] != 0:
        raise WorldError(f"the clone has no branch {branch}: create it first")
    place = _work_tree(clone, branch)
    if place is not None:
        return _commit(place, subject, when)
    git.run(clone, "worktree", "prune")
    git.run(clone, "worktree", "add", "--quiet", "--force", str(scratch), branch)
    try:
        return _commit(scratch, subject, when)
    finally:
        git.run(clone, "worktree", "remove", "--force", str(scratch))


def _work_tree(clone: Path, branch: str) -> Path | None:
    place: Path | None = None
    for line in git.run(clone, "worktree", "list", "--porcelain")[1].splitlines():
        word, _, rest = line.partition(" ")
        if word == "worktree":
            place = Path(rest)
        elif word == "branch" and rest == f"refs/heads/{branch}" and place is not None and place.is_dir():
            return place
    return None


def _commit(place: Path, subject: str, when: float) -> str:
    env = git.environment(name=NAME, email=EMAIL, when=when)
    paths = _edit(place)
    git.run(place, "add", "--", *paths, env=env)
    message = f"{subject}\n\nA token without an expiry ended the session with an error.\n"
    git.run(place, "commit", "--quiet", "-F", "-", "--", *paths, stdin=message, env=env)
    return git.run(place, "rev-parse", "HEAD")[1].strip()


def _edit(place: Path) -> list[str]:
    """Change the code where it is wrong, and add a test; a second fix adds one more test."""
    source, tests = place / FIX_FILE, place / TEST_FILE
    changed = [TEST_FILE]
    text = source.read_text(encoding="utf-8")
    if BUG in text:
        source.write_text(text.replace(BUG, FIXED), encoding="utf-8", newline="\n")
        changed.append(FIX_FILE)
    known = tests.read_text(encoding="utf-8")
    number = known.count("def test_") + 1
    known += (
        f'\n\ndef test_a_token_without_an_expiry_stays_valid_{number}() -> None:\n    assert not expired({{"sub": "{number}"}})\n'
    )
    tests.write_text(known, encoding="utf-8", newline="\n")
    return changed
