"""The first run in words: what was found in the clone, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.settings.discovery import Finding, Found
from strideiq_console.settings.secret_names import variable
from strideiq_console.settings.written import Answers

Row = tuple[str, str, str]


def rows(clone: Path, repository: str, branches: tuple[str, ...], found: Found, fault: str) -> tuple[Row, ...]:
    """Return what was looked for as rows: its name, what it is (``""``: not found), and where it was found."""
    if fault:
        return (("clone", "", fault),)
    known = [name for name in ("main", "master", "staging") if name in branches]
    return (
        ("clone", clean_line(str(clone), limit=200), ""),
        ("repository", repository, "origin of the clone" if repository else "origin names none at GitHub"),
        ("branches", ", ".join(known), f"{len(branches)} in all" if branches else "the clone has none"),
        _row("Vercel project", found.vercel_project, ".vercel/project.json, which vercel link writes"),
        _row("Railway project", found.railway_project, "railway link for this folder"),
        _row("Alembic", found.alembic_folder, "alembic.ini"),
        ("CI jobs", clean_line(", ".join(found.jobs), limit=200), ", ".join(found.workflows[:3]) or "no workflow files"),
    )


def _row(name: str, finding: Finding | None, looked_for: str) -> Row:
    if finding is None:
        return (name, "", f"looked for {looked_for}")
    return (name, finding.value or "the clone's own folder", finding.where)


def found_lines(found: Iterable[Row]) -> tuple[str, ...]:
    """Return the rows as aligned lines."""
    return tuple(_found_line(*row) for row in found)


def _found_line(name: str, value: str, where: str) -> str:
    mark = "found    " if value else "not found"
    note = f"({where})" if where else ""
    return f"  {mark}  {name:<16} {'  '.join(part for part in (value, note) if part)}"


def next_lines(answers: Answers, stored: Collection[str], command: Callable[..., str]) -> tuple[str, ...]:
    """Return what to do now, one command a line; tokens that are ``stored`` already are left out."""
    tokens = ["github"] + [name for name in ("vercel", "railway") if getattr(answers, f"{name}_project")]
    lines = ["", "Next:"]
    wanted = [name for name in tokens if name not in stored]
    lines += [f"  {command('secrets', 'set', name):<44} stores its token, unless {variable(name)} is set" for name in wanted]
    lines.append(f"  {command('doctor'):<44} looks at everything and says how to mend what is missing")
    lines.append(f"  {command('glance', '--live'):<44} one screen of what is true now")
    lines.append(f"  {command():<44} opens the console; ? shows the keys")
    return tuple(lines)
