"""A look at ``ci.yml`` line by line, best effort and without a YAML package: what makes a green run mean less (R68, T18, T20)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from strideiq_console.domain.policy.ci_jobs import CI_BASES, JOBS

CI_FILE = ".github/workflows/ci.yml"
_KEY = re.compile(r"( *)(?:- )?[\"']?([A-Za-z_][\w.-]*)[\"']?:(?: +(.*))?$")
_TRUE = ("true", "yes", "on")


@dataclass(frozen=True, slots=True)
class CiRemark:
    """One thing to know about the file. ``line`` counts from 1, 0 for something that is missing."""

    line: int
    words: str


@dataclass(slots=True)
class CiFile:
    """What was found. ``inputs`` are those that a start by hand takes: name to whether it is required."""

    jobs: list[str] = field(default_factory=list)
    triggers: dict[str, list[str]] = field(default_factory=dict)
    inputs: dict[str, bool] = field(default_factory=dict)
    remarks: list[CiRemark] = field(default_factory=list)
    readable: bool = True


def read_ci_file(text: str) -> CiFile:
    """Read a workflow file; one with tabs, anchors or no jobs is not understood, which is said instead of guessed."""
    found = CiFile()
    path: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _without_comment(raw)
        if not line.strip():
            continue
        if "\t" in line[: len(line) - len(line.lstrip())]:
            found.readable = False
            found.remarks.append(CiRemark(number, "a tab indents this line: the file cannot be read here"))
            return found
        depth = len(line) - len(line.lstrip(" "))
        path = [place for place in path if place[0] < depth or (place[0] == depth and line.lstrip().startswith("- "))]
        match = _KEY.match(line)
        if match is None:
            _item(found, [name for _, name in path], line.strip())
            continue
        name, value = match[2], (match[3] or "").strip()
        _key(found, [name for _, name in path], name, value, number)
        path.append((depth, name))
    if not found.jobs:
        found.readable = False
        found.remarks.append(CiRemark(0, "no jobs were found in the file: it is written in a way that is not read here"))
        return found
    found.remarks += _missing(found)
    return found


def _key(found: CiFile, path: Sequence[str], name: str, value: str, number: int) -> None:
    if not path and name == "on":
        for trigger in _words(value):
            found.triggers.setdefault(trigger, [])
    elif list(path) == ["on"]:
        found.triggers.setdefault(name, [])
    elif len(path) == 2 and path[0] == "on" and name == "branches":
        found.triggers.setdefault(path[1], []).extend(_words(value))
    elif list(path) == ["on", "workflow_dispatch", "inputs"]:
        found.inputs[name] = False
    elif path[:3] == ["on", "workflow_dispatch", "inputs"] and len(path) == 4 and name == "required":
        found.inputs[path[3]] = value.lower() in _TRUE
    elif list(path) == ["jobs"]:
        found.jobs.append(name)
    elif name == "continue-on-error" and path[:1] == ["jobs"] and len(path) > 1 and value.lower() not in ("false", "no", "off"):
        where = "step" if "steps" in path else "job"
        found.remarks.append(CiRemark(number, f"{path[1]}: continue-on-error on a {where}: it is green whatever happens"))
    elif name == "branches-ignore" and path[:1] == ["on"]:
        found.remarks.append(CiRemark(number, f"{path[1]} leaves branches out: {value or 'see the file'}"))


def _item(found: CiFile, path: Sequence[str], text: str) -> None:
    """Take a line of a list: branches of a trigger, or triggers."""
    if not text.startswith("- "):
        return
    word = text[2:].strip().strip("\"'")
    if len(path) == 3 and path[0] == "on" and path[2] == "branches":
        found.triggers.setdefault(path[1], []).append(word)
    elif list(path) == ["on"]:
        found.triggers.setdefault(word, [])


def _missing(found: CiFile) -> list[CiRemark]:
    remarks = []
    for event, does in (("push", "pushes to"), ("pull_request", "pull requests into")):
        branches = found.triggers.get(event)
        if branches is None:
            remarks.append(CiRemark(0, f"{does.split(' ')[0]} start no CI: on has no {event}"))
        elif branches:
            absent = [b for b in CI_BASES if b not in branches and "**" not in branches and "*" not in branches]
            if absent:
                remarks.append(CiRemark(0, f"{does} {' and '.join(absent)} start no CI"))
    absent = [job.name for job in JOBS if job.name not in found.jobs]
    if absent:
        strange = [name for name in found.jobs if name not in {job.name for job in JOBS}]
        instead = f"; it has {', '.join(strange)}" if strange else ""
        remarks.append(CiRemark(0, f"the document's {', '.join(absent)} {'is' if len(absent) == 1 else 'are'} not there{instead}"))
    return remarks


def _words(value: str) -> list[str]:
    return [word for word in (part.strip().strip("\"'") for part in value.strip("[]").split(",")) if word]


def _without_comment(line: str) -> str:
    """Cut a comment off; a number sign within a word or in quotes is none."""
    if "#" not in line:
        return line
    quote = ""
    for at, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#" and (at == 0 or line[at - 1] == " "):
            return line[:at]
    return line
