from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from strideiq_console.sandbox.serve import LoopbackServer
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts.conftest import RAILWAY, VERCEL, newest

GITHUB = {"Authorization": "Bearer sandbox-github-founder", "User-Agent": "test"}


@pytest.fixture
def base(world: World) -> Iterator[str]:
    with LoopbackServer(world) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10, trust_env=False) as client:
        yield client


def test_all_providers_and_the_site_over_a_real_socket(http: httpx.Client, base: str, world: World) -> None:
    assert http.get(f"{base}/github/user", headers=GITHUB).json()["login"] == "founder"
    assert http.get(f"{base}/vercel/v2/user", headers=VERCEL).json()["user"]["username"] == "founder"
    project = http.get(f"{base}/vercel/v9/projects/prj_strideiq_web", params={"teamId": "team_acme"}, headers=VERCEL)
    assert project.json()["id"] == "prj_strideiq_web"
    answer = http.post(f"{base}/railway/graphql/v2", json={"query": "{ me { name } }"}, headers=RAILWAY)
    assert answer.json() == {"data": {"me": {"name": "Founder"}}}
    health = http.get(f"{base}/site/api.strideiq.run/health")
    assert health.json()["version"] == newest(world.read(), "railway", "main")["sha"]
    assert http.head(f"{base}/site/strideiq.run").status_code == 200


def test_next_pages_stay_on_this_server(http: httpx.Client, base: str) -> None:
    url, seen = f"{base}/github/repos/acme/strideiq/actions/runs?per_page=5", 0
    for _ in range(3):
        response = http.get(url, headers=GITHUB)
        seen += len(response.json()["workflow_runs"])
        url = response.links["next"]["url"]
        assert url.startswith(f"{base}/github/")
    assert seen == 15


def test_a_log_is_fetched_from_this_server_without_the_token(http: httpx.Client, base: str, world: World) -> None:
    job = world.read()["runs"][-1]["jobs"][0]["id"]
    moved = http.get(f"{base}/github/repos/acme/strideiq/actions/jobs/{job}/logs", headers=GITHUB)
    assert moved.status_code == 302
    assert moved.headers["location"].startswith(f"{base}/logs/")
    log = http.get(moved.headers["location"])
    assert log.status_code == 200
    assert "##[group]" in log.text


def test_unchanged_answers_have_no_body(http: httpx.Client, base: str) -> None:
    first = http.get(f"{base}/github/repos/acme/strideiq", headers=GITHUB)
    again = http.get(f"{base}/github/repos/acme/strideiq", headers=GITHUB | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert http.get(f"{base}/github/user", headers=GITHUB).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "[::1"},
    ],
)
def test_other_names_and_foreign_pages_are_refused(http: httpx.Client, base: str, headers: dict[str, str]) -> None:
    assert http.get(f"{base}/github/user", headers=GITHUB | headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "/site/example.com/", "/other/x", "/githubx/user"])
def test_unknown_ways_are_named(http: httpx.Client, base: str, path: str) -> None:
    response = http.get(base + path)
    assert response.status_code == 404
    assert "/github/" in response.text


def test_bodies_without_a_good_length_are_refused(http: httpx.Client, base: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"{}"

    assert http.post(f"{base}/railway/graphql/v2", content=chunks(), headers=RAILWAY).status_code == 411
    assert http.post(f"{base}/railway/graphql/v2", content=b"x" * 1_000_001, headers=RAILWAY).status_code == 413


def test_faults_apply_here_too(http: httpx.Client, base: str, world: World) -> None:
    world.add_fault("lost_answer")
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(f"{base}/site/strideiq.run/")
    world.add_fault("cut", path="^/health$")
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(f"{base}/site/api.strideiq.run/health")
    world.add_fault("status", host="vercel", status=500)
    assert http.get(f"{base}/vercel/v2/user").status_code == 500
    assert http.get(f"{base}/site/strideiq.run/").status_code == 200


def test_a_hanging_request_does_not_keep_the_server_from_stopping(http: httpx.Client, world: World) -> None:
    world.add_fault("hang")
    with LoopbackServer(world) as server, pytest.raises(httpx.ReadTimeout):
        http.get(f"http://127.0.0.1:{server.port}/site/strideiq.run/", timeout=0.3)


def test_a_busy_port_is_an_error(world: World) -> None:
    with LoopbackServer(world) as server, pytest.raises(OSError, match=r"in use"):
        LoopbackServer(world, server.port)


def test_serving_ends_with_an_interrupt_and_prints_nothing(world: World, http: httpx.Client) -> None:
    program = (
        # A runner that was started in the background hands an ignored SIGINT down.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "import sys; from pathlib import Path; from strideiq_console.sandbox.serve import serve; "
        "from strideiq_console.sandbox.world import World; world = World.open(Path(sys.argv[1])); "
        "serve(world, 0, ready=lambda port: print(port, flush=True)); world.close()"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(world.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        port = int(child.stdout.readline())
        assert http.get(f"http://127.0.0.1:{port}/site/strideiq.run/").status_code == 200
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    assert (child.returncode, out, err) == (0, "", "")
