"""The text of a pull request: the repository's own template, what the commits say, and which issues it closes (R36)."""

from __future__ import annotations

from strideiq_console.domain.changelog import literal
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.policy.incidents import SEVERITIES
from strideiq_console.domain.runbook.model import unknown
from strideiq_console.domain.untrusted import clean
from strideiq_console.services.action import Ask, Ports
from strideiq_console.services.notes import listing

FOLDER = ".github"
TEMPLATE = "pull_request_template.md"
LONGEST = 20_000
"""Characters of a template that are taken; GitHub takes 65,536 in a body."""
_MOST_COMMITS = 30


async def body_of(ports: Ports, ask: Ask) -> str:
    """Return the body: severity, template with the commits filled in, issues to close, and the marks of this step."""
    severity = SEVERITIES.get(ask.get("severity"))
    lines = [f"Severity: {severity.name}, {severity.definition}", ""] if severity else []
    if ask.get("template") == "yes":
        lines += [*await _filled(ports, ask), ""]
    lines += await listing(ports, ask)
    closes = "" if unknown(ask.get("closes")) else ask.get("closes")
    if closes.split():
        lines += [*(f"Closes #{number}" for number in closes.split()), ""]
    lines += ["Opened by StrideIQ Console.", "", ask.marker]
    return "\n".join(lines)


async def _filled(ports: Ports, ask: Ask) -> list[str]:
    """Return the template with what the commits say under its first heading; without a template, that alone."""
    head, base = await _ends(ports, ask)
    said = await _commits(ports, base, head)
    template = await _template(ports, head)
    if not template:
        return said
    at = next((n + 1 for n, line in enumerate(template) if line.lstrip().startswith("#")), 0)
    return [*template[:at], *([""] if at else []), *said, "", *template[at:]]


async def _ends(ports: Ports, ask: Ask) -> tuple[str | None, str | None]:
    head = await ports.clone.tip(f"refs/heads/{ask.need('head')}")
    return head, await ports.clone.tip(f"refs/remotes/origin/{ask.need('base')}")


async def _commits(ports: Ports, base: str | None, head: str | None) -> list[str]:
    if base is None or head is None:
        return []
    found = [c for c in reversed(await ports.clone.commits(base, head, limit=_MOST_COMMITS)) if len(c.parents) < 2]
    return [f"- {literal(commit.subject)}" for commit in found]


async def _template(ports: Ports, head: str | None) -> list[str]:
    """Return the lines of the branch's template, in either of GitHub's spellings; none where there is none to read."""
    if head is None:
        return []
    try:
        files = await ports.clone.files_at(head, FOLDER)
    except CloneError:
        # A folder that cannot be read brings no template; the pull request says what its commits say.
        return []
    raw = next((body for path, body in sorted(files.items()) if path.lower() == f"{FOLDER}/{TEMPLATE}"), b"")
    text = clean(raw.decode("utf-8", "replace"))[:LONGEST]
    return text.rstrip().split("\n") if text.strip() else []
