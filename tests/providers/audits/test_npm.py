"""npm's report becomes an audit; its ways of not looking are faults or unknown, never "no vulnerabilities"."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.domain.vulnerability import AuditState, VulnerabilitySeverity, Waiver
from tests.providers.audits.reports import CANARY, called, entry, npm, npm_report, via
from tests.providers.hosting import HOSTILE, NOW

REFUSED = {"message": "request to https://packages.example/-/npm/v1 failed, reason: {}", "error": {"summary": "", "detail": ""}}


async def fault_of(root: Path, value: Any, **words: Any) -> Fault:
    with pytest.raises(OutsideError) as caught:
        await npm(root, value, **words).audit()
    fault = caught.value.fault
    assert fault.source == "npm audit"
    assert fault.next_step
    assert "unknown" in fault.consequence
    assert is_clean(fault.sentence())
    return fault


async def test_a_report_with_findings_ends_with_1_and_is_no_failure(tmp_path: Path) -> None:
    fix = {"name": "left-lib", "version": "2.0.0", "isSemVerMajor": True}
    left = entry("left-lib", ["mid-lib"], isDirect=True, severity="high")
    middle = entry("mid-lib", ["deep-lib"], effects=["left-lib"])
    low = entry("old-lib", [via("old-lib", severity="low", range="*", url="javascript:alert(1)", source=9)], fixAvailable=False)
    audit = await npm(tmp_path, npm_report(low, left, middle, entry(effects=["mid-lib"], fixAvailable=fix)), code=1).audit()
    first, second = audit.vulnerabilities
    assert (first.package, first.severity, first.id) == ("deep-lib", VulnerabilitySeverity.HIGH, "GHSA-aaaa-bbbb-cccc")
    assert (first.title, first.aliases) == ("Prototype pollution in deep-lib", ("npm:1234567",))
    assert (first.installed, first.affected, first.fixed_in) == ("2.0.0", "<2.0.1", "2.0.1")
    assert (first.fix, first.direct, first.through) == ("left-lib 2.0.0, a breaking change", False, ("left-lib",))
    assert first.url == "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"
    assert (second.id, second.url, second.fixed_in, second.fix) == ("npm:9", "", None, "npm knows no fix")
    assert (audit.tool, audit.folder, audit.at, audit.looked_at) == ("npm audit", "apps/web", NOW, 12)
    assert (audit.state, audit.note, audit.clear(NOW)) == (AuditState.KNOWN, "", False)
    assert audit.counts(NOW) == {VulnerabilitySeverity.HIGH: 1, VulnerabilitySeverity.LOW: 1}


async def test_npm_runs_in_its_folder_without_the_founders_environment_and_with_offline_off(tmp_path: Path) -> None:
    audit = await npm(tmp_path, npm_report()).audit()
    assert audit.clear(NOW) is True
    argv, cwd, env = called(tmp_path / "bin")
    assert argv == ["audit", "--json"]
    assert Path(cwd) == (tmp_path / "clone" / "apps" / "web").resolve()
    assert env["npm_config_offline"] == "false", "with offline npm prints zeros and ends with 0"
    assert CANARY not in str(env)


async def test_one_advisory_is_told_once_for_a_package(tmp_path: Path) -> None:
    twice = entry(
        via_=[via(range="<1.2.3", source=1), via(range=">=2.0.0 <2.0.1", source=2), via(source=3, url="https://x.example/3")]
    )
    audit = await npm(tmp_path, npm_report(twice), code=1).audit()
    assert sorted(v.id for v in audit.vulnerabilities) == ["GHSA-aaaa-bbbb-cccc", "npm:3"]
    joined = next(v for v in audit.vulnerabilities if v.id.startswith("GHSA"))
    assert joined.aliases == ("npm:1", "npm:2")
    assert joined.affected == "<1.2.3 || >=2.0.0 <2.0.1"


async def test_a_package_whose_advisory_is_named_nowhere_is_not_dropped(tmp_path: Path) -> None:
    circle = (entry("a", ["b"], severity="critical"), entry("b", ["a"]))
    audit = await npm(tmp_path, npm_report(*circle), code=1).audit()
    assert [(v.package, v.id, v.title) for v in audit.vulnerabilities] == [
        ("a", "npm:a", "vulnerable through b"),
        ("b", "npm:b", "vulnerable through a"),
    ]
    assert audit.worst(NOW) is VulnerabilitySeverity.CRITICAL


@pytest.mark.parametrize(
    ("words", "severity"),
    [("moderate", "moderate"), ("Medium", "moderate"), ("catastrophic", "unknown"), (None, "high"), (7, "unknown")],
)
async def test_severities(tmp_path: Path, words: Any, severity: str) -> None:
    audit = await npm(tmp_path, npm_report(entry(via_=[via(severity=words)])), code=1).audit()
    assert audit.vulnerabilities[0].severity.value == severity


@pytest.mark.parametrize(
    ("affected", "fixed"),
    [
        ("<2.0.1", "2.0.1"),
        (">=1.0.0 <1.2.3 || >=2.0.0 <2.0.1", "1.2.3, 2.0.1"),
        ("<1.2.3 || >=2.0.0", None),
        ("<=2.0.0", None),
        ("*", None),
    ],
)
async def test_a_fixed_version_is_told_only_where_the_range_names_one(tmp_path: Path, affected: str, fixed: str | None) -> None:
    audit = await npm(tmp_path, npm_report(entry(via_=[via(range=affected)])), code=1).audit()
    assert audit.vulnerabilities[0].fixed_in == fixed


async def test_texts_from_the_registry_are_cleaned(tmp_path: Path) -> None:
    hostile = entry(
        HOSTILE,
        [via(HOSTILE, range=HOSTILE, url=f"https://x.example/{HOSTILE}")],
        range=HOSTILE,
        fixAvailable={"name": HOSTILE, "version": "1"},
    )
    (one,) = (await npm(tmp_path, npm_report(hostile), code=1).audit()).vulnerabilities
    texts = (one.package, one.id, one.title, one.url, one.installed, one.affected, one.fix, *one.aliases, *one.through)
    assert all(map(is_clean, texts))
    assert one.url == ""


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("getaddrinfo ENOTFOUND packages.example", FaultKind.UNREACHABLE),
        ("getaddrinfo EAI_AGAIN packages.example", FaultKind.UNREACHABLE),
        ("connect ENETUNREACH 192.0.2.1:443", FaultKind.UNREACHABLE),
        ("connect ECONNREFUSED 127.0.0.1:9", FaultKind.UNREACHABLE),
        ("self-signed certificate", FaultKind.TLS),
        ("400 Bad Request", FaultKind.LOCAL),
    ],
)
async def test_an_error_object_is_not_zero_vulnerabilities(tmp_path: Path, reason: str, kind: FaultKind) -> None:
    fault = await fault_of(tmp_path, REFUSED | {"message": REFUSED["message"].format(reason)}, code=1)
    assert fault.kind is kind
    assert reason in fault.cause


@pytest.mark.parametrize(
    ("value", "words", "kind", "said"),
    [
        ({"error": {"code": "ENOLOCK", "summary": "requires an existing lockfile", "detail": ""}}, {"code": 1}, "MISSING", "lock"),
        ({"error": {"code": "EJSONPARSE", "summary": "bad", "detail": None}}, {"code": 1}, "LOCAL", "EJSONPARSE; bad"),
        ({"error": {}}, {"code": 1}, "LOCAL", "without words"),
        ({"message": "no"}, {}, "LOCAL", "no"),
        (npm_report() | {"error": {"code": "E500"}}, {}, "LOCAL", "E500"),
        (npm_report(), {"code": 1, "said": "npm error audit endpoint returned an error"}, "LOCAL", "endpoint returned an error"),
        (npm_report(entry()), {"code": 7}, "LOCAL", "code 7"),
        ("", {"code": 1, "said": "npm error network ENOTFOUND packages.example"}, "UNREACHABLE", "ENOTFOUND"),
        ("", {}, "LOCAL", "it said nothing"),
        ("found 0 vulnerabilities\n", {}, "MALFORMED", "no valid JSON"),
        ('{"auditReportVersion": 2, "vulnerabilities": {', {}, "MALFORMED", "no valid JSON"),
        ('{"a": 1, "a": 2}', {}, "MALFORMED", "duplicate key"),
        ("[]", {}, "MALFORMED", "another shape"),
        ("{}", {}, "MALFORMED", "another shape"),
        ({"auditReportVersion": 2, "vulnerabilities": {}}, {}, "MALFORMED", "metadata"),
        (npm_report(entry(isDirect="no")), {"code": 1}, "MALFORMED", "$.vulnerabilities"),
        (npm_report() | {"auditReportVersion": 3}, {}, "MALFORMED", "version 3"),
        ({"actions": [], "advisories": {}, "metadata": {}}, {}, "MALFORMED", "npm 6 or older"),
        (npm_report(entry()) | {"vulnerabilities": {}}, {"code": 1}, "MALFORMED", "counts 1 and names none"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else None,
)
async def test_whatever_is_no_report_is_a_fault(tmp_path: Path, value: Any, words: dict[str, Any], kind: str, said: str) -> None:
    fault = await fault_of(tmp_path, value, **words)
    assert fault.kind is FaultKind[kind]
    assert said in fault.cause


async def test_a_tree_without_packages_is_unknown(tmp_path: Path) -> None:
    audit = await npm(tmp_path, npm_report(total=0)).audit()
    assert (audit.state, audit.clear(NOW)) == (AuditState.UNKNOWN, None)
    assert "counted no package in apps/web" in audit.note


async def test_the_folder_and_the_tool_must_be_there(tmp_path: Path) -> None:
    assert (await npm(tmp_path, npm_report(), folder="apps/web").audit()).folder == "apps/web"
    (tmp_path / "clone" / "docs").mkdir()
    (tmp_path / "clone" / "out").symlink_to(tmp_path)
    for folder, kind in (("docs", FaultKind.MISSING), ("nowhere", FaultKind.MISSING), ("out", FaultKind.REFUSED)):
        assert (await fault_of(tmp_path, npm_report(), folder=folder)).kind is kind
    assert (await fault_of(tmp_path, npm_report(), argv=("npm-not-here", "audit"))).kind is FaultKind.NOT_CONFIGURED
    assert (await fault_of(tmp_path, npm_report(), argv=())).kind is FaultKind.NOT_CONFIGURED
    for lock in (tmp_path / "clone").rglob("package-lock.json"):
        lock.unlink()
    fault = await fault_of(tmp_path, npm_report(), where="docs/a/b/c/d/e")
    assert (fault.kind, "no package-lock.json is found" in fault.cause) == (FaultKind.NOT_CONFIGURED, True)


async def test_a_slow_tool_and_a_torrent_of_output_are_faults(tmp_path: Path) -> None:
    slow = ("/bin/sh", "-c", "sleep 30")
    assert (await fault_of(tmp_path, npm_report(), argv=slow, timeout=0.2)).kind is FaultKind.TIMEOUT
    torrent = ("/bin/sh", "-c", "head -c 9000000 /dev/zero")
    assert (await fault_of(tmp_path, npm_report(), argv=torrent)).kind is FaultKind.TOO_LARGE
    assert (await fault_of(tmp_path, npm_report(), argv=("/bin/sh", "-c", "kill -9 $$"))).kind is FaultKind.LOCAL


async def test_the_settings_waivers_are_taken(tmp_path: Path) -> None:
    waivers = (Waiver("ghsa-AAAA-bbbb-cccc", "only in the build", date(2026, 1, 9)),)
    audit = await npm(tmp_path, npm_report(entry()), code=1, waivers=waivers).audit()
    assert (audit.open(NOW), audit.clear(NOW)) == ((), True)
    assert [w.reason for _, w in audit.waived(NOW)] == ["only in the build"]
