"""Railway's answers with parts dropped, emptied, retyped, huge or hostile: every call gives a value or a fault, never a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.http import Governor
from strideiq_console.providers.railway import Railway
from tests.providers.hosting import HOSTILE, SHA_A, SHA_B, StillClock
from tests.providers.railway.everything import READS, WRITES
from tests.providers.railway.fake import FakeRailway, deployment
from tests.providers.railway.places import PROJECT, STAGING

DROP = object()
WORLD = FakeRailway(
    [
        deployment("p1", 2, SHA_B, "REMOVED", canRollback=True),
        deployment("p0", 1, SHA_A),
        deployment("s1", 1, SHA_A, "FAILED", STAGING),
    ]
)
Place = tuple[str | int, ...]
DEEP: Any = "x"
for _ in range(120):
    DEEP = [DEEP]
INSTEAD = [
    DROP,
    None,
    True,
    0,
    -1,
    2**70,
    -(2**63),
    1e308,
    0.5,
    "",
    " ",
    HOSTILE,
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "x" * 20_000,
    [],
    [None],
    {},
    {"a": 1},
    DEEP,
]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield from places(child, (*at, key))


def changed(value: Any, place: Place, instead: Any) -> Any:
    """Return the value with one place replaced; nothing else is copied."""
    if not place:
        return {} if instead is DROP else instead
    made = dict(value) if isinstance(value, dict) else list(value)
    key: Any = place[0]
    if len(place) == 1 and instead is DROP:
        del made[key]
    else:
        made[key] = changed(made[key], place[1:], instead)
    return made


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
            found = list(places(answer))
            place = found[draw(st.integers(0, len(found) - 1), label="place")]
            answer = changed(answer, place, INSTEAD[draw(st.integers(0, len(INSTEAD) - 1), label="instead")])
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
