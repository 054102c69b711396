"""Objects and tags of the bare repository that answers show as they are: files, folders, trees, tags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from strideiq_console.sandbox import git

_KINDS = {"blob": "file", "tree": "dir", "commit": "submodule"}
_SYMLINK = "120000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of a commit. ``kind`` is file, dir, symlink or submodule; ``size`` is 0 for what is no file."""

    path: str
    kind: str
    sha: str
    size: int

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rsplit("/", 1)[-1]


def folder(repository: Path, commit: str, path: str) -> tuple[Entry, ...]:
    """Return what stands in a folder (``""``: the root), folders and files by name; empty when there is no such folder."""
    place = f"{path.strip('/')}/" if path.strip("/") else ""
    return _listed(repository, commit, *([place] if place else []))


def entry(repository: Path, commit: str, path: str) -> Entry | None:
    """Return one file or folder of a commit, None when it is not there."""
    found = _listed(repository, commit, path.strip("/"))
    return found[0] if found else None


def _listed(repository: Path, commit: str, *paths: str) -> tuple[Entry, ...]:
    if any("\0" in path for path in paths):
        return ()
    # A path that leads out of the repository is refused by git; for a reader there is nothing.
    output = git.run(repository, "--literal-pathspecs", "ls-tree", "-z", "--long", commit, "--", *paths, ok=(0, 128))[1]
    rows = []
    for record in output.split("\0"):
        if not record:
            continue
        head, path = record.split("\t", 1)
        mode, kind, sha, size = head.split()
        word = "symlink" if mode == _SYMLINK else _KINDS[kind]
        rows.append(Entry(path, word, sha, int(size) if size.isdigit() else 0))
    return tuple(rows)


def blob(repository: Path, sha: str) -> bytes:
    """Return the bytes of a file."""
    return git.read(repository, "cat-file", "blob", sha)


def is_tree(repository: Path, sha: str) -> bool:
    """Say whether a SHA is that of a tree."""
    if len(sha) != 40 or not sha.isalnum():
        return False
    code, kind = git.run(repository, "cat-file", "-t", sha, ok=(0, 1, 128))
    return code == 0 and kind.strip() == "tree"


def tags(repository: Path) -> dict[str, str]:
    """Return every tag with the commit that it stands for, annotated ones peeled; the highest version first."""
    layout = "%(refname:strip=2)%00%(objectname)%00%(*objectname)"
    output = git.run(repository, "for-each-ref", "--sort=-version:refname", f"--format={layout}", "refs/tags/")[1]
    found = {}
    for line in output.splitlines():
        name, sha, peeled = line.split("\0")
        found[name] = peeled or sha
    return found


def tag_objects(repository: Path) -> dict[str, str]:
    """Return the object of every tag: the commit itself, or of an annotated one the tag object; read from the files of the refs."""
    found: dict[str, str] = {}
    packed, place = repository / "packed-refs", repository / "refs" / "tags"
    if packed.exists():
        rows = (line.partition(" ") for line in packed.read_text(encoding="utf-8").splitlines())
        found = {name.removeprefix("refs/tags/"): sha for sha, _, name in rows if name.startswith("refs/tags/")}
    for file in place.rglob("*"):
        if file.is_file() and not file.name.endswith(".lock"):
            found[file.relative_to(place).as_posix()] = file.read_text(encoding="ascii").strip()
    return found


def is_annotated(repository: Path, sha: str) -> bool:
    """Say whether a SHA is that of an annotated tag's own object."""
    code, kind = git.run(repository, "cat-file", "-t", sha, ok=(0, 1, 128))
    return code == 0 and kind.strip() == "tag"


def write_tag(repository: Path, name: str, sha: str) -> None:
    """Create a lightweight tag. The caller has made sure that the name is good and free."""
    git.run(repository, "update-ref", f"refs/tags/{name}", sha, "0" * 40)
