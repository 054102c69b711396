"""The release at GitHub: published on a tag that is already there, with the changelog as its notes (R57)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.release import Release
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet
from strideiq_console.services.notes import changelog_of

_LOOK_BACK = 100


class PublishRelease(Action):
    """Publish a release of the tag ``name`` on ``sha``, with the changelog of ``since`` to ``until``. Gives ``id`` and ``url``."""

    verb = Verb.PUBLISH_RELEASE
    precondition = "origin has the tag, and GitHub has no release of it"
    end_state = "GitHub shows one published release of the tag"
    natural_key = "the tag (422 when a release of it exists)"
    recovery = "a release is deleted, or made a draft, in the browser on its own page; the tag stays"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Adopt a release of the tag; a draft of it is a person's, and is not passed over."""
        name = ask.need("name")
        found = await self._find(ports, name)
        if found is not None and not found.draft:
            return Findings(already=_result(found))
        if found is not None:
            return Findings(reasons=(f"GitHub holds a draft of {name}: publish it in the browser, or delete it, then retry",))
        tag = next((tag for tag in await ports.clone.remote_tags() if tag.name == name), None)
        if tag is None or tag.sha != ask.need("sha"):
            # GitHub would make a tag of its own, a lightweight one, for a release of a tag that it does not have.
            has = f"another tag {name}, of {short_sha(tag.sha)}" if tag is not None else f"no tag {name}"
            return Findings(reasons=(f"origin has {has}: push the tag of {short_sha(ask.need('sha'))} first",))
        log = await changelog_of(ports, ask.need("since"), ask.need("until"))
        return Findings(observed={"name": name, "commits": log.commits})

    @staticmethod
    async def _find(ports: Ports, name: str) -> Release | None:
        releases = [r for r in await ports.host.releases.recent(limit=_LOOK_BACK) if r.tag == name]
        return next((r for r in releases if not r.draft), next(iter(releases), None))

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is published."""
        name, count = ask.get("name"), observed.get("commits")
        notes = f"with the changelog of {count} commits" if count is not None else "with the changelog"
        request = f"POST /repos/{ports.repository}/releases tag_name={name}"
        return (Effect(f"publish the release {name} at GitHub, {notes}", request),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Publish it."""
        name = ask.need("name")
        log = await changelog_of(ports, ask.need("since"), ask.need("until"), after=ask.get("after"))
        await ports.host.releases.create(tag=name, target=ask.need("sha"), name=name, notes=log.markdown())

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for it by its tag."""
        found = await self._find(ports, ask.need("name"))
        if found is None or found.draft:
            return not_yet(f"GitHub has no release of {ask.need('name')}")
        return happened(**_result(found))

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Say where a person takes it back."""
        return f"{self.recovery}: {record.result.get('url', '')}"


def _result(release: Release) -> dict[str, Any]:
    return {"id": release.id, "url": release.url, "tag": release.tag}
