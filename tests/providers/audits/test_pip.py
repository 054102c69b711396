"""pip-audit's report becomes an audit; a skipped package, an empty list or an error never counts as good news."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.domain.vulnerability import AuditState, VulnerabilitySeverity
from strideiq_console.providers.audits.pip import _aimed
from tests.providers.audits.reports import CANARY, PIP_OFFLINE, called, package, pip, pip_report, vuln
from tests.providers.hosting import HOSTILE, NOW

SKIPPED = {"name": "idna", "skip_reason": "Dependency not found on PyPI and could not be audited: idna (3.0)"}


async def fault_of(root: Path, value: Any, **words: Any) -> Fault:
    with pytest.raises(OutsideError) as caught:
        await pip(root, value, **words).audit()
    assert caught.value.fault.source == "pip-audit"
    assert is_clean(caught.value.fault.sentence())
    return caught.value.fault


async def test_a_report_with_findings_ends_with_1_and_is_no_failure(tmp_path: Path) -> None:
    deep = package("deep_lib", vuln("GHSA-aaaa-bbbb-cccc", aliases=[], fix_versions=[], description=""))
    audit = await pip(tmp_path, pip_report(package("idna", vuln()), deep, package("click")), code=1).audit()
    first, second = audit.vulnerabilities
    assert (first.package, first.id, first.installed, first.direct) == ("deep_lib", "GHSA-aaaa-bbbb-cccc", "3.0", False)
    assert (first.fixed_in, first.fix, first.title) == (None, "no fixed version exists", "no title")
    assert first.url == "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"
    assert (second.package, second.id, second.direct, second.fixed_in) == ("idna", "PYSEC-2024-60", True, "3.7")
    assert (second.aliases, second.title) == (("CVE-2024-3651", "GHSA-jjg7-2v4v-x38h"), "Quadratic")
    assert second.severity is VulnerabilitySeverity.UNKNOWN, "pip-audit tells none"
    assert (audit.tool, audit.folder, audit.at, audit.looked_at, audit.state) == ("pip-audit", "apps/api", NOW, 3, AuditState.KNOWN)


async def test_the_clones_requirements_are_named_to_it(tmp_path: Path) -> None:
    audit = await pip(tmp_path, pip_report(package())).audit()
    assert audit.clear(NOW) is True
    argv, cwd, env = called(tmp_path / "bin")
    assert argv == ["--format", "json", "--requirement", "requirements.txt"]
    assert Path(cwd) == (tmp_path / "clone" / "apps" / "api").resolve()
    assert CANARY not in str(env)


@pytest.mark.parametrize(
    ("line", "aimed"),
    [
        ("pip-audit --format json", False),
        ("pip-audit -f json --desc", False),
        ("uv run pip-audit --format=json -s osv", False),
        ("/usr/bin/python3 -m pip_audit --timeout 20", False),
        ("pip-audit -r requirements/base.txt", True),
        ("pip-audit -rbase.txt", True),
        ("pip-audit --requirement=base.txt", True),
        ("pip-audit --local", True),
        ("pip-audit --format json .", True),
    ],
)
def test_whether_the_arguments_say_what_to_look_at(line: str, aimed: bool) -> None:
    assert _aimed(line.split()) is aimed


async def test_a_skipped_package_makes_it_unknown_though_pip_audit_ends_with_0(tmp_path: Path) -> None:
    audit = await pip(tmp_path, pip_report(SKIPPED), said="No known vulnerabilities found\n").audit()
    assert (audit.state, audit.clear(NOW), audit.looked_at) == (AuditState.UNKNOWN, None, 0)
    assert audit.note.startswith("1 of 1 packages were not looked at (idna): Dependency not found")
    both = await pip(tmp_path, pip_report(SKIPPED, package("click", vuln())), code=1).audit()
    assert (both.state, both.clear(NOW), len(both.vulnerabilities)) == (AuditState.UNKNOWN, False, 1)


async def test_an_empty_list_is_unknown(tmp_path: Path) -> None:
    audit = await pip(tmp_path, pip_report()).audit()
    assert (audit.clear(NOW), "looked at no package in apps/api" in audit.note) == (None, True)


async def test_arguments_that_narrow_it_are_said(tmp_path: Path) -> None:
    narrow = pip(tmp_path, pip_report(package()))
    program = narrow._tool.argv[0]
    audit = await pip(tmp_path, pip_report(package()), argv=(program, "-f", "json", "--ignore-vuln=PYSEC-1", "--no-deps")).audit()
    assert audit.note == "it looks at less by --no-deps, --ignore-vuln"


async def test_two_reports_of_one_advisory_are_one(tmp_path: Path) -> None:
    twin = vuln("GHSA-jjg7-2v4v-x38h", aliases=["CVE-2024-3651"], description="Other words", fix_versions=["3.7"])
    bridge = vuln("CVE-2024-1", aliases=["GHSA-dddd-eeee-ffff"])
    audit = await pip(tmp_path, pip_report(package("idna", vuln(), bridge, twin), package("other", vuln())), code=1).audit()
    assert [(v.package, v.id) for v in audit.vulnerabilities] == [
        ("idna", "CVE-2024-1"),
        ("idna", "PYSEC-2024-60"),
        ("other", "PYSEC-2024-60"),
    ]


@pytest.mark.parametrize(
    ("text", "direct"),
    [
        ("idna==3.0 \\\n  --hash=sha256:aa\n# x\n", True),
        ("Idna[all] >= 3\n", True),
        ("idna-more==1\n", False),
        ("-r base.txt\n", None),
        ("./lib\n", None),
    ],
)
async def test_direct_is_told_only_where_the_file_names_all_itself(tmp_path: Path, text: str, direct: bool | None) -> None:
    audit = await pip(tmp_path, pip_report(package("idna", vuln())), code=1, requirements=text).audit()
    assert audit.vulnerabilities[0].direct is direct


async def test_texts_are_cleaned(tmp_path: Path) -> None:
    hostile = vuln(HOSTILE, fix_versions=[HOSTILE], aliases=[HOSTILE + "x"], description=HOSTILE)
    report = pip_report(package(HOSTILE, hostile, version=HOSTILE), {"name": HOSTILE, "skip_reason": HOSTILE})
    audit = await pip(tmp_path, report, code=1).audit()
    (one,) = audit.vulnerabilities
    texts = (one.package, one.id, one.title, one.url, one.installed, one.fixed_in or "", *one.aliases, audit.note)
    assert all(map(is_clean, texts))


@pytest.mark.parametrize(
    ("value", "words", "kind", "said"),
    [
        ("", {"code": 1, "said": PIP_OFFLINE}, "UNREACHABLE", "Max retries exceeded"),
        ("", {"code": 1, "said": "ERROR: Could not connect to PyPI's vulnerability feed\n"}, "UNREACHABLE", "vulnerability feed"),
        ("", {"code": 1, "said": "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))\n"}, "TLS", "VERIFY"),
        ("", {"code": 1, "said": "ERROR:pip_audit._cli:invalid requirements input: x\n"}, "LOCAL", "invalid requirements"),
        ("", {"code": 0}, "LOCAL", "it said nothing"),
        ("Name Version ID\n", {"code": 1}, "MALFORMED", "no valid JSON"),
        ('{"dependencies": [', {}, "MALFORMED", "no valid JSON"),
        ([], {}, "MALFORMED", "another shape"),
        ({"dependencies": [{"name": "x", "version": "1"}]}, {}, "MALFORMED", "$.dependencies[0]"),
        (
            {"dependencies": [{"name": "x", "vulns": [{"id": 7, "fix_versions": []}]}]},
            {},
            "MALFORMED",
            "$.dependencies[0].vulns[0].id",
        ),
        (pip_report(package()), {"code": 1, "said": "boom\n"}, "LOCAL", "names nothing: boom"),
        (pip_report(package()), {"code": 3}, "LOCAL", "code 3"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else None,
)
async def test_whatever_is_no_report_is_a_fault(tmp_path: Path, value: Any, words: dict[str, Any], kind: str, said: str) -> None:
    fault = await fault_of(tmp_path, value, **words)
    assert fault.kind is FaultKind[kind]
    assert said in fault.cause


async def test_without_requirements_nothing_is_run(tmp_path: Path) -> None:
    (tmp_path / "clone" / "docs").mkdir(parents=True)
    fault = await fault_of(tmp_path, pip_report(package()), folder="docs")
    assert (fault.kind, "no requirements.txt in docs" in fault.cause) == (FaultKind.MISSING, True)
    assert not (tmp_path / "bin" / "called.json").exists()
