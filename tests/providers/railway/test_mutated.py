"""Railway's answers with parts dropped, emptied, retyped, huge or hostile: every call gives a value or a fault, never a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.http import Governor
from strideiq_console.providers.railway import Railway
from tests.providers.hosting import SHA_A, SHA_B, StillClock
from tests.providers.mutations import mutated
from tests.providers.railway.everything import READS, WRITES
from tests.providers.railway.fake import FakeRailway, deployment
from tests.providers.railway.places import PROJECT, STAGING

WORLD = FakeRailway(
    [
        deployment("p1", 2, SHA_B, "REMOVED", canRollback=True),
        deployment("p0", 1, SHA_A),
        deployment("s1", 1, SHA_A, "FAILED", STAGING),
    ]
)


class Direct:
    """A client without a network: the transport and the strict reading of JSON have tests of their own."""

    def __init__(self, answering: Callable[[dict[str, Any]], Any]) -> None:
        self._answering = answering
        self.clock = StillClock()
        self.governor = Governor("railway", self.clock)
        self.status = 200

    async def query(self, path: str, body: dict[str, Any]) -> Direct:
        self._answer = self._answering(body)
        return self

    async def write(self, method: str, path: str, body: dict[str, Any]) -> Direct:
        return await self.query(path, body)

    def json(self) -> Any:
        return self._answer


async def ask(name: str, draw: Any) -> None:
    fine = FakeRailway(WORLD.deployments)
    which = draw(st.integers(0, 3), label="which answer")
    count = 0

    def answering(body: dict[str, Any]) -> Any:
        nonlocal count
        count += 1
        assert count < 60, "it asks without end"
        answer = {"data": fine.data(body["operationName"], body["variables"])}
        if count - 1 == which:
            answer = mutated(answer, lambda below, label: draw(st.integers(0, below - 1), label=label))
        return answer

    client: Any = Direct(answering)
    names = {"production": "production", "staging": "staging"}
    port = Railway(client=client, project=PROJECT, service="api", environments=names)
    fault = None
    try:
        await (READS | WRITES)[name](port)
    except OutsideError as error:
        fault = error.fault
    if fault is not None:
        assert "railway" in fault.cause.lower()
        assert fault.next_step
        assert is_clean(fault.sentence())


@pytest.mark.parametrize("name", sorted(READS | WRITES))
@settings(max_examples=55, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_changed_answer_gives_a_value_or_a_fault(name: str, data: st.DataObject) -> None:
    asyncio.run(ask(name, data.draw))
