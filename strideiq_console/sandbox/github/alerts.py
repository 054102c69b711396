"""Security alerts: of Dependabot, code scanning and secret scanning; each may be switched off, and then says so in its own way."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import ApiError, Call, Reply
from strideiq_console.sandbox.github.shapes import user

Alert = dict[str, Any]
DEPENDABOT_OFF = "Dependabot alerts are disabled for this repository."
CODE_SCANNING_OFF = "Advanced Security must be enabled for this repository to use code scanning."
SCANNING_OFF = "Secret scanning is disabled on this repository."


def _kept(call: Call, kind: str, *, off: ApiError, **filters: str) -> list[Alert]:
    rows: list[Alert] | None = call.state["alerts"][kind]
    if rows is None:
        raise off
    wanted = {key: call.query[name].split(",") for key, name in filters.items() if call.query.get(name)}
    return [row for row in rows if all(row.get(key) in values for key, values in wanted.items())][::-1]


def check_vulnerability_alerts(call: Call) -> Reply:
    """``GET /vulnerability-alerts``: 204 when Dependabot alerts are on, 404 when not."""
    if call.state["alerts"]["dependabot"] is None:
        raise ApiError(404, "Vulnerability alerts are disabled.")
    return Reply(204)


def list_dependabot(call: Call) -> Reply:
    """``GET /dependabot/alerts``: 403 when off. Pages go by cursor: ``after`` and ``per_page``, never by number."""
    filters = {"state": "state", "severity": "severity", "ecosystem": "ecosystem", "package": "package", "scope": "scope"}
    rows = _kept(call, "dependabot", off=ApiError(403, DEPENDABOT_OFF), **filters)
    if "page" in call.query:
        raise ApiError(400, "Pagination using the `page` parameter is not supported.")
    given = call.query.get("per_page", "")
    size = min(int(given), 100) if given.isdecimal() and int(given) > 0 else 30
    after = call.query.get("after")
    start = next((place + 1 for place, row in enumerate(rows) if f"n{row['number']}" == after), 0)
    shown = rows[start : start + size]
    headers = {}
    if start + size < len(rows):
        query = urlencode({**call.query, "per_page": size, "after": f"n{shown[-1]['number']}"})
        headers["link"] = f'<{call.api}{call.path}?{query}>; rel="next"'
    return Reply(200, [_dependabot(call, row) for row in shown], headers)


def _dependabot(call: Call, row: Alert) -> dict[str, Any]:
    package = {"ecosystem": row["ecosystem"], "name": row["package"]}
    fixed = None if row["fixed_in"] is None else {"identifier": row["fixed_in"]}
    weakness = {"package": package, "severity": row["severity"], "vulnerable_version_range": row["range"]}
    weakness["first_patched_version"] = fixed
    ghsa, made, done = f"GHSA-sand-box0-{row['number']:04d}", iso(row["created_at"]), row.get("closed_at")
    dismissed = row["state"] == "dismissed"
    return {
        **_links(call, "dependabot", row["number"]),
        "state": row["state"],
        "dependency": {"package": package, "manifest_path": row["manifest"], "scope": row["scope"], "relationship": "direct"},
        "security_advisory": {
            "ghsa_id": ghsa,
            "cve_id": None,
            "summary": row["summary"],
            "description": f"{row['summary']}.",
            "vulnerabilities": [weakness],
            "severity": row["severity"],
            "cvss": {"vector_string": None, "score": {"low": 3.1, "medium": 5.3, "high": 7.5, "critical": 9.8}[row["severity"]]},
            "cwes": [],
            "identifiers": [{"type": "GHSA", "value": ghsa}],
            "references": [{"url": f"https://github.com/advisories/{ghsa}"}],
            "published_at": made,
            "updated_at": made,
            "withdrawn_at": None,
        },
        "security_vulnerability": weakness,
        "created_at": made,
        "updated_at": made if done is None else iso(done),
        "dismissed_at": iso(done) if dismissed and done is not None else None,
        "dismissed_by": user(call, row.get("by")) if dismissed else None,
        "dismissed_reason": row.get("reason") if dismissed else None,
        "dismissed_comment": None,
        "fixed_at": iso(done) if row["state"] == "fixed" and done is not None else None,
    }


def _links(call: Call, kind: str, number: int) -> dict[str, Any]:
    page = f"{call.page}/security/{kind}/{number}"
    return {"number": number, "url": f"{call.repo}/{kind}/alerts/{number}", "html_url": page}


def list_code_scanning(call: Call) -> Reply:
    """``GET /code-scanning/alerts``: 403 when off, 404 when it is on and nothing was ever scanned."""
    rows = _kept(call, "code_scanning", off=ApiError(403, CODE_SCANNING_OFF), state="state", severity="severity")
    if not call.state["alerts"]["code_scanning"]:
        raise ApiError(404, "no analysis found")
    return call.paged(rows, lambda row: _code_scanning(call, row))


def _code_scanning(call: Call, row: Alert) -> dict[str, Any]:
    links = _links(call, "code-scanning", row["number"])
    rule = {"id": row["rule"], "severity": "error", "security_severity_level": row["severity"], "description": row["summary"]}
    place = {"path": row["path"], "start_line": row["line"], "end_line": row["line"], "start_column": 1, "end_column": 80}
    return {
        **links,
        "instances_url": f"{links['url']}/instances",
        "created_at": iso(row["created_at"]),
        "updated_at": iso(row["created_at"]),
        "fixed_at": None,
        "state": row["state"],
        "dismissed_by": None,
        "dismissed_at": None,
        "dismissed_reason": None,
        "dismissed_comment": None,
        "rule": {**rule, "name": row["rule"], "tags": ["security"]},
        "tool": {"name": "CodeQL", "guid": None, "version": "2.19.0"},
        "most_recent_instance": {
            "ref": "refs/heads/main",
            "analysis_key": ".github/workflows/codeql.yml:analyze",
            "environment": "{}",
            "category": ".github/workflows/codeql.yml:analyze",
            "state": row["state"],
            "commit_sha": call.state["refs"]["main"],
            "message": {"text": row["summary"]},
            "location": place,
            "classifications": [],
        },
    }


def list_secret_scanning(call: Call) -> Reply:
    """``GET /secret-scanning/alerts``: 404 when off. The secret itself is in the answer unless ``hide_secret=true``."""
    rows = _kept(call, "secret_scanning", off=ApiError(404, SCANNING_OFF), state="state", type="secret_type")
    return call.paged(rows, lambda row: _secret_scanning(call, row))


def _secret_scanning(call: Call, row: Alert) -> dict[str, Any]:
    links = _links(call, "secret-scanning", row["number"])
    done = row.get("resolved_at")
    shown = {} if call.query.get("hide_secret") == "true" else {"secret": row["secret"]}
    return {
        **links,
        **shown,
        "locations_url": f"{links['url']}/locations",
        "created_at": iso(row["created_at"]),
        "updated_at": iso(done or row["created_at"]),
        "state": row["state"],
        "resolution": row.get("resolution"),
        "resolved_at": None if done is None else iso(done),
        "resolved_by": user(call, row.get("by")),
        "resolution_comment": None,
        "secret_type": row["type"],
        "secret_type_display_name": row["title"],
        "validity": "inactive" if done is not None else "unknown",
        "publicly_leaked": False,
        "multi_repo": False,
        "push_protection_bypassed": False,
        "push_protection_bypassed_by": None,
        "push_protection_bypassed_at": None,
    }
