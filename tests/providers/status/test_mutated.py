"""Status pages made wrong in one place each, 2,000 of them: the page is judged or unknown, never a crash and never "down"."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strideiq_console.domain.reading import Level
from strideiq_console.domain.untrusted import is_clean
from tests.providers.mutations import mutated
from tests.providers.status.test_status import incident, pages, part, summary

STATUSPAGE = summary(part("Actions"), part("API Requests"), incidents=[incident("Slow runs")])
INSTATUS = {
    "page": {"name": "Railway", "url": "https://status.railway.com", "status": "UP"},
    "activeIncidents": [
        {"name": "Slow builds", "started": "2026-01-09T09:48:00.000Z", "status": "INVESTIGATING", "impact": "MAJOROUTAGE"}
    ],
}
BODIES = {"github": STATUSPAGE, "vercel": STATUSPAGE, "cloudflare": STATUSPAGE, "railway": INSTATUS}


async def ask(provider: str, draw: Any) -> None:
    body = json.dumps(mutated(BODIES[provider], lambda below, label: draw(st.integers(0, below - 1), label=label))).encode()
    headers = {"content-type": "application/json"}
    found = await pages(lambda request: httpx.Response(200, content=body, headers=headers)).of(provider)
    assert found.provider == provider
    assert is_clean(f"{found.words} {found.components} {[i.name for i in found.incidents]}".replace("\\n", ""))
    assert isinstance(found.level, Level)


@pytest.mark.parametrize("provider", sorted(BODIES))
@settings(
    max_examples=500, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_a_changed_page_is_judged_or_unknown(provider: str, data: st.DataObject) -> None:
    asyncio.run(ask(provider, data.draw))
