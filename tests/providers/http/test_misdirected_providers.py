"""The providers' own clients, their servers lying about where to go on: no token leaves for a foreign server (E4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.cloudflare import Cloudflare
from strideiq_console.providers.github import GitHub, connect
from strideiq_console.providers.http import Governor
from strideiq_console.providers.probe import HttpProber, SiteProber
from strideiq_console.providers.railway import Railway
from strideiq_console.providers.status import StatusPages
from strideiq_console.providers.vercel import Vercel
from tests.providers.http.loopback import TOKEN, answer, leaks
from tests.providers.http.worlds import PROJECT, World

ENVIRONMENTS = (Environment("production", "https://strideiq.run", "", "/health", "main", production=True),)
ASTRAY = ("absolute", "scheme-relative", "home-as-user", "suffix-host", "other-port", "downgraded", "backslash", "trailing-dot")


def github(world: World) -> GitHub:
    governor = Governor("github", world.clock)
    client = connect(api_url=world.base, token=Secret(TOKEN), clock=world.clock, governor=governor, timeout=5.0)
    world.clients.append(client)
    return GitHub(client=client, bot=None, repository="acme/strideiq")


def vercel(world: World) -> Vercel:
    client = world.client(source="vercel")
    return Vercel(client=client, project="prj_x", team="team_x", environments=ENVIRONMENTS, plan="pro", stream_seconds=1.0)


def railway(world: World, auth: tuple[str, str] = PROJECT) -> Railway:
    client = world.client(auth, path="/graphql/v2", source="railway")
    return Railway(client=client, project="p", service="s", environments={"production": "production"})


def cloudflare(world: World) -> Cloudflare:
    return Cloudflare(client=world.client(path="/client/v4", source="cloudflare"), zone="strideiq.run")


READS: dict[str, Callable[[World], Awaitable[object]]] = {
    "github-pulls": lambda world: github(world).pulls.open(),
    "github-runs": lambda world: github(world).workflow_runs.recent(),
    "github-tags": lambda world: github(world).releases.tags(),
    "github-alerts": lambda world: github(world).alerts.dependencies(),
    "github-token": lambda world: github(world).viewer.login(),
    "vercel-deployments": lambda world: vercel(world).get("dpl_1"),
    "vercel-logs": lambda world: vercel(world).runtime_log("dpl_1"),
    "vercel-variables": lambda world: vercel(world).variables("production"),
    "railway-project-token": lambda world: railway(world).recent(),
    "railway-bearer": lambda world: railway(world, ("Authorization", "Bearer ")).recent(),
    "cloudflare-zone": lambda world: cloudflare(world).zone(),
}
WRITES: dict[str, Callable[[World], Awaitable[object]]] = {
    "github-merge": lambda world: github(world).pulls.merge(7, sha="a" * 40, title="x"),
    "vercel-rollback": lambda world: vercel(world).rollback("dpl_1"),
    "railway-restart": lambda world: railway(world).restart("d1"),
}


@pytest.mark.parametrize("name", ASTRAY)
@pytest.mark.parametrize("read", READS)
async def test_a_reads_redirect(world: World, read: str, name: str) -> None:
    where = world.astray(name)
    world.answering(lambda _: answer(307, b"{}", b"Location: " + where))
    with pytest.raises(OutsideError):
        await READS[read](world)
    world.judge_unasked()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("write", WRITES)
async def test_a_writes_redirect(world: World, write: str, status: int) -> None:
    where = world.astray("other-port")
    world.answering(lambda _: answer(status, b"{}", b"Location: " + where))
    with pytest.raises(OutsideError):
        await WRITES[write](world)
    world.judge_unasked()
    assert len(world.home.asked) == 1, "a write is sent once"


@pytest.mark.parametrize("name", ASTRAY)
@pytest.mark.parametrize("read", ["github-runs", "github-tags"])
async def test_githubs_next_pages(world: World, read: str, name: str) -> None:
    link = b'Link: <%b>; rel="next"' % world.astray(name)
    body = b'{"total_count": 0, "workflow_runs": []}' if read == "github-runs" else b"[]"
    world.answering(lambda _: answer(200, body, link))
    with pytest.raises(OutsideError) as caught:
        await READS[read](world)
    assert caught.value.fault.kind.value == "incomplete"
    world.judge_unasked()


@pytest.mark.parametrize("name", ASTRAY)
async def test_githubs_job_log(world: World, name: str) -> None:
    where = world.astray(name)
    world.answering(lambda _: answer(302, b"", b"Location: " + where))
    world.foreign.reply = world.plain.reply = lambda _: answer(200, b"one\ntwo\n", kind=b"text/plain")
    try:
        assert await github(world).workflow_runs.log_tail(1) == ("one", "two")
    except OutsideError:
        assert (world.foreign.asked, world.plain.asked) == ([], [])
    world.judge()


@pytest.mark.parametrize("name", ["other-port"])
async def test_a_log_elsewhere_is_read_there_without_the_token(world: World, name: str) -> None:
    where = world.astray(name)
    world.answering(lambda _: answer(302, b"", b"Location: " + where))
    world.foreign.reply = lambda _: answer(200, b"one\ntwo\n", kind=b"text/plain")
    assert await github(world).workflow_runs.log_tail(1) == ("one", "two")
    assert world.foreign.asked == ["GET /x HTTP/1.1"]
    assert b"authorization" not in bytes(world.foreign.heard).lower()
    world.judge()


@pytest.mark.parametrize("name", ASTRAY)
async def test_probes_and_status_pages(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in ("GITHUB", "VERCEL", "RAILWAY", "CLOUDFLARE"):
        monkeypatch.setenv(f"STRIDEIQ_{provider}_TOKEN", TOKEN)
    where = world.astray(name)
    world.answering(lambda _: answer(302, b"", b"Location: " + where, f"Set-Cookie: a={TOKEN}".encode()))
    await HttpProber(clock=world.clock).probe(f"{world.base}/health", health=True)
    site = SiteProber(clock=world.clock)
    await site.headers(world.base)
    await site.cors(world.base)
    await site.cookies(world.base)
    await StatusPages(clock=world.clock, pages={"github": world.base}).of("github")
    world.judge(home_got_it=False)
    assert leaks(world.home.heard) == []
    assert len(world.home.asked) >= 4
