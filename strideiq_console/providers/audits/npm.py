"""``npm audit --json``, the report of npm 7 and later (``auditReportVersion`` 2).

npm has three ways of not looking: an ``error`` or ``message`` object in place of the report, the setting ``offline``, with which it
prints a report of zeros and ends with 0, and a tree without packages. None of them is "no vulnerabilities" here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.vulnerability import Audit, AuditState, Vulnerability
from strideiq_console.providers.audits.advisories import https_only, merged, number_in, severity_of
from strideiq_console.providers.audits.running import PackageAudit, Tool
from strideiq_console.settings.discovery import Found

SOURCE = "npm audit"
LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
# npm reads .npmrc of the clone; its environment ranks above that file.
_FIXED = {"npm_config_offline": "false", "npm_config_audit": "true", "npm_config_update_notifier": "false"}
_BELOW = re.compile(r"<(?!=)\s*([0-9][0-9A-Za-z.+-]*)")
_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Advisory(msgspec.Struct):
    title: str = ""
    url: Any = ""
    severity: Any = ""
    range: str = ""
    source: Any = None


class _Entry(msgspec.Struct, rename={"direct": "isDirect", "fix": "fixAvailable"}):
    name: str
    severity: Any
    via: list[str | _Advisory]
    direct: bool
    range: str = ""
    effects: list[str] = []
    fix: Any = None


class _Totals(msgspec.Struct):
    total: _Count


class _Metadata(msgspec.Struct):
    vulnerabilities: _Totals
    dependencies: _Totals


class _Report(msgspec.Struct, rename={"version": "auditReportVersion"}):
    version: int
    vulnerabilities: dict[str, _Entry]
    metadata: _Metadata


class NpmAudit(PackageAudit):
    """npm's audit, of the folder with the first package-lock.json.

    npm sends names and versions of the packages to the registry that it is set up for; it runs no script and changes nothing in the
    clone.
    """

    name = SOURCE
    command = ("npm", "audit", "--json")
    fixed = _FIXED

    async def audit(self) -> Audit:
        """Run npm and return what it reports; OutsideError for whatever is no report."""
        tool = self._tool
        folder, name = await tool.place(_folder, LOCKS[0])
        if not any((folder / lock).is_file() for lock in LOCKS):
            raise tool.error(FaultKind.MISSING, f"there is no {LOCKS[0]} in {name}", "Run npm install there and commit the file")
        began = self._clock.now()
        done = await tool.run(folder)
        report = _report(tool, tool.decoded(done), done.stderr.decode("utf-8", "replace"))
        if done.code not in (0, 1) or (done.code == 1 and not report.vulnerabilities):
            words = done.last_words(tool.redact, lines=1)
            raise tool.failed(f"it ended with code {done.code}, and its report names nothing: {words}", "")
        count = report.metadata.dependencies.total
        state, note = AuditState.KNOWN, ""
        if not count and not report.vulnerabilities:
            state, note = AuditState.UNKNOWN, f"npm counted no package in {name}: look whether its {LOCKS[0]} is the right one"
        found = merged(_found(report.vulnerabilities))
        return Audit(SOURCE, name, began, found, state, note, looked_at=count, waivers=tool.waivers)


def _folder(found: Found) -> str | None:
    return None if found.npm_folder is None else found.npm_folder.value


def _report(tool: Tool, value: Any, said: str) -> _Report:
    """Return the report in what npm printed; OutsideError for its error objects, another version and any other shape."""
    if isinstance(value, dict) and "vulnerabilities" not in value and ("error" in value or "message" in value):
        raise _refused(tool, value, said)
    if isinstance(value, dict) and "auditReportVersion" not in value and "advisories" in value:
        raise tool.error(FaultKind.MALFORMED, "this is the report of npm 6 or older", "Install npm 7 or later")
    try:
        report = msgspec.convert(value, _Report)
    except msgspec.ValidationError as error:
        raise tool.malformed(f"it printed another shape: {error}") from None
    if "error" in value:
        raise _refused(tool, value, said)
    if report.version != 2:
        raise tool.malformed(f"its report has the version {report.version}, and the console knows 2")
    if report.metadata.vulnerabilities.total and not report.vulnerabilities:
        raise tool.malformed(f"its report counts {report.metadata.vulnerabilities.total} and names none")
    return report


def _refused(tool: Tool, value: Mapping[str, Any], said: str) -> OutsideError:
    """Return the error that npm's own error object tells of."""
    inner = value.get("error")
    parts = [inner.get(key) for key in ("code", "summary", "detail")] if isinstance(inner, dict) else [inner]
    words = [part.strip() for part in (value.get("message"), *parts) if isinstance(part, str) and part.strip()]
    cause = "; ".join(dict.fromkeys(words)) or "it reports an error without words"
    if isinstance(inner, dict) and inner.get("code") in ("ENOLOCK", "EAUDITNOLOCK"):
        return tool.error(FaultKind.MISSING, "there is no lock file that npm can read", "Run npm install there and commit the file")
    return tool.failed(cause, f"{cause}\n{said}")


