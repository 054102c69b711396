"""The feeds of what StrideIQ stands on: which names belong to whom, and what is said where nothing is configured."""

from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.outside import Outside
from strideiq_console.services import feeds
from strideiq_console.services.surroundings import names_of, sources, wanted_names
from strideiq_console.settings.model import Settings
from tests.services.fake_outside import SETTINGS

WWW = replace(SETTINGS, outside=replace(SETTINGS.outside, dns=replace(SETTINGS.outside.dns, names=("www.strideiq.run",))))


class Resolver:
    async def resolve(self, name: str) -> str:
        return name

    async def resolve_publicly(self, name: str) -> None:
        return None


def test_names_are_the_hosts_of_what_is_served_and_the_configured_ones() -> None:
    assert wanted_names(WWW) == (
        "strideiq.run",
        "api.strideiq.run",
        "staging.strideiq.run",
        "api-staging.strideiq.run",
        "www.strideiq.run",
    )
    assert names_of(WWW, "production") == ("strideiq.run", "api.strideiq.run", "www.strideiq.run")
    assert names_of(WWW, "staging") == ("staging.strideiq.run", "api-staging.strideiq.run")
    assert names_of(WWW, "nowhere") == names_of(WWW, "local") == ()


def test_nothing_configured_has_a_next_step_for_every_feed() -> None:
    bare = Settings(environments=(Environment("production", "", "", "/health", "main", production=True),))
    found = {source.feed.name: source for source in sources(bare, Outside(resolver=Resolver()))}  # type: ignore[arg-type]
    assert {feeds.NAMES.name, feeds.LADDER.name, "status/github"} <= set(found)
    for source in found.values():
        assert source.reader is None
        assert source.missing is not None
        assert source.missing.kind is FaultKind.NOT_CONFIGURED
        assert source.missing.next_step
    assert "[environments.production]" in found["names"].missing.next_step  # type: ignore[union-attr]


async def test_the_names_are_read_once_there_are_any() -> None:
    named = next(s for s in sources(WWW, Outside(resolver=Resolver())) if s.feed is feeds.NAMES)  # type: ignore[arg-type]
    assert named.reader is not None
    assert await named.reader() == wanted_names(WWW)


def test_nobody_is_asked_more_often_than_he_allows() -> None:
    for feed in (feeds.NAMES, feeds.LADDER, feeds.status("github")):
        assert feed.busy.total_seconds() >= 60
        assert feed.idle >= 5 * feed.busy
