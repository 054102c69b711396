"""Every request that the console sends in a world, and every answer of the world, recorded at the transport and validated."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from strideiq_console.cli.context import Options
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.secret import Redactor
from strideiq_console.providers import catalog
from strideiq_console.sandbox import hosts
from strideiq_console.sandbox.world import World
from strideiq_console.wiring.place import place_of
from tests.acceptance import checking, walk_github, walk_hosts
from tests.acceptance.recording import Recording, command
from tests.contracts import pack
from tests.providers.github.test_operations import LEFT, operations

pytestmark = [pytest.mark.contract, pytest.mark.xdist_group("recorded"), pytest.mark.timeout(600)]
BRANCH = "hotfix/fix-auth-crash"
NOUNS = ("environments", "branches", "ci")
# What of Vercel's contract the console never asks for, or not here.
VERCEL_LEFT = {
    "GET /v1/deployments/{deploymentId}/checks": "the older form of check-runs",
    "GET /v10/projects": "the project is configured",
    "GET /v2/deployments/{id}/aliases": "the project says what serves",
    "GET /v6/deployments": "the older form of /v7",
    "PATCH /v1/projects/{projectId}/rollback/{deploymentId}/update-description": "the description goes with the rollback",
    "POST /v10/projects/{idOrName}/env": "values are written by their owner, at the provider",
    "PATCH /v9/projects/{idOrName}/env/{id}": "values are written by their owner, at the provider",
    "DELETE /v9/projects/{idOrName}/env/{id}": "values are written by their owner, at the provider",
    "GET /v9/projects/{idOrName}/custom-environments": "asked where a variable is of one; the world's plan has none",
}
# Documents of the package that the world gives no reason to send.
RAILWAY_LEFT = {
    "ProjectTokenWhoami": "sent with a project token alone; tests/providers/railway/test_tokens.py",
    "ServiceLimits": "sent where measurements come without limits; tests/providers/railway/test_measures.py",
}
LOCAL = {"localhost"}


def say(world: World, *argv: str, codes: tuple[int, ...] = (0, 1, 2, 3)) -> None:
    code, out, err = command(world.folder, *argv)
    assert code in codes, (argv, code, out, err)
    assert "Traceback" not in out + err


def commands(recording: Recording, world: World) -> None:
    """Look at everything as a founder does at the command line."""
    for argv in (("glance", "--live"), ("doctor",), ("secrets", "test"), *(("show", noun, "--live") for noun in NOUNS)):
        with recording.doing(" ".join(argv)):
            say(world, *argv)


def plan_hash(world: World) -> str:
    code, out, err = command(world.folder, "hotfix", "start", "fix-auth-crash", "--plan", "--json")
    assert code == 0, err
    return str(json.loads(out)["fingerprint"])


def hotfix(recording: Recording, world: World) -> None:
    """Carry a hotfix to production."""
    with recording.doing("hotfix"):
        digits = plan_hash(world)
        go = ("resume", "--plan-hash", digits, "--wait", "60")
        say(world, "hotfix", "start", "fix-auth-crash", "--plan-hash", digits, codes=(75,))
        world.write_fix(BRANCH)
        say(world, *go, "--answer", "yes", codes=(75,))
        say(world, *go, "--answer", "yes", codes=(75,))
        say(world, *go, "--confirm", "production", codes=(75,))
        say(world, *go, "--answer", "yes", codes=(0,))


def undo(recording: Recording, world: World) -> None:
    """Begin a hotfix and give everything back."""
    with recording.doing("undo"):
        digits = plan_hash(world)
        say(world, "hotfix", "start", "fix-auth-crash", "--plan-hash", digits, codes=(75,))
        world.write_fix(BRANCH)
        say(world, "resume", "--plan-hash", digits, "--answer", "yes", codes=(75,))
        say(world, "undo", "--plan-hash", digits, codes=(0,))


def personal(world: World) -> None:
    """Give the repository to the founder, where it belonged to an organization: costs have another address then."""
    with world.change() as state:
        state["repository"] |= {"owner": "founder", "kind": "User"}
    text = world.config.read_text(encoding="utf-8")
    world.config.write_text(text.replace('"acme/strideiq"', '"founder/strideiq"'), encoding="utf-8")


async def walk(recording: Recording, worlds: dict[str, World]) -> None:
    """Ask for everything that any port offers."""
    everywhere: dict[str, Any] = {}
    made = []
    for name, world in worlds.items():
        place = place_of(Options(world=world.folder), {})
        tokens = {n: secret for n in place.tokens.names if (secret := place.tokens.get(n)) is not None}
        setting = catalog.Setting(
            place.settings, tokens, place.clock, Redactor(tokens.values()), None, place.transport, place.name_server
        )
        made.append(catalog.build(setting))
        everywhere[name] = made[-1].outside
    outside, calm = everywhere["calm"], worlds["calm"]
    steps: list[tuple[Callable[..., Awaitable[None]], Any, World]] = [
        (walk_hosts.hosting, outside.hosting["vercel"], calm),
        (walk_hosts.hosting, outside.hosting["railway"], calm),
        (walk_hosts.vercel, outside.hosting["vercel"], calm),
        (walk_hosts.railway, outside.hosting["railway"], calm),
        (walk_hosts.railway_orders, outside.hosting["railway"], calm),
        (walk_hosts.railway_approval, outside.hosting["railway"], calm),
        (walk_hosts.others, outside, calm),
        *((step, outside.host, calm) for step in (walk_github.reads, walk_github.numbered, walk_github.work)),
        *((step, outside.host, calm) for step in (walk_github.protect, walk_github.deploy_and_release)),
        (walk_github.run_again, everywhere["red"].host, worlds["red"]),
        (walk_github.costs_of_a_person, everywhere["own"].host, worlds["own"]),
    ]
    for step, port, world in steps:
        with recording.doing(step.__name__):
            try:
                await step(port, world)
            except (ConsoleError, AssertionError) as error:  # the other steps are worth their look too
                recording.failures.append(f"{step.__name__}: {error!r}")
    for parts in made:
        await parts.close()


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, World]]:
    pack()
    folder = tmp_path_factory.mktemp("recorded")
    scenarios = {"calm": "calm", "red": "red-ci", "own": "calm", "hotfix": "calm", "undo": "calm"}
    made = {name: World.open(folder / name, scenario=scenario, clock="fast:300") for name, scenario in scenarios.items()}
    personal(made["own"])
    yield made
    for world in made.values():
        world.close()


@pytest.fixture(scope="module")
def recording(worlds: dict[str, World]) -> Iterator[Recording]:
    recording = Recording()
    with pytest.MonkeyPatch.context() as patch:
        recording.listen(patch)
        commands(recording, worlds["hotfix"])
        hotfix(recording, worlds["hotfix"])
        undo(recording, worlds["undo"])
        asyncio.run(walk(recording, worlds))
    yield recording
    show(recording)


def by_provider(recording: Recording) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for exchange in recording.exchanges:
        if exchange.provider in checking.VALIDATED:
            found[exchange.provider].add(checking.operation(exchange))
    return found


def show(recording: Recording) -> None:
    """Print the counts, to be quoted (``pytest -s``)."""
    known, counts = by_provider(recording), recording.counts()
    print(f"\n{'provider':<16}{'requests':>10}{'operations':>12}")
    for provider, number in sorted(counts.items()):
        print(f"{provider:<16}{number:>10}{len(known[provider]) if provider in known else '–':>12}")
    print(f"{'together':<16}{sum(counts.values()):>10}{sum(map(len, known.values())):>12}")


def test_every_request_and_every_answer_fits_its_contract(recording: Recording) -> None:
    checked = [exchange for exchange in recording.exchanges if exchange.provider in checking.VALIDATED]
    assert recording.failures == []
    problems = Counter(problem for exchange in checked for problem in checking.problems(exchange))
    assert problems == {}
    counts = recording.counts()
    assert len(checked) == sum(counts[provider] for provider in checking.VALIDATED)
    assert counts.keys() == {*checking.VALIDATED, "github's logs", "strideiq", "elsewhere"}
    assert counts["github"] > 400
    assert min(counts["vercel"], counts["railway"]) > 100
    assert len(checked) > 700


def test_every_operation_that_the_console_uses_was_sent(recording: Recording) -> None:
    known = by_provider(recording)
    used = {f"{method} {path}" for method, path in operations() - LEFT.keys()}
    assert known["github"] == used
    assert len(known["github"]) == 90
    assert known["vercel"] == checking.openapi_operations("vercel") - VERCEL_LEFT.keys()
    assert known["railway"] == checking.railway_operations() - RAILWAY_LEFT.keys()
    assert known["cloudflare"] == set(checking.CLOUDFLARE)
    assert known["prometheus"] | known["alertmanager"] == set(checking.WATCHING)
    assert len(known["status"]) == 4


def test_nothing_left_the_world(recording: Recording) -> None:
    for exchange in recording.exchanges:
        if exchange.provider == "elsewhere":
            assert exchange.host in LOCAL, exchange.words
            assert exchange.status == 0
        else:
            assert exchange.status, exchange.words


def test_a_token_went_to_its_own_provider_alone_and_in_its_header_alone(recording: Recording, worlds: dict[str, World]) -> None:
    owners = {value: name.partition("_")[0] for world in worlds.values() for name, value in world.tokens.items()}
    assert set(owners.values()) == {"github", "vercel", "railway", "cloudflare"}
    for exchange in recording.exchanges:
        header = exchange.headers.get("authorization", "")
        rest = [v for k, v in exchange.headers.items() if k != "authorization"]
        for token, owner in owners.items():
            assert token not in "".join((*rest, exchange.path, *exchange.query.values(), exchange.content.decode())), exchange.words
            assert token not in header or owner == exchange.provider, exchange.words
        assert bool(header) == (exchange.provider in owners.values()), exchange.words


def test_the_rules_of_each_provider_were_kept(recording: Recording) -> None:
    github = recording.of("github")
    for exchange in github:
        assert exchange.headers["accept"] == "application/vnd.github+json", exchange.words
        assert exchange.headers["x-github-api-version"] == "2022-11-28", exchange.words
        assert exchange.headers["user-agent"].startswith("strideiq-console/"), exchange.words
    leaks = [exchange for exchange in github if exchange.path.endswith("/secret-scanning/alerts")]
    assert len(leaks) > 2
    assert all(exchange.query["hide_secret"] == "true" for exchange in leaks)
    for exchange in recording.of("vercel"):
        of_a_person = exchange.path in ("/v2/user", "/v2/teams") or exchange.path.startswith("/v2/teams/")
        assert of_a_person or exchange.query["teamId"] == "team_acme", exchange.words
        assert "decrypt" not in exchange.query, exchange.words
    for exchange in recording.of("railway"):
        values = checking.operation(exchange) == "VariablesWithValues"
        assert not values or exchange.during in ("railway", "doctor"), "values are asked for where digests are wanted, nowhere else"
    for exchange in recording.of("strideiq") + recording.of("github's logs") + recording.of("status"):
        assert exchange.method in ("GET", "HEAD", "OPTIONS"), exchange.words
        assert exchange.provider == "strideiq" or exchange.scheme == "https", exchange.words
    assert {exchange.host for exchange in recording.of("github's logs")} == {hosts.LOGS}
