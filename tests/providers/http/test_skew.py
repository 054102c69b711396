"""How far a server's clock is off, told by the ``Date`` of its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from strideiq_console.providers.http.limits import skew
from tests.providers.http.fakes import Wire, client

SENT = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)
BACK = SENT + timedelta(seconds=40)


def dated(moment: datetime) -> dict[str, str]:
    return {"date": format_datetime(moment, usegmt=True)}


@pytest.mark.parametrize(
    ("after", "wanted"),
    [(0, 0), (20, 0), (40, 0), (-1, 0), (-61, -60), (100, 60), (-3601, -3600)],
)
def test_a_slow_answer_is_no_skew(after: int, wanted: int) -> None:
    assert skew(dated(SENT + timedelta(seconds=after)), SENT, BACK) == timedelta(seconds=wanted)


def test_the_age_of_a_cached_answer_counts() -> None:
    assert skew({**dated(SENT - timedelta(hours=1)), "age": "3600"}, SENT, BACK) == timedelta(0)


@pytest.mark.parametrize("text", ["", "yesterday", "Fri, 99 Jan 2026 12:00:00 GMT", "\x00"])
def test_no_date_is_no_skew(text: str) -> None:
    assert skew({"date": text}, SENT, BACK) is None
    assert skew({}, SENT, BACK) is None


async def test_a_client_remembers_the_last_that_was_told() -> None:
    ahead: list[dict[str, str]] = [{}]
    asked, *_ = client(Wire(lambda _: httpx.Response(200, json={}, headers=ahead[0])))
    assert asked.skew is None
    await asked.get("/a")
    assert asked.skew is None
    ahead[0] = dated(asked.clock.now() + timedelta(minutes=10))
    await asked.get("/b")
    before = asked.skew
    assert before is not None
    assert timedelta(minutes=9) < before <= timedelta(minutes=10)
    ahead[0] = {}
    await asked.get("/c")
    assert asked.skew == before
    await asked.close()
