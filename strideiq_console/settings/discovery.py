"""Finds what a clone already says about its outside: Vercel's and Railway's link files, alembic.ini, workflows (first run).

Everything here is read from a repository that anybody may have written: files are small, plain and inside the clone, values are
checked like settings, and nothing is run. What is found is proposed, never used before the founder has seen it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from strideiq_console.settings import checks

LARGEST = 200_000
DEPTH = 4
MOST = 4000
_SKIPPED = frozenset({".git", "node_modules", ".venv", "venv", ".next", "dist", "build", "__pycache__"})
_JOB = re.compile(r"  ([A-Za-z_][A-Za-z0-9_-]{0,99}):\s*(?:#.*)?\Z")
_JOB_NAME = re.compile(r"    name:\s*[\"']?([^\"'#]{1,100}?)[\"']?\s*(?:#.*)?\Z")


@dataclass(frozen=True, slots=True)
class Finding:
    """A value that was found, and the file that says it, relative to the clone or to the home folder."""

    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a clone says of its outside. None: nothing was found. ``jobs`` are the names of CI jobs, in their files' order."""

    vercel_project: Finding | None = None
    vercel_team: Finding | None = None
    railway_project: Finding | None = None
    alembic_folder: Finding | None = None
    npm_folder: Finding | None = None
    pip_folder: Finding | None = None
    jobs: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def discover(clone: Path, home: Path | None = None) -> Found:
    """Look through the clone, four folders deep, and into Railway's own link file below ``home``."""
    files = {str(path): clone / path for path in _files(clone)}
    vercel = _vercel(files)
    workflows = tuple(sorted(p for p in files if p.startswith(".github/workflows/") and p.endswith((".yml", ".yaml"))))
    jobs = [job for path in workflows for job in job_names(_text(files[path]))]
    return Found(
        vercel_project=_checked(vercel.get("projectId"), vercel.get("where", "")),
        vercel_team=_checked(vercel.get("orgId"), vercel.get("where", "")) if _is_team(vercel.get("orgId")) else None,
        railway_project=_railway(clone, home),
        alembic_folder=_folder_of(files, "alembic.ini"),
        npm_folder=_folder_of(files, "package-lock.json"),
        pip_folder=_folder_of(files, "requirements.txt"),
        jobs=tuple(dict.fromkeys(jobs)),
        workflows=workflows,
        notes=tuple(_notes(files)),
    )


def job_names(text: str) -> list[str]:
    """Return the check names of a workflow's jobs: ``name`` where a job has one, else its id (R68: by lines, best effort).

    A name that is computed (``${{ … }}``) is left out: what it comes to cannot be told here.
    """
    found: list[str] = []
    inside = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if line[:1] not in ("", " ", "#"):
            inside = line.startswith("jobs:")
            continue
        job, name = (_JOB.match(line), _JOB_NAME.match(line)) if inside else (None, None)
        if job is not None:
            found.append(job[1])
        elif name is not None and found:
            found[-1] = name[1].strip()
    return [name for name in found if "${{" not in name and name.isprintable()]


def _files(clone: Path) -> Iterator[str]:
    """Walk plain files in a bounded part of the clone; links are not followed."""
    count = 0
    for folder, names, files in os.walk(clone, followlinks=False):
        here = Path(folder).relative_to(clone)
        deep = len(here.parts) >= DEPTH
        names[:] = [] if deep else sorted(n for n in names if n not in _SKIPPED and not Path(folder, n).is_symlink())
        for name in sorted(files):
            count += 1
            if count > MOST:
                return
            if not Path(folder, name).is_symlink():
                yield (here / name).as_posix()


def _text(path: Path) -> str:
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:  # noqa: PTH123 - flags
            raw = stream.read(LARGEST + 1)
    except OSError:
        return ""
    return raw.decode("utf-8", "replace") if len(raw) <= LARGEST else ""


def _json(path: Path) -> Mapping[str, Any]:
    try:
        value = json.loads(_text(path))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _vercel(files: Mapping[str, Path]) -> dict[str, str]:
    for path in sorted(files, key=lambda p: (p.count("/"), p)):
        if path.endswith(".vercel/project.json") and path.removesuffix("project.json").endswith(".vercel/"):
            value = _json(files[path])
            return {key: str(value[key]) for key in ("projectId", "orgId") if isinstance(value.get(key), str)} | {"where": path}
    return {}


def _is_team(value: object) -> bool:
    return isinstance(value, str) and value.startswith("team_")


def _railway(clone: Path, home: Path | None) -> Finding | None:
    """Return the project that ``railway link`` chose for this folder; the file holds a token too, which is not looked at."""
    if home is None:
        return None
    projects = _json(home / ".railway" / "config.json").get("projects")
    linked = projects.get(str(clone)) if isinstance(projects, dict) else None
    project = linked.get("project") if isinstance(linked, dict) else None
    return _checked(project, "~/.railway/config.json")


def _checked(value: object, where: str) -> Finding | None:
    if not isinstance(value, str) or not value or checks.identifier_fault(value) is not None:
        return None
    return Finding(value, where)


def _folder_of(files: Mapping[str, Path], name: str) -> Finding | None:
    path = next((p for p in sorted(files, key=lambda p: (p.count("/"), p)) if p.rpartition("/")[2] == name), None)
    if path is None:
        return None
    folder = path.rpartition("/")[0]
    return Finding(folder, path) if checks.folder_fault(folder) is None else None


def _notes(files: Mapping[str, Path]) -> Iterator[str]:
    for name in ("vercel.json", "railway.json", "railway.toml"):
        path = next((p for p in sorted(files, key=lambda p: (p.count("/"), p)) if p.rpartition("/")[2] == name), None)
        if path is not None:
            yield path
