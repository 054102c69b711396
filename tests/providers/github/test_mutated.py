"""GitHub's answers with parts dropped, emptied, retyped, huge or hostile: every call gives a value or a fault, never a crash."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strideiq_console.domain.fault import BlockedError, OutsideError
from strideiq_console.domain.untrusted import is_clean, is_raw
from strideiq_console.providers.github import GitHub
from tests.providers.github import test_contract as slice_
from tests.providers.github.calls import CALLS
from tests.providers.github.contract import FakeGitHub, routed
from tests.providers.github.test_untrusted import texts
from tests.providers.mutations import mutated

pytestmark = pytest.mark.contract
EVERY: dict[str, tuple[Callable[[GitHub], Awaitable[Any]], dict[tuple[str, str], Any]]] = {
    **CALLS,
    **{f"slice: {name}": (call, answers) for name, (call, answers, _) in slice_.CALLS.items()},
}


def mutating(fake: FakeGitHub, draw: Any) -> None:
    """Make one place of one answer wrong."""
    answering = fake.wire._answer
    which, count = draw(st.integers(0, 2), label="which answer"), 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        assert count < 60, "it asks without end"
        response = answering(request)
        assert isinstance(response, httpx.Response)
        if count - 1 != which or not response.content.startswith((b"{", b"[")):
            return response
        made = mutated(json.loads(response.content), lambda below, label: draw(st.integers(0, below - 1), label=label))
        headers = {"content-type": "application/json"}
        return httpx.Response(response.status_code, content=json.dumps(made).encode(), headers=headers)

    fake.wire._answer = answer


async def ask(name: str, draw: Any) -> None:
    call, answers = EVERY[name]
    fake = routed(answers, bot="bot" in name)
    fake.checked = False
    mutating(fake, draw)
    fault, found = None, None
    try:
        found = await call(fake.host)
    except OutsideError as error:
        fault = error.fault
    except BlockedError:
        pass  # a ruleset that now says it is the organization's, or for tags, is not touched
    if fault is not None:
        assert "github" in fault.cause.lower()
        assert fault.next_step
        assert is_clean(fault.sentence())
    for text in texts(found):
        assert not [c for c in text if is_raw(c) and c not in "\n\t"], text


@pytest.mark.parametrize("name", sorted(EVERY))
@settings(max_examples=20, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_changed_answer_gives_a_value_or_a_fault(name: str, data: st.DataObject) -> None:
    asyncio.run(ask(name, data.draw))
