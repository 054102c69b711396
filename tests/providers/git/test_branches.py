"""Branches, their figures and the ladder; names that somebody made to hurt."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from strideiq_console.domain.branch import Branch, BranchKind
from strideiq_console.domain.commit import Divergence
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.git import branches as module
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo

HOSTILE = ["+main", "-x", "@", "a\u202emain", "z\u200bero", "con\u0085trol", "x" * 120]
ODD = [
    "ünïcödé",
    "]bracket/]",
    "br(a)ck{e}ts",
    "semi;colon",
    "$(touch${IFS}canary)",
    "back`tick`",
    "emoji/🏃",
    "a#b",
    "tag",
    "%(refname)",
]


def by_name(branches: tuple[Branch, ...]) -> dict[str, Branch]:
    return {branch.name: branch for branch in branches}


async def test_local_and_remote_are_joined_and_the_newest_comes_first(repo: Repo, opened: Opener) -> None:
    repo.git("fetch", "-q", "origin")
    repo.git("remote", "set-head", "origin", "main")
    repo.git("branch", "-D", "staging")
    found = await opened(repo).branches()
    assert [b.name for b in found] == ["feature/import", "staging", "main"]
    assert [b.kind for b in found] == [BranchKind.FEATURE, BranchKind.STAGING, BranchKind.MAIN]
    feature, staging, main = found
    assert (feature.against_main, feature.against_staging) == (Divergence(3, 0), Divergence(2, 0))
    assert (staging.local, staging.remote, staging.unpushed) == (None, staging.tip.sha, None)
    assert (staging.against_main, main.against_staging) == (Divergence(1, 0), Divergence(0, 1))
    assert main.checked_out
    assert not staging.checked_out


async def test_unpushed_work_and_stale_local_branches(repo: Repo, opened: Opener) -> None:
    repo.git("switch", "-q", "feature/import")
    ahead = repo.commit("feat: not pushed yet", at=1_700_000_900)
    repo.git("branch", "-f", "main", "main~1")
    found = by_name(await opened(repo).branches())
    assert (found["feature/import"].tip.sha, found["feature/import"].unpushed) == (ahead, 1)
    assert found["feature/import"].against_main == Divergence(4, 0)
    stale = found["main"]
    assert (stale.tip.sha, stale.unpushed, stale.against_main) == (stale.remote, 0, Divergence(0, 0))
    assert stale.local != stale.remote


async def test_figures_equal_gits_own(repo: Repo, opened: Opener) -> None:
    """A tangle of merges: every figure of the one walk against git's count of that pair."""
    for number in range(12):
        repo.git("switch", "-q", "-c", f"feature/n{number}", "main" if number % 3 else "staging")
        for step in range(number % 4 + 1):
            repo.commit(f"n{number} {step}", file=f"n{number}")
        if number > 2:
            repo.git("merge", "-q", "--no-edit", f"feature/n{number - 2}")
        if number % 4 == 1:
            repo.git("push", "-q", "origin", f"feature/n{number}")
            repo.commit(f"n{number} more", file=f"n{number}")
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "--no-edit", "feature/n4")
    for branch in await opened(repo).branches():
        for base, seen in (("origin/main", branch.against_main), ("origin/staging", branch.against_staging)):
            left, right = repo.git("rev-list", "--left-right", "--count", f"{branch.tip.sha}...{base}").split()
            assert seen == Divergence(int(left), int(right)), branch.name
        if branch.local and branch.remote:
            assert branch.unpushed == int(repo.git("rev-list", "--count", branch.local, f"^{branch.remote}"))


