"""Finds the migration files, in the founder's folder or in the texts of another commit, and makes the graph of them."""

from __future__ import annotations

import configparser
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.migration import Revision, UnclearFile
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.alembic.source import read_revision

MOST_FILES = 5_000
MOST_BYTES = 1_000_000
MOST_TOTAL = 50_000_000
_MIGRATION = re.compile(r"(?!\.#|__init__).*\.py", re.DOTALL)  # the names that alembic itself reads


@dataclass(frozen=True, slots=True)
class Location:
    """Where a project keeps its revisions: ``versions`` relative to the clone, in alembic's order."""

    config: str
    versions: tuple[str, ...]
    recursive: bool = False


CONFIGS = ("alembic.ini", "pyproject.toml")
"""The two files that may say where the revisions are."""


def locate_texts(configs: Mapping[str, bytes], folder: str = "") -> Location:
    """Read where another commit keeps its revisions, from its :data:`CONFIGS` by path. Raises CloneError as :func:`locate`."""
    with tempfile.TemporaryDirectory(prefix="strideiq-") as place:
        root = Path(place)
        for name in CONFIGS:
            text = configs.get(f"{folder}/{name}" if folder else name)
            if text is not None:
                file = root / folder / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text)
        try:
            return locate(root, folder)
        except CloneError as error:
            raise CloneError(
                error.cause.replace(f"{root.resolve()}", "the commit"), consequence=error.consequence, next_step=error.next_step
            ) from None


def locate(clone: Path, folder: str = "") -> Location:
    """Read ``alembic.ini`` or ``pyproject.toml`` in a folder of the clone. Raises CloneError when neither says where."""
    root = clone.resolve()
    home = _inside(root, root / folder)
    ini, project = home / "alembic.ini", home / "pyproject.toml"
    values = _ini(_inside(root, ini)) if ini.is_file() else {}
    config = ini
    if "script_location" not in values and project.is_file():
        values, config = _toml(_inside(root, project)), project
    script = values.get("script_location", "")
    if not script or ":" in re.sub(r"^[A-Za-z]:[\\/]", "", script):
        raise _no_location(home, script)
    separators = {"space": r"\s+", "newline": r"\n", "os": re.escape(os.pathsep), ":": ":", ";": ";"}
    split = separators.get(values.get("path_separator") or values.get("version_path_separator") or "", r"[\s,:;]+")
    listed = [word for word in re.split(split, values.get("version_locations", "").strip()) if word.strip()]
    places = [home / word.strip() for word in listed] or [home / script / "versions"]
    versions = tuple(_inside(root, place).relative_to(root).as_posix() for place in places)
    recursive = values.get("recursive_version_locations", "").lower() in {"true", "1", "yes", "on"}
    return Location(config.relative_to(root).as_posix(), versions, recursive)


def read_folder(clone: Path, location: Location) -> RevisionGraph:
    """Read the migration files of the work tree; links out of the clone are not followed. Blocking: call it on a worker thread."""
    root = clone.resolve()
    texts: dict[str, str] = {}
    unclear: list[UnclearFile] = []
    total = 0
    for path in _files(root, location):
        shown = path.relative_to(root).as_posix()
        if len(texts) >= MOST_FILES or total > MOST_TOTAL:
            return _graph(texts, unclear, complete=False)
        text, why = _text(root, path)
        total += len(text)
        if why:
            unclear.append(UnclearFile(clean_line(shown, limit=300), why))
        else:
            texts[shown] = text
    return _graph(texts, unclear, complete=True)


def read_files(files: Mapping[str, bytes], location: Location) -> RevisionGraph:
    """Make the graph of another commit's files as git keeps them: bytes by their paths relative to the clone."""
    texts: dict[str, str] = {}
    unclear = []
    for path, raw in sorted(files.items()):
        if not (_MIGRATION.fullmatch(PurePosixPath(path).name) and _within(path, location)):
            continue
        try:
            texts[path] = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            unclear.append(UnclearFile(clean_line(path, limit=300), "it is not UTF-8"))
    return read_texts(texts, location, unclear)


