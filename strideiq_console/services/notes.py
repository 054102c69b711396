"""The changelog of a range of commits, and the list of riders, as texts for GitHub; pure functions of the range."""

from __future__ import annotations

from strideiq_console.domain.changelog import PULL_REQUEST_LIMIT, Changelog, changelog
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import BlockedError
from strideiq_console.services.action import Ask, Ports
from strideiq_console.services.ride import changes_between

_ROOM = 1500  # for what else a body says


async def changelog_of(ports: Ports, since: str, until: str, *, version: str = "", after: str = "") -> Changelog:
    """Return what changed between two commits (full SHAs); ``after`` names the older one for readers.

    BlockedError for a range that is too long to be listed whole; CloneError when the clone lacks either commit.
    """
    changes = await changes_between(ports, since, until)
    if changes is None:
        raise BlockedError(
            f"there are more commits between {short_sha(since)} and {short_sha(until)} than can be listed",
            consequence="a changelog without some of them would be wrong",
            next_step="release in smaller steps: name an older commit with --sha",
        )
    return changelog(changes, version=version, since=after or short_sha(since), until=short_sha(until))


async def listing(ports: Ports, ask: Ask) -> list[str]:
    """Return what a pull request's body lists, where its step asks for it.

    ``lists`` is ``riders`` or ``changelog``, of the commits from ``since`` to ``until``; ``version`` titles the changelog.
    """
    lists = ask.get("lists")
    if not lists:
        return []
    version = ask.get("version") if lists == "changelog" else ""
    log = await changelog_of(ports, ask.need("since"), ask.need("until"), version=version, after=ask.get("after"))
    title = [] if lists == "changelog" else ["Every commit that rides along:", ""]
    return [*title, log.markdown(PULL_REQUEST_LIMIT - _ROOM), ""]
