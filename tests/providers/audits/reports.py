"""Small reports in the two tools' shapes, and a program that stands in for a tool: it prints one and says how it was called."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from strideiq_console.domain.secret import Redactor
from strideiq_console.providers.audits import NpmAudit, PipAudit
from tests.providers.hosting import StillClock

CANARY = "canary-of-the-founder"
PIP_OFFLINE = """Traceback (most recent call last):
  File "pypi.py", line 66, in query
requests.exceptions.ConnectionError: HTTPSConnectionPool(host='packages.example', port=443): Max retries exceeded with url: /idna
"""


def via(package: str = "deep-lib", **words: Any) -> dict[str, Any]:
    """Return an advisory as npm lists it."""
    made = {
        "source": 1234567,
        "name": package,
        "dependency": package,
        "title": f"Prototype pollution in {package}",
        "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
        "severity": "high",
        "cwe": ["CWE-1321"],
        "cvss": {"score": 7.5, "vectorString": None},
        "range": "<2.0.1",
    }
    return made | words


def entry(name: str = "deep-lib", via_: list[Any] | None = None, **words: Any) -> dict[str, Any]:
    """Return a package as npm lists it."""
    made = {
        "name": name,
        "severity": "high",
        "isDirect": False,
        "via": [via(name)] if via_ is None else via_,
        "effects": [],
        "range": "2.0.0",
        "nodes": [f"node_modules/{name}"],
        "fixAvailable": True,
    }
    return made | words


def npm_report(*entries: dict[str, Any], total: int = 12) -> dict[str, Any]:
    """Return a whole report of npm 7 and later."""
    counts = {"info": 0, "low": 0, "moderate": 0, "high": len(entries), "critical": 0, "total": len(entries)}
    packages = {"prod": total, "dev": 0, "optional": 0, "peer": 0, "peerOptional": 0, "total": total}
    return {
        "auditReportVersion": 2,
        "vulnerabilities": {one["name"]: one for one in entries},
        "metadata": {"vulnerabilities": counts, "dependencies": packages},
    }


def vuln(name: str = "PYSEC-2024-60", **words: Any) -> dict[str, Any]:
    """Return a vulnerability as pip-audit lists it."""
    made = {
        "id": name,
        "fix_versions": ["3.7"],
        "aliases": ["CVE-2024-3651", "GHSA-jjg7-2v4v-x38h"],
        "description": "Quadratic\n\nx",
    }
    return made | words


def pip_report(*dependencies: dict[str, Any]) -> dict[str, Any]:
    """Return a whole report of pip-audit."""
    return {"dependencies": list(dependencies), "fixes": []}


def package(name: str = "idna", *vulns: dict[str, Any], version: str = "3.0") -> dict[str, Any]:
    """Return a package that pip-audit looked at."""
    return {"name": name, "version": version, "vulns": list(vulns)}


def stand_in(folder: Path, name: str, printed: str, *, said: str = "", code: int = 0) -> str:
    """Write a program that prints, and leaves its arguments, folder and environment in ``called.json`` beside itself."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    called = folder / "called.json"
    lines = (
        f"#!{sys.executable} -I",
        "import json, os, sys",
        f"json.dump([sys.argv[1:], os.getcwd(), dict(os.environ)], open({str(called)!r}, 'w'))",
        f"sys.stdout.write({printed!r})",
        f"sys.stderr.write({said!r})",
        f"sys.exit({code})",
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o700)
    return str(path)


def called(folder: Path) -> tuple[list[str], str, dict[str, str]]:
    """Return how the stand-in was called."""
    argv, cwd, env = json.loads((folder / "called.json").read_text(encoding="utf-8"))
    return argv, cwd, env


def _clone(folder: Path, where: str, name: str, text: str) -> Path:
    clone = folder / "clone"
    (clone / where).mkdir(parents=True, exist_ok=True)
    (clone / where / name).write_text(text, encoding="utf-8")
    return clone


def npm(root: Path, value: Any, *, said: str = "", code: int = 0, where: str = "apps/web", **words: Any) -> NpmAudit:
    """Return npm's audit over a stand-in that prints ``value``, JSON unless it is a string."""
    printed = value if isinstance(value, str) else json.dumps(value)
    argv = (stand_in(root / "bin", "npm", printed, said=said, code=code), "audit", "--json")
    clone = _clone(root, where, "package-lock.json", "{}")
    words = {"argv": argv, "environ": _environ(), "redact": Redactor()} | words
    return NpmAudit(clone=clone, clock=StillClock(), **words)


def pip(root: Path, value: Any, *, said: str = "", code: int = 0, requirements: str = "idna==3.0\n", **words: Any) -> PipAudit:
    """Return pip-audit's audit over a stand-in that prints ``value``, JSON unless it is a string."""
    printed = value if isinstance(value, str) else json.dumps(value)
    argv = (stand_in(root / "bin", "pip-audit", printed, said=said, code=code), "--format", "json")
    clone = _clone(root, "apps/api", "requirements.txt", requirements)
    words = {"argv": argv, "environ": _environ(), "redact": Redactor()} | words
    return PipAudit(clone=clone, clock=StillClock(), **words)


def _environ() -> dict[str, str]:
    return {"PATH": os.defpath, "STRIDEIQ_GITHUB_TOKEN": CANARY, "NODE_OPTIONS": CANARY, "PIP_INDEX_URL": CANARY}
