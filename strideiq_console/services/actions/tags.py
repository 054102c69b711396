"""The version of a release and its tag: free before anything begins, made on main after health is good (R53, R57)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.domain.version import below, parse, read_tags, taken
from strideiq_console.domain.worktree import LoggedTag
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, Watch, happened, lost, not_yet


async def version_faults(ports: Ports, version: str) -> tuple[str, ...]:
    """Say why a version cannot be released now: it is none, it is tagged already, here or at origin, or a newer one is."""
    wanted = parse(version)
    if wanted is None:
        return (f"{version} is no version: for instance v0.10.0",)
    here = [tag.name for tag in await ports.clone.tags()]
    there = [tag.name for tag in await ports.clone.remote_tags()]
    used = taken(wanted, here, there)
    older = below(wanted, read_tags([*here, *there]))
    return tuple(reason for reason in (used, "" if used else older) if reason)


class CheckVersion(Watch):
    """Look whether ``version`` (a tag) is free in the clone and at origin. Gives ``version`` and ``conflicts`` (sentences)."""

    verb = Verb.CHECK_VERSION
    end_state = "no tag names the version, and none names a newer one"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Return every reason against the version; tags that contradict each other are told."""
        version = ask.need("version")
        reasons = await version_faults(ports, version)
        if reasons:
            return Findings(reasons=reasons)
        tags = read_tags([*(t.name for t in await ports.clone.tags()), *(t.name for t in await ports.clone.remote_tags())])
        return Findings(already={"version": version, "conflicts": list(tags.conflicts)})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is looked at."""
        return (Effect(f"look whether {ask.get('version')} is free in the clone and at origin", "git ls-remote --tags origin"),)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look again."""
        found = await self.check(ports, ask)
        return happened(**found.already) if found.already else not_yet("; ".join(found.reasons))


def _named(tags: tuple[LoggedTag, ...], name: str) -> LoggedTag | None:
    return next((tag for tag in tags if tag.name == name), None)


class CreateTag(Action):
    """Tag ``sha``, a commit of main, as ``name`` once it is live and healthy (``healthy``: what is served). Gives ``object``."""

    verb = Verb.CREATE_TAG
    precondition = "the commit is on main, production serves it and is healthy, and no tag has that name"
    end_state = "an annotated tag in the clone that leads to the commit"
    natural_key = "tag name and commit"
    recovery = "delete the tag in the clone while origin does not have it"
    least_level = 1

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Adopt the same tag; refuse another of that name, and a commit that is not on main."""
        name, sha = ask.need("name"), ask.need("sha")
        ask.need("healthy")
        here = _named(await ports.clone.tags(), name)
        if here is not None and here.sha == sha and here.annotated:
            return Findings(already={"name": name, "object": here.object, "sha": sha})
        if here is not None:
            kind = "an annotated" if here.annotated else "a lightweight"
            return Findings(reasons=(f"{name} exists in the clone, as {kind} tag of {short_sha(here.sha)}",))
        main = ports.settings.main
        if not await ports.clone.is_ancestor(sha, f"refs/remotes/origin/{main}"):
            return Findings(reasons=(f"{short_sha(sha)} is not on {main} as the clone knows it: git fetch origin, then retry",))
        return Findings(observed={"name": name, "sha": sha})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is tagged."""
        name, sha = ask.get("name"), ask.get("sha")
        what = short_sha(sha) if is_sha(sha) else sha
        return (Effect(f"tag {what} as {name} in the clone, annotated", f"git tag -a {name} {sha}"),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Make the tag."""
        await ports.clone.create_tag(ask.need("name"), ask.need("sha"), f"Release {ask.need('name')}")

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for the tag."""
        name, sha = ask.need("name"), ask.need("sha")
        here = _named(await ports.clone.tags(), name)
        if here is None:
            return not_yet(f"there is no tag {name}")
        if here.sha != sha or not here.annotated:
            return lost(f"{name} is another tag: it leads to {short_sha(here.sha)}")
        return happened(name=name, object=here.object, sha=sha)

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Delete it in the clone."""
        name = ask.need("name")
        return (Effect(f"delete the tag {name} in the clone, unless origin has it", f"git tag -d {name}"),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Delete it, unless origin has it: it would come back with the next fetch."""
        name, made = ask.need("name"), str(record.result["object"])
        if _named(await ports.clone.remote_tags(), name) is not None:
            return f"{name} is kept: origin has it"
        here = _named(await ports.clone.tags(), name)
        if here is None:
            return f"{name} was gone already"
        if here.object != made:
            return f"{name} is kept: it is another tag than this run made"
        await ports.clone.delete_tag(name, made)
        return f"deleted the tag {name} in the clone"


class PushTag(Action):
    """Push the tag ``name``, which is ``object``, to origin. Gives ``name`` and ``object``."""

    verb = Verb.PUSH_TAG
    precondition = "the tag is in the clone, and origin has none of that name"
    end_state = "origin has exactly that tag"
    natural_key = "tag name and tag object; never forced"
    recovery = "a tag that is pushed stays: others may have fetched it; the next version supersedes it"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Adopt the same tag; refuse another of that name."""
        name, made = ask.need("name"), ask.need("object")
        there = _named(await ports.clone.remote_tags(), name)
        if there is not None and there.object == made:
            return Findings(already={"name": name, "object": made})
        if there is not None:
            return Findings(reasons=(f"origin has another tag {name}, of {short_sha(there.sha)}: a tag is never moved",))
        return Findings(observed={"name": name, "object": made})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what goes where."""
        name = ask.get("name")
        return (Effect(f"push the tag {name} to origin", f"git push origin refs/tags/{name}:refs/tags/{name}"),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Push."""
        await ports.clone.push_tag(ask.need("name"), ask.need("object"))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask origin."""
        name, made = ask.need("name"), ask.need("object")
        there = _named(await ports.clone.remote_tags(), name)
        if there is None:
            return not_yet(f"origin has no tag {name}")
        if there.object != made:
            return lost(f"origin has another tag {name}, of {short_sha(there.sha)}")
        return happened(name=name, object=made)
