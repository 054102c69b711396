from __future__ import annotations

import httpx
import pytest

from strideiq_console.sandbox.github import app, logs_app
from tests.sandbox.hub import REPO, Hub


async def test_who_asks_matters(hub, world):
    assert (await hub.get("//user"))["login"] == "founder"
    assert (await hub.get("//user", by="github_bot"))["login"] == "strideiq-bot"
    for headers, status, words in (
        ({"authorization": "Bearer wrong"}, 401, "Bad credentials"),
        ({"authorization": ""}, 401, "Bad credentials"),
        ({"user-agent": ""}, 403, "User-Agent"),
    ):
        answer = await hub.ask("GET", "", headers=headers)
        assert answer.status_code == status
        assert words in answer.json()["message"]
    bare = httpx.AsyncClient(transport=httpx.ASGITransport(app(world)), base_url="https://api.github.com")
    assert (await bare.get("/user")).json()["message"] == "Requires authentication"
    await bare.aclose()


async def test_a_missing_permission_is_named(hub, world):
    refused = await hub.ask("GET", "/branches/main/protection", by="github_bot")
    assert refused.status_code == 403
    assert refused.headers["x-accepted-github-permissions"] == "administration=read"
    with world.change() as state:
        del state["permissions"]["founder"]["checks"]
    assert (await hub.ask("GET", "/commits/main/check-runs")).status_code == 403


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/pulls/999", "Not Found"),
        ("/branches/nowhere", "Branch not found"),
        ("/branches/feature%2Fcalendar/protection", "Branch not protected"),
        ("/git/ref/heads/nowhere", "Not Found"),
        ("/actions/runs/1", "Not Found"),
        ("/nothing/of/the/kind", "Not Found"),
        ("//repos/acme/other", "Not Found"),
        ("//nowhere", "Not Found"),
    ],
)
async def test_what_is_not_there_is_404_with_githubs_words(hub, path, words):
    answer = await hub.ask("GET", path)
    assert (answer.status_code, answer.json()["message"]) == (404, words)


