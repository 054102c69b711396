"""Tags here and at origin: annotated, validated, never replaced, judged by what origin has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from strideiq_console.domain.fault import CloneError, ConsoleError, OutsideError
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo

MESSAGE = "v1.2.0\n\n# not a comment\n  indented\n"


async def test_an_annotated_tag_and_again(repo: Repo, opened: Opener) -> None:
    clone, sha = opened(repo), repo.sha("main")
    made = await clone.create_tag("v1.2.0", sha, MESSAGE)
    assert repo.sha("refs/tags/v1.2.0") == made
    assert repo.sha("refs/tags/v1.2.0^{commit}") == sha
    assert repo.git("cat-file", "tag", made).partition("\n\n")[2] == MESSAGE.strip()
    assert await clone.create_tag("v1.2.0", sha, MESSAGE) == made
    for other, words in ((repo.sha("staging"), MESSAGE), (sha, "other words")):
        with pytest.raises(CloneError, match="exists already"):
            await clone.create_tag("v1.2.0", other, words)
    assert repo.sha("refs/tags/v1.2.0") == made


async def test_all_tags_lead_to_a_commit(repo: Repo, opened: Opener) -> None:
    main, staging = repo.sha("main"), repo.sha("staging")
    repo.git("tag", "light", staging)
    repo.git("tag", "-a", "-m", "one", "one", main)
    repo.git("tag", "-a", "-m", "two", "two", "one")
    repo.git("tag", "a-tree", "main^{tree}")
    found = await opened(repo).tags()
    assert [(tag.name, tag.sha, tag.object, tag.annotated) for tag in found] == [
        ("light", staging, staging, False),
        ("one", main, repo.sha("one"), True),
        ("two", main, repo.sha("two"), True),
    ]
    repo.git("push", "-q", "origin", "light", "one", "two")
    assert await opened(repo).remote_tags() == found


async def test_tags_that_are_refused(repo: Repo, home: Path, opened: Opener) -> None:
    clone, sha = opened(repo), repo.sha("main")
    await clone.create_tag("v1.0.0", sha, "one")
    for name, at, message, words in (
        ("-d", sha, MESSAGE, "is refused"),
        ("a..b", sha, MESSAGE, "is refused"),
        ("v1:v2", sha, MESSAGE, "is refused"),
        ("V1.0.0", sha, MESSAGE, "in case only"),
        ("v2", "main", MESSAGE, "full SHA"),
        ("v2", "1" * 40, MESSAGE, "creating the tag"),
        ("v2", sha, " ", "message is empty"),
    ):
        with pytest.raises(CloneError, match=words):
            await clone.create_tag(name, at, message)
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    with pytest.raises(CloneError, match="who you are"):
        await clone.create_tag("v2", sha, MESSAGE)
    assert repo.git("tag") == "v1.0.0"


async def test_a_tag_is_deleted_only_while_it_is_that_one(repo: Repo, opened: Opener) -> None:
    clone, sha = opened(repo), repo.sha("main")
    made = await clone.create_tag("v1", sha, MESSAGE)
    with pytest.raises(CloneError, match="the tag v1 is") as caught:
        await clone.delete_tag("v1", sha)
    assert "it is kept" in caught.value.sentence()
    await clone.delete_tag("v1", made)
    assert repo.git("tag") == ""
    assert repo.sha(f"refs/console/deleted-tag/{made}") == made
    await clone.delete_tag("v1", made)


async def test_a_tag_is_pushed_once_and_never_over_another(repo: Repo, origin: Repo, opened: Opener) -> None:
    clone, sha = opened(repo), repo.sha("main")
    made = await clone.create_tag("v1", sha, MESSAGE)
    with pytest.raises(CloneError, match="is not"):
        await clone.push_tag("v1", sha)
    await clone.push_tag("v1", made)
    await clone.push_tag("v1", made)
    assert origin.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/tags") == f"refs/tags/v1 {made}"
    await clone.delete_tag("v1", made)
    again = await clone.create_tag("v1", repo.sha("staging"), MESSAGE)
    with pytest.raises(CloneError, match="origin has another tag v1"):
        await clone.push_tag("v1", again)
    assert origin.sha("refs/tags/v1") == made


async def test_hooks_on_both_sides(repo: Repo, origin: Repo, opened: Opener) -> None:
    clone = opened(repo)
    made = await clone.create_tag("v1", repo.sha("main"), MESSAGE)
    script = repo.hook("pre-push", "echo not on a Friday; exit 1")
    with pytest.raises(CloneError, match=r"your pre-push hook .* not on a Friday"):
        await clone.push_tag("v1", made)
    script.unlink()
    hook = origin.hook("pre-receive", "echo tags are protected; exit 1")
    with pytest.raises(CloneError, match="did not arrive at origin: remote: tags are protected"):
        await clone.push_tag("v1", made)
    hook.unlink()
    assert origin.git("tag") == ""
    # The tag arrived, though git says that the push failed: origin's word counts.
    repo.hook("reference-transaction", "true")
    await clone.push_tag("v1", made)
    assert origin.git("tag") == "v1"


async def test_an_origin_that_does_not_answer(repo: Repo, origin: Repo, opened: Opener) -> None:
    clone = opened(repo)
    made = await clone.create_tag("v1", repo.sha("main"), MESSAGE)
    repo.hook("pre-push", f"mv {origin.path} {origin.path}.away")
    with pytest.raises(ConsoleError) as caught:
        await clone.push_tag("v1", made)
    assert not (isinstance(caught.value, OutsideError) and caught.value.known_not_done)
    with pytest.raises(OutsideError, match="does not exist"):
        await clone.remote_tags()
    assert re.fullmatch(r"[0-9a-f]{40}", made)
