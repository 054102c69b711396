"""GitHub's answers with parts dropped, emptied, retyped, huge or hostile: every call gives a value or a fault, never a crash."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
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
from tests.providers.github.test_untrusted import NASTY, texts

pytestmark = pytest.mark.contract
Place = tuple[str | int, ...]
DROP = object()
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
    10**400,
    1e308,
    0.5,
    "",
    NASTY,
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "x" * 20_000,
    [],
    [None],
    [[]],
    {},
    {"a": 1},
    DEEP,
]
EVERY: dict[str, tuple[Callable[[GitHub], Awaitable[Any]], dict[tuple[str, str], Any]]] = {
    **CALLS,
    **{f"slice: {name}": (call, answers) for name, (call, answers, _) in slice_.CALLS.items()},
}


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
        value = json.loads(response.content)
        found = list(places(value))
        place = found[draw(st.integers(0, len(found) - 1), label="place")]
        made = changed(value, place, INSTEAD[draw(st.integers(0, len(INSTEAD) - 1), label="instead")])
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
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_changed_answer_gives_a_value_or_a_fault(name: str, data: st.DataObject) -> None:
    asyncio.run(ask(name, data.draw))
