"""The hour's limit and the secondary ones hold, so that a client that respects them can be told from one that does not."""

from __future__ import annotations

import pytest

from strideiq_console.sandbox.github import rates
from tests.sandbox.hub import Hub


@pytest.fixture(autouse=True)
def enforced(world):
    """Switch the secondary limits on, which a world turned by hand begins without."""
    assert world.read()["limits"]["github"]["secondary"] is False
    with world.change() as state:
        state["limits"]["github"]["secondary"] = True


def _filled(world, *rows, used=0):
    """Put requests into the past: (seconds ago, how many, points, is a write)."""
    now = world.clock.seconds()
    with world.change() as state:
        recent = [[now - ago, points, write] for ago, count, points, write in rows for _ in range(count)]
        state["rate"]["founder"] = {"used": used, "reset": int(now) + 3600, "recent": recent}


async def test_five_thousand_an_hour(hub: Hub, world):
    _filled(world, used=4999)
    last = await hub.ask("GET", "")
    assert (last.status_code, last.headers["x-ratelimit-remaining"]) == (200, "0")
    refused = await hub.ask("GET", "")
    assert refused.status_code == 403
    assert refused.json()["message"].startswith("API rate limit exceeded")
    assert (refused.headers["x-ratelimit-remaining"], refused.headers["x-ratelimit-used"]) == ("0", "5000")
    assert "retry-after" not in refused.headers
    free = await hub.ask("GET", "//rate_limit")
    assert free.json()["resources"]["core"]["remaining"] == 0
    assert (await hub.ask("GET", "", by="github_bot")).status_code == 200, "each account has its own"
    world.advance(int(refused.headers["x-ratelimit-reset"]) - world.clock.seconds())
    assert (await hub.ask("GET", "")).headers["x-ratelimit-used"] == "1"


async def test_nine_hundred_points_a_minute(hub: Hub, world):
    _filled(world, (30, 899, 1, False))
    assert (await hub.ask("GET", "")).status_code == 200
    refused = await hub.ask("GET", "")
    assert refused.status_code == 403
    assert "secondary rate limit" in refused.json()["message"]
    assert refused.headers["retry-after"] == "30"
    assert int(refused.headers["x-ratelimit-remaining"]) > 0
    world.advance(30)
    assert (await hub.ask("GET", "")).status_code == 200


async def test_a_write_costs_five_points(hub: Hub, world):
    _filled(world, (10, 896, 1, False))
    await hub.send("POST", "/labels", {"name": "P1"}, status=403)
    await hub.get("/labels")
    assert [label["name"] for label in world.read()["labels"]] == ["bug", "enhancement"]


@pytest.mark.parametrize(("ago", "count", "wait"), [(20, rates.WRITES_A_MINUTE, 40), (600, rates.WRITES_AN_HOUR, 3000)])
async def test_so_many_writes_and_no_more(hub: Hub, world, ago, count, wait):
    _filled(world, (ago, count - 1, 5, True))
    await hub.send("POST", "/labels", {"name": "P1"}, status=201)
    refused = await hub.ask("POST", "/labels", {"name": "P2"})
    assert (refused.status_code, refused.headers["retry-after"]) == (403, str(wait))
    await hub.get("/labels")
    world.advance(wait)
    await hub.send("POST", "/labels", {"name": "P2"}, status=201)


async def test_a_refusal_may_come_as_429_and_without_a_hint(hub: Hub, world):
    with world.change() as state:
        state["limits"]["github"] |= {"status": 429, "silent": True, "hourly": 1000}
    _filled(world, (5, 900, 1, False))
    refused = await hub.ask("GET", "")
    assert refused.status_code == 429
    assert "retry-after" not in refused.headers
    assert refused.headers["x-ratelimit-limit"] == "1000"


async def test_an_unchanged_answer_is_free_by_the_hour_alone(hub: Hub, world):
    first = await hub.ask("GET", "/branches")
    before = len(world.read()["rate"]["founder"]["recent"])
    again = await hub.ask("GET", "/branches", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"]
    assert len(world.read()["rate"]["founder"]["recent"]) == before + 1


async def test_a_day_of_steady_requests_never_hits_a_limit(hub: Hub, world):
    """Two reads a minute and a write now and then: what is counted is forgotten in time."""
    for step in range(48):
        await hub.get("/labels")
        await hub.send("POST", f"/statuses/{world.read()['refs']['staging']}", {"state": "success"}, status=201)
        world.advance(1800)
        assert len(world.read()["rate"]["founder"]["recent"]) <= 4, step


def test_a_world_whose_clock_runs_enforces_them(make_world):
    assert make_world("fast", clock="fast").read()["limits"]["github"]["secondary"] is True
