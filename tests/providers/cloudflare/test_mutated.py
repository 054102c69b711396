"""Cloudflare's answers made wrong in one place each, 2,000 of them: a value or a fault that names Cloudflare, never a crash."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.cloudflare import Cloudflare
from tests.providers.cloudflare.fake import ROOT, FakeCloudflare, record
from tests.providers.hosting import Call, Wire, client
from tests.providers.mutations import mutated

CALLS: dict[str, Callable[[Cloudflare], Awaitable[Any]]] = {
    "zone": lambda host: host.zone(),
    "named": lambda host: host.named("api.strideiq.run"),
    "registration": lambda host: host.registration(),
    "inspect": lambda host: host.inspect(),
}


class Mutating(Wire):
    """Makes the answer of one call wrong in one place; the body is written by hand, as no JSON library writes all of it."""

    which = 0
    draw_index: Any = None

    def _handle(self, request: httpx.Request) -> httpx.Response:
        answer = super()._handle(request)
        assert len(self.calls) < 60, "it asks without end"
        if len(self.calls) - 1 != self.which:
            return answer
        body = json.dumps(mutated(answer.json(), self.draw_index)).encode()
        return httpx.Response(answer.status_code, content=body, headers={"content-type": "application/json"})


def answering(call: Call) -> tuple[int, Any]:
    records = [record(n, name) for n, name in enumerate(("strideiq.run", "api.strideiq.run", "www.strideiq.run"))]
    return FakeCloudflare(records)(call)


async def ask(name: str, draw: Any) -> None:
    wire = Mutating(answering)
    wire.which = draw(st.integers(0, 2), label="which answer")
    wire.draw_index = lambda below, label: draw(st.integers(0, below - 1), label=label)
    host = Cloudflare(client=client("cloudflare", f"https://api.cloudflare.com{ROOT}", wire), zone="strideiq.run")
    found, fault = None, None
    try:
        found = await CALLS[name](host)
    except OutsideError as error:
        fault = error.fault
    if fault is not None:
        assert "cloudflare" in fault.cause.lower()
        assert fault.next_step
        assert is_clean(fault.sentence())
    assert is_clean(repr(found))


@pytest.mark.parametrize("name", sorted(CALLS))
@settings(
    max_examples=500, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_a_changed_answer_gives_a_value_or_a_fault(name: str, data: st.DataObject) -> None:
    asyncio.run(ask(name, data.draw))