def read_texts(texts: Mapping[str, str], location: Location | None = None, others: Iterable[UnclearFile] = ()) -> RevisionGraph:
    """Make the graph of another commit's files: paths relative to the clone with their text. Other files are left out.

    ``others`` are files that could not be turned into text.
    """
    wanted = {p: t for p, t in sorted(texts.items()) if _MIGRATION.fullmatch(PurePosixPath(p).name) and _within(p, location)}
    small = {path: text for path, text in wanted.items() if len(text) <= MOST_BYTES}
    too_large = [UnclearFile(clean_line(p, limit=300), _too_large(len(t))) for p, t in wanted.items() if p not in small]
    unclear = [*others, *too_large]
    kept = dict(list(small.items())[:MOST_FILES])
    return _graph(kept, unclear, complete=len(kept) == len(small))


def _graph(texts: Mapping[str, str], unclear: list[UnclearFile], *, complete: bool) -> RevisionGraph:
    found = [read_revision(path, text) for path, text in texts.items()]
    revisions = [one for one in found if isinstance(one, Revision)]
    return RevisionGraph.of(revisions, (*unclear, *(one for one in found if isinstance(one, UnclearFile))), complete=complete)


def _files(root: Path, location: Location) -> Iterator[Path]:
    for place in location.versions:
        for parent, folders, names in os.walk(root / place, followlinks=False):
            folders[:] = sorted(name for name in folders if name != "__pycache__") if location.recursive else []
            yield from (Path(parent, name) for name in sorted(names) if _MIGRATION.fullmatch(name))


def _text(root: Path, path: Path) -> tuple[str, str]:
    """Return a file's text, or ``""`` and why it was not read."""
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root):
            return "", "it is a link that leads out of the clone"
        if not real.is_file():
            return "", "it is no file"
        with real.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
        return ("", _too_large(len(raw))) if len(raw) > MOST_BYTES else (raw.decode("utf-8-sig"), "")
    except UnicodeDecodeError:
        return "", "it is not UTF-8"
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle of links, before Python 3.13
        return "", clean_line(f"it cannot be read: {getattr(error, 'strerror', None) or error}", limit=200)


def _too_large(size: int) -> str:
    return f"it has more than {MOST_BYTES:,} bytes" if size > MOST_BYTES else ""


def _within(path: str, location: Location | None) -> bool:
    if location is None:
        return True
    parent = PurePosixPath(path).parent
    return any(parent == PurePosixPath(v) or (location.recursive and parent.is_relative_to(v)) for v in location.versions)


def _ini(path: Path) -> dict[str, str]:
    parser = configparser.ConfigParser({"here": str(path.parent)})
    try:
        parser.read_string(path.read_text(encoding="utf-8-sig"))
        return dict(parser["alembic"]) if parser.has_section("alembic") else {}
    except (configparser.Error, UnicodeDecodeError, OSError) as error:
        raise _unreadable(path, error) from error


def _toml(path: Path) -> dict[str, str]:
    try:
        section = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("tool", {}).get("alembic", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError, AttributeError) as error:
        raise _unreadable(path, error) from error
    here = str(path.parent)
    flat = {k: "\n".join(map(str, v)) if isinstance(v, list) else str(v) for k, v in section.items()} if section else {}
    values = {key: value.replace("%(here)s", here) for key, value in flat.items()}
    return {**values, "path_separator": "newline"} if "version_locations" in values else values


def _inside(root: Path, path: Path) -> Path:
    real = path.resolve()
    if not real.is_relative_to(root):
        raise CloneError(
            f"{clean_line(str(path), limit=300)} leads out of the clone",
            consequence="the migration files there are not read",
            next_step="keep the migrations inside the clone",
        )
    return real


def _no_location(home: Path, script: str) -> CloneError:
    cause = f"script_location {clean_line(script)!r} names a package" if script else "no alembic.ini or pyproject.toml says where"
    return CloneError(
        f"{cause}: the migration files of {clean_line(str(home))} are not found",
        consequence="heads, missing parents and risks of the migrations are unknown",
        next_step="name the folder of alembic.ini in config.toml",
    )


def _unreadable(path: Path, error: Exception) -> CloneError:
    return CloneError(
        f"{clean_line(str(path), limit=300)} cannot be read: {clean_line(str(error), limit=200)}",
        consequence="where the migrations are is unknown",
        next_step="repair the file",
    )
