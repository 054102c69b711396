from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.sandbox import deploy_orders as orders
from strideiq_console.sandbox import deploys

NOW = 1_800_000_000.0
OLD, NEW = "1" * 40, "2" * 40


def seeded(*branches: str) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for branch in branches:
        deploys.seed(state, branch, OLD, "feat: before", NOW - 3600)
    return state


def states(state: dict[str, Any], provider: str, branch: str) -> list[str]:
    return [d["state"] for d in state["deployments"] if d["provider"] == provider and d["branch"] == branch]


def last(state: dict[str, Any], provider: str) -> dict[str, Any]:
    return [d for d in state["deployments"] if d["provider"] == provider][-1]


@pytest.mark.parametrize("digit", "0123456789abcdef")
def test_a_push_passes_through_real_states_in_realistic_time(digit: str) -> None:
    state = seeded("main")
    deploys.on_push(state, "main", digit * 40, "feat: x", NOW)
    deploys.settle(state, NOW + 300)
    web, api = last(state, "vercel"), last(state, "railway")
    assert [name for name, _ in web["history"]] == ["queued", "building", "ready"]
    assert [name for name, _ in api["history"]] == ["queued", "building", "deploying", "ready"]
    assert 45 <= deploys.time_of(web, "ready") - NOW <= 70.1  # type: ignore[operator]
    assert 60 <= deploys.time_of(api, "ready") - NOW <= 110.1  # type: ignore[operator]


def test_the_same_push_takes_the_same_time_in_every_world() -> None:
    first, second = seeded("main"), seeded("main")
    for state in (first, second):
        deploys.on_push(state, "main", NEW, "feat: x", NOW)
    assert first == second


def test_the_old_one_serves_until_the_new_one_is_ready() -> None:
    state = seeded("main")
    before = deploys.live(state, "production", "api")
    deploys.on_push(state, "main", NEW, "feat: x", NOW)
    deploys.settle(state, NOW + 50)
    assert deploys.live(state, "production", "api") is before
    deploys.settle(state, NOW + 200)
    after = deploys.live(state, "production", "api")
    assert after is not None
    assert after["sha"] == NEW
    assert states(state, "railway", "main") == ["removed", "ready"]
    assert states(state, "vercel", "main") == ["ready", "ready"]


def test_one_look_after_a_long_time_ends_where_many_looks_do() -> None:
    many, one = seeded("main", "staging"), seeded("main", "staging")
    for state, steps in ((many, 40), (one, 1)):
        deploys.on_push(state, "staging", OLD, "feat: x", NOW)
        deploys.on_push(state, "main", NEW, "feat: x [crash]", NOW + 1)
        for number in range(steps):
            deploys.settle(state, NOW + 400 * (number + 1) / steps)
    assert many == one


def test_a_newer_push_cancels_what_is_not_built_yet_of_that_branch_only() -> None:
    state = seeded("main", "staging")
    deploys.on_push(state, "main", OLD, "feat: x", NOW)
    deploys.on_push(state, "staging", OLD, "feat: x", NOW)
    deploys.on_push(state, "main", NEW, "feat: y", NOW + 10)
    deploys.settle(state, NOW + 400)
    assert states(state, "railway", "main") == ["removed", "cancelled", "ready"]
    assert states(state, "vercel", "main") == ["ready", "cancelled", "ready"]
    assert states(state, "railway", "staging") == ["removed", "ready"]


def test_a_feature_branch_becomes_a_preview_at_vercel_only() -> None:
    state = seeded("main")
    deploys.on_push(state, "feature/x", NEW, "feat: x", NOW)
    deploys.settle(state, NOW + 100)
    assert last(state, "vercel")["environment"] == "preview"
    assert states(state, "railway", "feature/x") == []
    assert deploys.live(state, "preview:feature/x", "web") is last(state, "vercel")


def test_a_broken_build_leaves_the_old_one_serving() -> None:
    state = seeded("main")
    deploys.on_push(state, "main", NEW, "feat: x [break deploy]", NOW)
    deploys.settle(state, NOW + 400)
    assert last(state, "vercel")["state"] == last(state, "railway")["state"] == "failed"
    for component in ("web", "api"):
        serving = deploys.live(state, "production", component)
        assert serving is not None
        assert serving["sha"] == OLD


