"""What stands between two commits, for runbooks that judge and for people who read: whole messages, files, patches."""

from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.commit import is_sha
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.untrusted import clean, clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import explained
from strideiq_console.providers.git.netchanges import DIFFING, PLAIN
from strideiq_console.providers.git.place import locate
from strideiq_console.providers.git.refs import checked, commit_of, shallow_history

LONGEST_MESSAGE = 64_000
LARGEST_FILE = 10_000_000
_FIELDS = "%H%x00%P%x00%an%x00%ct%x00%s%x00%B%x00"
_QUIET = ("--encoding=UTF-8", "--no-show-signature", "--no-color", "--no-notes", "--no-patch", "--no-ext-diff", "--no-textconv")
_ABSENT = ("does not exist in", "exists on disk, but not in")


def changes(git: Git, start: str, end: str, *, folder: str, limit: int) -> tuple[Change, ...] | None:
    """Return ``start..end`` newest first; None beyond ``limit``. CloneError in a shallow clone, where it would be too short."""
    if locate(git).shallow:
        raise shallow_history()
    cap = f"--max-count={limit + 1}"
    output = git.read("log", "--topo-order", cap, f"--format=tformat:{_FIELDS}", *_QUIET, f"^{checked(start)}", checked(end), "--")
    fields = output.text.split("\0")
    rows = [fields[place : place + 6] for place in range(0, len(fields) - 6, 6)]
    if len(rows) > limit:
        return None
    found = [
        Change(commit_of(sha.lstrip("\n"), parents, author, seconds, subject), _message(body))
        for sha, parents, author, seconds, subject, body in rows
    ]
    if folder:
        touched = _touched(git, found, folder)
        found = [replace(change, migrations=touched.get(change.commit.sha, ())) for change in found]
    return tuple(found)


def _message(body: str) -> str:
    return clean(body.rstrip("\n"), limit=LONGEST_MESSAGE)


def _touched(git: Git, found: list[Change], folder: str) -> dict[str, tuple[str, ...]]:
    """Return the files under ``folder`` that each commit changes against its first parent; all of them for one without parents."""
    inside = f"{folder.strip('/')}/"
    stdin = "".join(f"{' '.join((change.commit.sha, *change.commit.parents[:1]))}\n" for change in found).encode()
    words = ("diff-tree", "--stdin", "--root", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv")
    output = git.read(*words, "--", f":(top,literal){inside}", stdin=stdin)
    touched: dict[str, tuple[str, ...]] = {}
    sha = ""
    for part in output.text.split("\0"):
        if part.startswith(inside):
            touched[sha] = (*touched[sha], clean_line(part, limit=None))
        elif part:
            sha = part.strip("\n")
            touched[sha] = ()
    return touched


def message(git: Git, sha: str) -> str:
    """Return the whole message of a commit, clean."""
    return _message(git.read("log", "--max-count=1", "--format=tformat:%B", *_QUIET, checked(sha), "--").text)


def file_at(git: Git, sha: str, path: str) -> bytes | None:
    """Return a file as a commit has it; None for a folder, or where there is none."""
    parts = path.split("/")
    if not is_sha(sha) or "\0" in path or {"", ".", ".."} & set(parts):
        raise CloneError(f"{clean_line(path)} is no path in a commit", consequence="git was not called")
    name = f"{sha}:{path}"
    kind = git.read("cat-file", "-t", name, allow=range(256))
    if kind.code != 0 and any(sign in kind.words for sign in _ABSENT):
        # Git says the same of a commit that it does not have.
        git.read("cat-file", "-e", f"{sha}^{{commit}}")
        return None
    if kind.code != 0:
        raise explained("git cat-file", kind.words, folder=git.folder)
    if kind.text != "blob":
        return None
    size = int(git.read("cat-file", "-s", name).text)
    if size > LARGEST_FILE:
        raise CloneError(f"{clean_line(path)} has {size} bytes, more than are read", consequence="its content is unknown")
    return git.read("cat-file", "blob", name).out


def patch(git: Git, base: str, head: str, *, limit: int) -> tuple[str, ...]:
    """Return the patch from one commit to another as clean lines; files that are deleted or large are named, not shown."""
    words = ("diff", "--find-renames", "--irreversible-delete", *PLAIN, checked(base), checked(head), "--")
    lines = git.read(*words, config=DIFFING).out.decode("utf-8", "replace").removesuffix("\n").split("\n")
    shown = tuple(clean_line(line.removesuffix("\r")) for line in lines[:limit] if line)
    return (*shown, f"… and {len(lines) - limit} more lines") if len(lines) > limit else shown