async def test_an_unchanged_answer_is_free(hub):
    first = await hub.ask("GET", "/branches")
    again = await hub.ask("GET", "/branches", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]
    other = await hub.ask("GET", "/branches", by="github_bot", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200, "an ETag belongs to one token"
    await hub.send("POST", "/git/refs", {"ref": "refs/heads/feature/z", "sha": first.json()[0]["commit"]["sha"]}, status=201)
    assert (await hub.ask("GET", "/branches", headers={"if-none-match": first.headers["etag"]})).status_code == 200


async def test_the_rate_limit_is_counted_and_comes_back(hub, world):
    before = (await hub.get("//rate_limit"))["resources"]["core"]["used"]
    await hub.get("")
    await hub.ask("GET", "/pulls/999")
    assert (await hub.get("//rate_limit"))["resources"]["core"]["used"] == before + 2
    with world.change() as state:
        state["rate"]["founder"]["used"] = 5000
    spent = await hub.ask("GET", "")
    assert (spent.status_code, spent.headers["x-ratelimit-remaining"]) == (403, "0")
    world.advance(3601)
    assert (await hub.ask("GET", "")).headers["x-ratelimit-remaining"] == "4999"


async def test_pages_are_linked_and_complete(hub):
    seen, url = [], "/pulls?state=all&per_page=5"
    while url:
        answer = await hub.ask("GET", f"//{url.removeprefix('https://api.github.com/')}" if url.startswith("https") else url)
        seen += [pull["number"] for pull in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert sorted(seen) == list(range(30, 43))
    assert answer.links["first"]["url"].endswith("page=1")
    assert "link" not in (await hub.ask("GET", "/labels")).headers


async def test_references_follow_the_rules(hub, world, git):
    refs = world.read()["refs"]
    for body in (
        {"ref": "refs/heads/main", "sha": refs["main"]},
        {"ref": "refs/heads/a..b", "sha": refs["main"]},
        {"ref": "refs/heads/-x", "sha": refs["main"]},
        {"ref": "heads/x", "sha": refs["main"]},
        {"ref": "refs/heads/x", "sha": "0" * 40},
        {"ref": "refs/heads/feature", "sha": refs["main"]},
        {"ref": "refs/heads/x"},
    ):
        await hub.send("POST", "/git/refs", body, status=422)
    await hub.send("DELETE", "/git/refs/heads/main", status=422)
    await hub.send("PATCH", "/git/refs/heads/main", {"sha": refs["staging"]}, status=422)
    await hub.send("PATCH", "/git/refs/heads/feature/calendar", {"sha": refs["main"]}, status=422)
    await hub.send("DELETE", "/git/refs/heads/nowhere", status=422)
    assert world.read()["effects"] == []
    await hub.send("POST", "/git/refs", {"ref": "refs/heads/hotfix/x", "sha": refs["main"]}, status=201)
    assert git(world.origin, "rev-parse", "hotfix/x").stdout.strip() == refs["main"]
    await hub.send("DELETE", "/git/refs/heads/hotfix%2Fx", status=204)
    assert git(world.origin, "rev-parse", "--verify", "--quiet", "refs/heads/hotfix/x").returncode == 1


async def test_labels_that_are_missing_are_created_once(hub):
    await hub.send("POST", "/labels", {"name": "P1", "color": "b60205"}, status=201)
    await hub.send("POST", "/labels", {"name": "p1"}, status=422)
    await hub.send("POST", "/labels", {"name": "P2", "color": "red"}, status=422)
    changed = await hub.send("PATCH", "/issues/42", {"labels": ["P1", "p1", {"name": "fresh"}]}, status=200)
    assert [entry["name"] for entry in changed["labels"]] == ["P1", "fresh"]
    assert [entry["name"] for entry in (await hub.get("/pulls/42"))["labels"]] == ["P1", "fresh"]


async def test_compare_counts_both_ways(hub):
    found = await hub.get("/compare/staging...feature%2Fcalendar")
    assert (found["status"], found["ahead_by"], found["behind_by"], len(found["commits"])) == ("diverged", 3, 2, 3)
    assert [row["filename"] for row in found["files"]] == [
        f"apps/web/components/{n}.tsx" for n in ("Calendar", "DragSession", "RunnerDay")
    ]
    assert (await hub.get("/compare/main...main"))["status"] == "identical"
    assert (await hub.ask("GET", "/compare/main...nowhere")).status_code == 404


async def test_statuses_join_the_checks(hub, world):
    sha = world.read()["refs"]["staging"]
    assert (await hub.get(f"/commits/{sha}/status"))["state"] == "pending"
    for state in ("failure", "success"):
        await hub.send("POST", f"/statuses/{sha}", {"state": state, "context": "staging/verified"}, status=201)
    found = await hub.get(f"/commits/{sha}/status")
    assert (found["state"], found["total_count"]) == ("success", 1)
    await hub.send("POST", f"/statuses/{sha}", {"state": "great"}, status=422)
    await hub.send("POST", f"/statuses/{'0' * 40}", {"state": "success"}, status=422)


async def test_bodies_that_are_no_objects_are_refused(hub):
    token = {"authorization": f"Bearer {hub.world.tokens['github']}"}
    for raw in (b"{", b"[1]", b"\xff", b'{"title": "\\ud800"}'):
        answer = await hub.client.post(f"{REPO}/pulls", content=raw, headers=token)
        assert answer.status_code == 400
    assert (await hub.ask("POST", "/pulls", {"title": 1, "head": "x", "base": "y"})).status_code == 422


async def test_logs_are_fetched_elsewhere_and_without_the_token(make_world):
    world = make_world("red", scenario="red-ci")
    hub = Hub(world)
    red = next(run for run in reversed(world.read()["runs"]) if run["conclusion"] == "failure")
    job = next(job for job in red["jobs"] if job["conclusion"] == "failure")
    answer = await hub.ask("GET", f"/actions/jobs/{job['id']}/logs")
    assert answer.status_code == 302
    where = httpx.URL(answer.headers["location"])
    assert where.host == "logs.sandbox.invalid"
    host = httpx.AsyncClient(transport=httpx.ASGITransport(logs_app(world)), base_url="https://logs.sandbox.invalid")
    log = await host.get(where)
    assert log.status_code == 200
    assert "AssertionError" in log.text
    assert log.text.splitlines()[-1].endswith("##[endgroup]")
    assert (await host.get(where.copy_set_param("signature", "0" * 32))).status_code == 403
    assert (await host.get(where.copy_set_param("expires", "1"))).status_code == 403
    assert world.read()["violations"] == []
    assert (await host.get(where, headers={"authorization": "Bearer x"})).status_code == 400
    assert len(world.read()["violations"]) == 1
    skipped = next(job for job in red["jobs"] if job["conclusion"] == "skipped")
    assert (await hub.ask("GET", f"/actions/jobs/{skipped['id']}/logs")).status_code == 404
    await host.aclose()
    await hub.client.aclose()


async def test_an_address_given_by_a_server_is_used_everywhere(world):
    served = httpx.ASGITransport(app(world), root_path="/github")
    client = httpx.AsyncClient(transport=served, base_url="http://127.0.0.1:8080")
    headers = {"authorization": f"Bearer {world.tokens['github']}"}
    answer = await client.get(f"/github{REPO}/pulls?per_page=1", headers=headers)
    assert answer.json()[0]["url"].startswith("http://127.0.0.1:8080/github/repos/acme/strideiq/pulls/")
    assert answer.links["next"]["url"].startswith("http://127.0.0.1:8080/github/repos/acme/strideiq/pulls?")
    await client.aclose()