def test_a_crash_comes_after_ready_and_the_crashed_one_stays_live_until_replaced() -> None:
    state = seeded("main")
    deploys.on_push(state, "main", NEW, "feat: x [crash]", NOW)
    deploys.settle(state, NOW + 400)
    api = last(state, "railway")
    assert [name for name, _ in api["history"]][-2:] == ["ready", "crashed"]
    assert deploys.live(state, "production", "api") is api
    deploys.on_push(state, "main", OLD, "revert", NOW + 500)
    deploys.settle(state, NOW + 900)
    assert api["state"] == "removed"


def test_railway_rolls_back_from_an_image_that_it_keeps_for_three_days() -> None:
    state = seeded("main")
    target = deploys.live(state, "production", "api")
    assert target is not None
    deploys.on_push(state, "main", NEW, "feat: x", NOW)
    deploys.settle(state, NOW + 200)
    entry = orders.roll_back_api(state, target["id"], NOW + 300)
    deploys.settle(state, NOW + 345)
    assert deploys.live(state, "production", "api") is entry
    assert entry["reason"] == "rollback"
    assert [name for name, _ in entry["history"]] == ["queued", "deploying", "ready"]
    with pytest.raises(orders.RefusedOrderError, match="image"):
        orders.roll_back_api(state, target["id"], NOW + 4 * 86_400)


def test_a_web_rollback_pins_production_until_something_is_promoted() -> None:
    state = seeded("main")
    old = deploys.live(state, "production", "web")
    assert old is not None
    deploys.on_push(state, "main", NEW, "feat: x", NOW)
    deploys.settle(state, NOW + 200)
    bad = deploys.live(state, "production", "web")
    assert bad is not None
    orders.roll_back_web(state, old["id"], NOW + 300)
    with pytest.raises(orders.RefusedOrderError, match="in progress"):
        orders.promote_web(state, bad["id"], NOW + 301)
    deploys.on_push(state, "main", "3" * 40, "fix: y", NOW + 310)
    deploys.settle(state, NOW + 600)
    assert deploys.live(state, "production", "web") is old
    orders.promote_web(state, last(state, "vercel")["id"], NOW + 700)
    deploys.settle(state, NOW + 710)
    assert deploys.live(state, "production", "web") is last(state, "vercel")
    assert deploys.vercel(state)["pinned"] is False


def test_hobby_goes_back_one_step_only() -> None:
    state = seeded("main")
    first = deploys.live(state, "production", "web")
    assert first is not None
    for number, digit in enumerate("23"):
        deploys.on_push(state, "main", digit * 40, "feat: x", NOW + 200 * number)
        deploys.settle(state, NOW + 200 * (number + 1))
    with pytest.raises(orders.RefusedOrderError) as refused:
        orders.roll_back_web(state, first["id"], NOW + 1000)
    assert refused.value.status == 402


def test_a_restarted_crash_runs_and_crashes_again() -> None:
    state = seeded("main")
    deploys.on_push(state, "main", NEW, "feat: x [crash]", NOW)
    deploys.settle(state, NOW + 400)
    api = last(state, "railway")
    orders.restart_api(state, api["id"], NOW + 500)
    deploys.settle(state, NOW + 510)
    assert api["state"] == "ready"
    deploys.settle(state, NOW + 560)
    assert api["state"] == "crashed"


def test_what_was_due_happens_in_its_order_however_late_one_looks() -> None:
    many, one = seeded("main"), seeded("main")
    for state, looks in ((many, 100), (one, 1)):
        old = deploys.live(state, "production", "web")
        assert old is not None
        deploys.on_push(state, "main", NEW, "feat: x", NOW)
        deploys.settle(state, NOW + 200)
        deploys.on_push(state, "main", "3" * 40, "feat: y", NOW + 300)
        ready = last(state, "vercel")["timeline"][-1][1]
        orders.roll_back_web(state, old["id"], ready - 3)  # it succeeds two seconds after the newest push has become ready
        for look in range(looks):
            deploys.settle(state, ready + 100 * (look + 1) / looks)
        assert deploys.live(state, "production", "web") is old
        assert last(state, "vercel")["live_from"] == ready
    assert many == one
