"""Where the fifth gate gets its answer, and how often the tools are run for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.policy.promotion import Gate, GateStanding, Scan, gates
from strideiq_console.domain.vulnerability import Audit, AuditState, Vulnerability, VulnerabilitySeverity
from strideiq_console.services.action import Ports
from strideiq_console.services.actions.scanning import kept, scan
from strideiq_console.services.audited import Remembering
from strideiq_console.store.store import Store
from tests.services.fakes import BEGIN, SETTINGS, FakeClone, FakeHost, FakeOutside, FakeProber

HOLE = Vulnerability("left", VulnerabilitySeverity.HIGH, "GHSA-1", "a hole")
NO_TOOL = OutsideError(Fault(FaultKind.LOCAL, "npm audit", "npm is not installed"))


class FakeAuditor:
    """Answers as it is told, and counts how often it ran."""

    source = "npm audit"

    def __init__(self, answer: Audit | OutsideError) -> None:
        self.answer, self.runs = answer, 0

    async def audit(self) -> Audit:
        self.runs += 1
        if isinstance(self.answer, OutsideError):
            raise self.answer
        return self.answer


def ports_of(outside: FakeOutside, store: Store, auditor: FakeAuditor | None) -> Ports:
    auditors = {} if auditor is None else {auditor.source: auditor}
    clone, host, prober = FakeClone(outside), FakeHost(outside), FakeProber(outside)
    around = Outside(auditors=dict(auditors))
    return Ports(SETTINGS, outside.clock, clone, host, {}, prober, store.verifications, "test", around)


def fifth(found: Scan) -> Gate:
    return gates(None, None, None, None, found)[-1]


@pytest.mark.parametrize(
    ("answer", "passed", "blocks"),
    [
        (Audit("npm audit", "web", BEGIN), True, False),
        (Audit("npm audit", "web", BEGIN, (HOLE,)), False, True),
        (Audit("npm audit", "web", BEGIN, state=AuditState.UNKNOWN, note="no lockfile"), None, True),
        (Audit("npm audit", "web", BEGIN - timedelta(hours=25)), None, True),
        (NO_TOOL, None, True),
    ],
    ids=["clear", "open", "unknown", "too old", "no tool"],
)
async def test_an_audit_decides_and_unknown_is_never_green(
    outside: FakeOutside, store: Store, answer: Audit | OutsideError, passed: bool | None, blocks: bool
) -> None:
    gate = fifth(await scan(ports_of(outside, store, FakeAuditor(answer))))
    assert (gate.passed, gate.blocks, gate.standing) == (passed, blocks, GateStanding.REPORTED)


async def test_no_source_is_said_and_blocks_nothing(outside: FakeOutside, store: Store) -> None:
    gate = fifth(await scan(ports_of(outside, store, None)))
    assert (gate.standing, gate.blocks) == (GateStanding.NONE, False)
    assert "no source" in gate.detail


async def test_what_an_earlier_step_found_clear_stands_for_a_day(outside: FakeOutside, store: Store) -> None:
    auditor = FakeAuditor(Audit("npm audit", "web", BEGIN))
    ports = ports_of(outside, store, auditor)
    earlier = kept(await scan(ports))
    assert (await scan(ports, earlier)).clear is True
    assert auditor.runs == 1, "the merge does not run the tool again"
    assert (await scan(ports, "‹audit of gates›")).clear is True
    assert auditor.runs == 2
    await outside.clock.sleep(25 * 3600)
    assert (await scan(ports, earlier)).clear is None, "an answer of yesterday says nothing any more"


@pytest.mark.parametrize("answer", [Audit("npm audit", "web", BEGIN, (HOLE,)), NO_TOOL], ids=["open", "no tool"])
async def test_a_tool_is_run_once_in_a_quarter_of_an_hour(outside: FakeOutside, answer: Audit | OutsideError) -> None:
    auditor = FakeAuditor(answer)
    remembering = Remembering(auditor, outside.clock)
    for _ in range(3):
        if isinstance(answer, OutsideError):
            with pytest.raises(OutsideError):
                await remembering.audit()
        else:
            assert await remembering.audit() == answer
    assert auditor.runs == 1
    await outside.clock.sleep(16 * 60)
    if isinstance(answer, Audit):
        await remembering.audit()
        assert auditor.runs == 2