async def test_a_history_too_long_to_walk_counts_the_newest_branches(
    repo: Repo, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await opened(repo).branches()
    monkeypatch.setattr(module, "MOST_COMMITS", 3)
    assert await opened(repo).branches() == whole
    monkeypatch.setattr(module, "COUNTED_ALONE", 1)
    cut = by_name(await opened(repo).branches())
    assert cut["feature/import"].against_main == Divergence(3, 0)
    assert cut["main"].against_main is None


async def test_more_branches_than_the_cap_keep_the_permanent_ones(
    repo: Repo, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = repo.commit("newest", at=1_700_009_999)
    repo.git("update-ref", "--stdin", text="".join(f"create refs/heads/b{n} {tip}\n" for n in range(30)))
    repo.git("reset", "-q", "--hard", "HEAD~1")
    monkeypatch.setattr(module, "MOST_BRANCHES", 10)
    found = by_name(await opened(repo).branches())
    assert len(found) <= 10
    assert found["main"].remote is not None
    assert found["staging"].remote is not None


async def test_without_origin_or_without_staging(tmp_path: Path, opened: Opener) -> None:
    repo = Repo.init(tmp_path / "alone")
    repo.commit("one")
    repo.git("switch", "-q", "-c", "experimental/x")
    repo.commit("two")
    found = by_name(await opened(repo).branches())
    experimental = found["experimental/x"]
    assert (experimental.kind, experimental.against_main) == (BranchKind.UNCLASSIFIED, Divergence(1, 0))
    assert (experimental.against_staging, experimental.remote, experimental.unpushed) == (None, None, None)
    repo.git("branch", "-m", "main", "trunk")
    assert by_name(await opened(repo).branches())["trunk"].against_main is None


async def test_unrelated_histories(repo: Repo, opened: Opener) -> None:
    repo.git("switch", "-q", "--orphan", "pages")
    repo.commit("pages")
    assert by_name(await opened(repo).branches())["pages"].against_main == Divergence(1, 2)


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_are_shown_clean_and_marked(repo: Repo, opened: Opener, name: str) -> None:
    repo.git("update-ref", f"refs/heads/{name}", "HEAD")
    found = [b for b in await opened(repo).branches() if b.hostile]
    assert len(found) == 1
    assert is_clean(found[0].name)


@pytest.mark.parametrize("name", ODD)
async def test_odd_names_are_only_names(repo: Repo, opened: Opener, name: str) -> None:
    repo.git("update-ref", f"refs/heads/{name}", "HEAD")
    repo.git("tag", "tag")
    assert name in by_name(await opened(repo).branches())


async def test_names_that_are_no_utf_8(repo: Repo, opened: Opener) -> None:
    head = repo.sha("HEAD")
    subprocess.run([b"git", b"update-ref", b"refs/heads/caf\xe9", head.encode()], cwd=repo.path, check=True)
    found = [b for b in await opened(repo).branches() if b.hostile]
    assert [b.name for b in found] == ["caf\ufffd"]


async def test_subjects_and_authors_come_out_clean(repo: Repo, opened: Opener) -> None:
    repo.git("switch", "-q", "-c", "feature/evil")
    repo.commit("\x1b]52;c;aGk=\x07 [/x] [@click=app.quit]x[/] \u202edrawkcab\u0085", author="ev\x1b[31mil\u200b")
    tip = by_name(await opened(repo).branches())["feature/evil"].tip
    assert is_clean(tip.subject)
    assert is_clean(tip.author)
    assert tip.subject.startswith("␛]52;c;aGk=␇ [/x] [@click=app.quit]x[/]")
    (seen,) = await opened(repo).commits(repo.sha("main"), tip.sha)
    assert (seen.subject, seen.author) == (tip.subject, tip.author)


async def test_a_subject_of_500_characters_is_whole(repo: Repo, opened: Opener) -> None:
    repo.commit("é" * 500)
    assert by_name(await opened(repo).branches())["main"].tip.subject == "é" * 500


async def test_forged_dates(repo: Repo, opened: Opener) -> None:
    tree = repo.sha("HEAD^{tree}")
    who = "founder <f@example.invalid> 99999999999999999 +0000"
    raw = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nfrom the future\n"
    sha = repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", text=raw)
    repo.git("update-ref", "refs/heads/future", sha)
    assert "future" in by_name(await opened(repo).branches())


async def test_promotion_ladder(repo: Repo, opened: Opener) -> None:
    repo.git("switch", "-q", "feature/import")
    promotion = await opened(repo).promotion()
    assert (promotion.to_staging, promotion.to_main, promotion.staging_behind) == (2, 1, 0)
    assert [c.subject for c in promotion.riders] == ["feat: coach"]


async def test_a_merge_on_main_puts_staging_one_behind(repo: Repo, opened: Opener) -> None:
    repo.git("merge", "-q", "--no-ff", "--no-edit", "staging")
    repo.git("push", "-q", "origin", "main")
    promotion = await opened(repo).promotion()
    assert (promotion.to_main, promotion.staging_behind, promotion.riders) == (0, 1, ())


async def test_promotion_without_staging(repo: Repo, opened: Opener) -> None:
    repo.git("update-ref", "-d", "refs/remotes/origin/staging")
    repo.git("update-ref", "-d", "refs/heads/staging")
    promotion = await opened(repo).promotion()
    assert (promotion.to_staging, promotion.to_main, promotion.staging_behind) == (None, None, None)
