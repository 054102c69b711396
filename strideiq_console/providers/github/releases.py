"""Releases and tags."""

from __future__ import annotations

from typing import Any

from strideiq_console.domain.release import Release, ReleaseNotes, Tag
from strideiq_console.domain.untrusted import clean, clean_line
from strideiq_console.providers.github import mapping
from strideiq_console.providers.github import wire_repository as wire
from strideiq_console.providers.github.repository import SOURCE, Repository, wanted_ref
from strideiq_console.providers.wire import decode

_NAME = 255
_NOTES = 125_000


class GitHubReleases:
    """Implements ``release.Releases``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def recent(self, *, limit: int = 20) -> tuple[Release, ...]:
        """Return the newest releases, drafts too where the token may see them."""
        found = await self._repository.all("releases", wire.Release, self._path(), limit=limit)
        return tuple(_release(shape) for shape in found)

    async def latest(self) -> Release | None:
        """Return the latest published release; None when there is none.

        GitHub answers 404 for that and for a hidden repository, so that is told apart.
        """
        answer = await self._repository.get(self._path("latest"), allow=(404,))
        if answer.status == 404:
            await self._repository.get(self._repository.path())
            return None
        return _release(decode(SOURCE, "the latest release", answer.json(), wire.Release))

    async def create(self, *, tag: str, target: str, name: str, notes: str | None = None, draft: bool = False) -> Release:
        """Publish a release; ``target`` is a full SHA or a branch, used when the tag does not exist yet.

        ``notes`` None lets GitHub write them.
        """
        body: dict[str, Any] = {"tag_name": wanted_ref(tag), "target_commitish": wanted_ref(target), "name": name, "draft": draft}
        body |= {"generate_release_notes": True} if notes is None else {"body": notes}
        if not draft:
            body["make_latest"] = "true"
        answer = await self._repository.write("POST", self._path(), body)
        return _release(decode(SOURCE, "the new release", answer.json(), wire.Release))

    async def notes(self, *, tag: str, target: str, previous: str | None = None) -> ReleaseNotes:
        """Return the notes that GitHub would write, without publishing anything."""
        body = {"tag_name": wanted_ref(tag), "target_commitish": wanted_ref(target)}
        if previous is not None:
            body["previous_tag_name"] = wanted_ref(previous)
        answer = await self._repository.write("POST", self._path("generate-notes"), body)
        shape = decode(SOURCE, "the release notes", answer.json(), wire.ReleaseNotes)
        return ReleaseNotes(clean_line(shape.name, limit=_NAME), clean(shape.body, limit=_NOTES))

    async def tags(self, *, limit: int = 100) -> tuple[Tag, ...]:
        """Return tags, in GitHub's order."""
        found = await self._repository.all("tags", wire.Tag, self._repository.path("tags"), limit=limit)
        return tuple(Tag(clean_line(shape.name, limit=_NAME), shape.commit.sha) for shape in found)

    def _path(self, *rest: str) -> str:
        return self._repository.path("releases", *rest)


def _release(shape: wire.Release) -> Release:
    return Release(
        id=shape.id,
        tag=clean_line(shape.tag_name, limit=_NAME),
        name=clean_line(shape.name or "", limit=_NAME),
        target=clean_line(shape.target_commitish, limit=_NAME),
        draft=shape.draft,
        prerelease=shape.prerelease,
        author=mapping.login(shape.author),
        notes=clean(shape.body or "", limit=_NOTES),
        url=mapping.web_url(shape.html_url),
        created_at=mapping.utc(shape.created_at),
        published_at=mapping.utc(shape.published_at),
    )
