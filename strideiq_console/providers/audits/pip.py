"""``pip-audit --format json``: ``dependencies[]`` with ``vulns[]`` each, or with the ``skip_reason`` of one that was not looked at.

pip-audit ends with 0 and says "no known vulnerabilities" when it could look nothing up: a skipped package makes the audit
unknown. It knows no severities. Without a word about what to audit it would audit the environment that it is installed in, so
the clone's requirements.txt is named to it; pip resolves that file then, which takes as much trust as installing it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.vulnerability import Audit, AuditState, Vulnerability, VulnerabilitySeverity
from strideiq_console.providers.audits.advisories import merged, page_of
from strideiq_console.providers.audits.running import PackageAudit, Tool
from strideiq_console.settings.discovery import Found

SOURCE = "pip-audit"
REQUIREMENTS = "requirements.txt"
_LARGEST = 1_000_000
# Words after which pip-audit knows what to look at, and those that make it look at less.
_TARGETS = ("-r", "--requirement", "--path", "-l", "--local", "--locked")
_NARROWING = ("--no-deps", "--disable-pip", "--ignore-vuln", "--skip-editable")
_WITH_VALUE = (
    *("-f", "--format", "-s", "--vulnerability-service", "--osv-url", "--cache-dir", "--progress-spinner", "--timeout"),
    *("--index-url", "--extra-index-url", "-o", "--output", "--ignore-vuln"),
)
_NAME = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@#,\\\s]|\Z)")


class _Vuln(msgspec.Struct):
    id: str
    fix_versions: list[str]
    aliases: list[str] = []
    description: str = ""


class _Dependency(msgspec.Struct):
    name: str
    version: str | None = None
    vulns: list[_Vuln] | None = None
    skip_reason: str | None = None


class _Report(msgspec.Struct):
    dependencies: list[_Dependency]


class PipAudit(PackageAudit):
    """pip-audit's audit, of the folder with the first requirements.txt.

    ``--requirement requirements.txt`` is added unless ``argv`` says itself what to look at.
    """

    name = SOURCE
    command = ("pip-audit", "--format", "json")

    async def audit(self) -> Audit:
        """Run pip-audit and return what it reports; skipped packages make it unknown. OutsideError for whatever is no report."""
        tool = self._tool
        folder, name = await tool.place(_folder, REQUIREMENTS)
        more: tuple[str, ...] = ()
        if not _aimed(tool.argv):
            if not (folder / REQUIREMENTS).is_file():
                step = "Commit one, set another folder, or name what to audit in the arguments"
                raise tool.error(FaultKind.MISSING, f"there is no {REQUIREMENTS} in {name}", step)
            more = ("--requirement", REQUIREMENTS)
        began = self._clock.now()
        done = await tool.run(folder, more)
        report = _report(tool, tool.decoded(done))
        found = merged(_found(report, _direct(folder / REQUIREMENTS) if more else None))
        skipped = [d for d in report.dependencies if d.skip_reason is not None]
        if done.code not in (0, 1) or (done.code == 1 and not found and not skipped):
            words = done.last_words(tool.redact, lines=1)
            raise tool.failed(f"it ended with code {done.code}, and its report names nothing: {words}", words)
        note = _skipped(skipped, len(report.dependencies), tool.redact)
        if not report.dependencies:
            note = f"pip-audit looked at no package in {name}: look whether that is the right folder"
        state = AuditState.UNKNOWN if note else AuditState.KNOWN
        less = [word for word in _NARROWING if any(part.partition("=")[0] == word for part in tool.argv)]
        note = "; ".join(part for part in (note, f"it looks at less by {', '.join(less)}" if less else "") if part)
        looked_at = len(report.dependencies) - len(skipped)
        return Audit(SOURCE, name, began, found, state, note, looked_at=looked_at, waivers=tool.waivers)


def _folder(found: Found) -> str | None:
    return None if found.pip_folder is None else found.pip_folder.value


def _aimed(argv: Sequence[str]) -> bool:
    """Say whether the arguments name what to audit: by an option, or by a project's folder as a word of its own."""
    program = max((n for n, word in enumerate(argv) if re.fullmatch(r"pip[-_]audit(\.exe)?", Path(word).name)), default=0)
    words = list(argv[program + 1 :])
    while words:
        word = words.pop(0)
        if word.partition("=")[0] in _TARGETS or (word.startswith("-r") and not word.startswith("--")):
            return True
        if word in _WITH_VALUE:
            words = words[1:]
        elif not word.startswith("-"):
            return True
    return False


def _report(tool: Tool, value: Any) -> _Report:
    try:
        report = msgspec.convert(value, _Report)
    except msgspec.ValidationError as error:
        raise tool.malformed(f"it printed another shape: {error}") from None
    for number, one in enumerate(report.dependencies):
        if one.vulns is None and one.skip_reason is None:
            raise tool.malformed(f"it printed a package without vulns and without skip_reason - at `$.dependencies[{number}]`")
    return report


def _found(report: _Report, direct: frozenset[str] | None) -> Iterator[Vulnerability]:
    for package in report.dependencies:
        for vuln in package.vulns or ():
            names = [clean_line(name, limit=80) for name in (vuln.id, *vuln.aliases[:50])]
            title = next((line.strip() for line in vuln.description[:5000].splitlines() if line.strip()), "")
            yield Vulnerability(
                clean_line(package.name, limit=214),
                VulnerabilitySeverity.UNKNOWN,
                names[0],
                clean_line(title.lstrip("# "), limit=300) or "no title",
                aliases=tuple(name for name in dict.fromkeys(names[1:]) if name and name != names[0]),
                url=page_of(names),
                installed=clean_line(package.version or "", limit=100),
                fixed_in=clean_line(", ".join(vuln.fix_versions[:20]), limit=200) or None,
                fix="" if vuln.fix_versions else "no fixed version exists",
                direct=None if direct is None else _normal(package.name) in direct,
            )


def _skipped(skipped: Sequence[_Dependency], count: int, redact: Callable[[str], str]) -> str:
    """Return the sentence about packages that were not looked at, ``""`` when all were."""
    if not skipped:
        return ""
    names = ", ".join(clean_line(one.name, limit=60) for one in skipped[:3]) + (", …" if len(skipped) > 3 else "")
    why = clean_line(redact(skipped[0].skip_reason or "no reason given"), limit=150)
    return f"{len(skipped)} of {count} packages were not looked at ({names}): {why}"


def _direct(path: Path) -> frozenset[str] | None:
    """Return the packages that a requirements file names itself; None when it takes in other files or cannot be read."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(_LARGEST + 1)
    except OSError:
        return None
    if len(raw) > _LARGEST:
        return None
    found = set[str]()
    for line in raw.decode("utf-8", "replace").replace("\\\n", " ").splitlines():
        text = line.strip()
        if not text or text.startswith(("#", "--hash")):
            continue
        name = _NAME.match(text)
        if name is None:
            return None
        found.add(_normal(name[1]))
    return frozenset(found)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