def _found(entries: Mapping[str, _Entry]) -> Iterator[Vulnerability]:
    """Yield one vulnerability for each advisory; a package whose advisory is named nowhere is yielded by itself, never dropped."""
    for entry in entries.values():
        advisories = [via for via in entry.via if isinstance(via, _Advisory)]
        for advisory in advisories:
            yield _one(entries, entry, advisory)
        if not advisories and not _explained(entries, entry):
            through = ", ".join(via for via in entry.via if isinstance(via, str))
            yield _one(entries, entry, _Advisory(f"vulnerable through {through or 'a package that npm does not name'}"))


def _explained(entries: Mapping[str, _Entry], entry: _Entry) -> bool:
    """Say whether one of the packages that make this one vulnerable has an advisory of its own."""
    waiting, seen = [via for via in entry.via if isinstance(via, str)], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in entries:
            continue
        seen.add(name)
        if any(isinstance(via, _Advisory) for via in entries[name].via):
            return True
        waiting += [via for via in entries[name].via if isinstance(via, str)]
    return False


def _one(entries: Mapping[str, _Entry], entry: _Entry, advisory: _Advisory) -> Vulnerability:
    url = https_only(advisory.url)
    source = advisory.source if isinstance(advisory.source, (int, str)) and not isinstance(advisory.source, bool) else None
    number = f"npm:{source}" if source is not None else f"npm:{entry.name}"
    best = number_in(url) or number
    ends = _BELOW.findall(advisory.range)
    every = bool(ends) and len(ends) >= advisory.range.count("||") + 1
    return Vulnerability(
        clean_line(entry.name, limit=214),
        severity_of(advisory.severity or entry.severity),
        clean_line(best, limit=80),
        clean_line(advisory.title, limit=300) or "no title",
        aliases=(clean_line(number, limit=80),) if best != number else (),
        url=url,
        installed=clean_line(entry.range, limit=200),
        affected=clean_line(advisory.range, limit=200),
        fixed_in=", ".join(dict.fromkeys(ends)) if every else None,
        fix=_fix(entry.fix),
        direct=entry.direct,
        through=tuple(clean_line(name, limit=214) for name in _through(entries, entry)),
    )


def _fix(fix: Any) -> str:
    """Return what npm would do: ``true`` is its own fix, an object another version of a direct dependency."""
    if fix is True:
        return "npm audit fix"
    if fix is False:
        return "npm knows no fix"
    if not isinstance(fix, dict) or not isinstance(fix.get("name"), str) or not isinstance(fix.get("version"), str):
        return ""
    breaking = ", a breaking change" if fix.get("isSemVerMajor") is True else ""
    return clean_line(f"{fix['name']} {fix['version']}{breaking}", limit=250)


def _through(entries: Mapping[str, _Entry], entry: _Entry) -> list[str]:
    """Return the direct dependencies that a vulnerable package comes in by, along npm's ``effects``."""
    waiting, seen = list(entry.effects), {entry.name}
    found: list[str] = []
    while waiting and len(found) < 20:
        name = waiting.pop(0)
        if name in seen or name not in entries:
            continue
        seen.add(name)
        found += [name] if entries[name].direct else []
        waiting += entries[name].effects
    return sorted(found)
