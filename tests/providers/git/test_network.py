"""Fetch, ask, push: judged by what origin says, never by an exit code."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from strideiq_console.domain.fault import CloneError, FaultKind, OutsideError
from strideiq_console.providers.git import network
from strideiq_console.providers.git.command import Git, Output
from strideiq_console.providers.git.faults import outside
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo


@pytest.fixture
def fix(repo: Repo) -> str:
    """A commit on a branch of its own, not pushed."""
    repo.git("switch", "-q", "-c", "hotfix/crash")
    return repo.commit("fix: crash")


def after(
    name: str, deed: Callable[[], object], monkeypatch: pytest.MonkeyPatch, result: Callable[[Output], Output] = lambda o: o
) -> None:
    """Do something right after git has run a command for the first time, and change what git is heard to say."""
    real, left = Git.write, [deed]

    def write(self: Git, *argv: str, **keywords: object) -> Output:
        output = real(self, *argv, **keywords)  # type: ignore[arg-type]
        if argv[0] == name and left:
            left.pop()()
            return result(output)
        return output

    monkeypatch.setattr(Git, "write", write)


def running(pid: str) -> bool:
    """Say whether a process runs; one that has ended and waits to be collected does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


async def test_remote_tip_is_the_exact_branch(repo: Repo, origin: Repo, opened: Opener) -> None:
    origin.git("update-ref", "refs/heads/a/refs/heads/main", repo.sha("staging"))
    assert await opened(repo).remote_tip("main") == repo.sha("main")
    assert await opened(repo).remote_tip("absent") is None


async def test_fetch_brings_and_prunes_and_touches_nothing_else(repo: Repo, origin: Repo, opened: Opener) -> None:
    origin.git("update-ref", "refs/heads/new", repo.sha("staging"))
    origin.git("update-ref", "-d", "refs/heads/feature/import")
    origin.git("update-ref", "refs/heads/main", repo.sha("main~1"))
    origin.git("tag", "v9", "new")
    before = repo.git("for-each-ref", "refs/heads", "refs/tags")
    await opened(repo).fetch()
    assert repo.sha("refs/remotes/origin/new") == repo.sha("staging")
    assert repo.sha("refs/remotes/origin/main") == repo.sha("main~1")
    assert await opened(repo).tip("refs/remotes/origin/feature/import") is None
    assert repo.git("for-each-ref", "refs/heads", "refs/tags") == before
    assert repo.git("status", "--porcelain") == ""


async def test_push_arrives(repo: Repo, origin: Repo, fix: str, opened: Opener) -> None:
    await opened(repo).push("hotfix/crash", fix)
    assert origin.sha("refs/heads/hotfix/crash") == fix
    await opened(repo).push("hotfix/crash", fix)  # a second time is fine
    later = repo.commit("fix: better")
    await opened(repo).push("hotfix/crash", later)
    assert origin.sha("refs/heads/hotfix/crash") == later


@pytest.mark.parametrize("name", ["main", "staging", "MAIN", "Staging"])
async def test_main_and_staging_are_refused_before_git_is_called(
    repo: Repo, opened: Opener, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> Output:
        raise AssertionError("git was called")

    monkeypatch.setattr(Git, "_run", never)
    with pytest.raises(CloneError, match="never pushed to"):
        await opened(repo).push(name, "1" * 40)


@pytest.mark.parametrize(
    "name", ["+main", "-x", "@", "a..b", "x:refs/heads/main", "a b", "refs/heads/main:main", "x\u202e", "", "a.lock"]
)
async def test_names_that_are_refused_before_git_is_called(
    repo: Repo, opened: Opener, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = repo.sha("main")
    clone = opened(repo)
    monkeypatch.setattr(Git, "_run", None)
    for call in (
        lambda: clone.push(name, sha),
        lambda: clone.remote_tip(name),
        lambda: clone.create_branch(name, sha),
        lambda: clone.delete_branch(name, sha),
        lambda: clone.switch(name),
        lambda: clone.pin(name, sha),
        lambda: clone.add_worktree("/nowhere", name),
    ):
        with pytest.raises(CloneError, match="is refused"):
            await call()


@pytest.mark.parametrize("sha", ["HEAD", "main", "+" + "1" * 40, "1" * 39, "--force"])
async def test_only_full_shas_are_pushed(repo: Repo, opened: Opener, sha: str) -> None:
    with pytest.raises(CloneError, match="full SHA"):
        await opened(repo).push("hotfix/crash", sha)


async def test_somebody_else_pushed_first(repo: Repo, origin: Repo, fix: str, opened: Opener) -> None:
    other = repo.git("commit-tree", "-m", "theirs", "-p", repo.sha("main"), repo.sha("main^{tree}"))
    repo.git("push", "-q", "origin", f"{other}:refs/heads/hotfix/crash")
    with pytest.raises(CloneError, match="no fast-forward") as caught:
        await opened(repo).push("hotfix/crash", fix)
    assert other[:7] in caught.value.cause
    assert "never forces" in caught.value.consequence
    assert origin.sha("refs/heads/hotfix/crash") == other


async def test_a_commit_that_the_clone_has_never_seen(repo: Repo, origin: Repo, fix: str, opened: Opener) -> None:
    other = origin.git(
        "-c", "user.name=x", "-c", "user.email=x@example.invalid", "commit-tree", "-m", "t", origin.sha("main^{tree}")
    )
    origin.git("update-ref", "refs/heads/hotfix/crash", other)
    with pytest.raises(CloneError, match="no fast-forward"):
        await opened(repo).push("hotfix/crash", fix)
    assert origin.sha("refs/heads/hotfix/crash") == other


async def test_origin_moves_between_the_look_and_the_push(
    repo: Repo, origin: Repo, fix: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repo.git("commit-tree", "-m", "theirs", "-p", repo.sha("main"), repo.sha("main^{tree}"))
    real = network._forward

    def moved(git: Git, before: str, sha: str) -> bool:
        subprocess.run(["git", "push", "-q", "origin", f"{other}:refs/heads/hotfix/crash"], cwd=repo.path, check=True)
        return real(git, before, sha)

    await opened(repo).push("hotfix/crash", repo.sha("main"))
    monkeypatch.setattr(network, "_forward", moved)
    with pytest.raises(CloneError, match=r"no fast-forward") as caught:
        await opened(repo).push("hotfix/crash", fix)
    assert other[:7] in caught.value.cause
    assert origin.sha("refs/heads/hotfix/crash") == other


async def test_the_answer_is_lost_after_the_deed(repo: Repo, origin: Repo, fix: str, opened: Opener) -> None:
    origin.hook("post-update", "kill -9 $PPID")
    await opened(repo).push("hotfix/crash", fix)
    assert origin.sha("refs/heads/hotfix/crash") == fix


async def test_a_push_that_reports_success_and_did_not_arrive(
    repo: Repo, origin: Repo, fix: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    after("push", lambda: origin.git("update-ref", "-d", "refs/heads/hotfix/crash"), monkeypatch)
    with pytest.raises(CloneError, match="did not arrive"):
        await opened(repo).push("hotfix/crash", fix)


async def test_nobody_knows_when_origin_cannot_be_asked_afterwards(
    repo: Repo, origin: Repo, fix: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = origin.path.with_name("gone")
    after("push", lambda: origin.path.rename(gone), monkeypatch)
    with pytest.raises(OutsideError) as caught:
        await opened(repo).push("hotfix/crash", fix)
    assert not caught.value.known_not_done
    assert Repo(gone).sha("refs/heads/hotfix/crash") == fix


async def test_a_stale_lock_of_the_tracking_ref_does_not_make_an_arrived_push_a_failure(
    repo: Repo, origin: Repo, fix: str, opened: Opener
) -> None:
    lock = repo.path / ".git/refs/remotes/origin/hotfix/crash.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    await opened(repo).push("hotfix/crash", fix)
    assert origin.sha("refs/heads/hotfix/crash") == fix
    assert lock.exists()
    with pytest.raises(CloneError, match="could not be written"):
        await opened(repo).fetch()


async def test_a_failing_pre_push_hook_is_named_with_its_last_lines(repo: Repo, origin: Repo, fix: str, opened: Opener) -> None:
    repo.hook("pre-push", 'i=0; while [ $i -lt 100 ]; do i=$((i+1)); printf "line $i \\033[31m\\n" >&2; done; exit 1')
    with pytest.raises(CloneError, match="pre-push hook") as caught:
        await opened(repo).push("hotfix/crash", fix)
    assert "line 100 ␛[31m" in caught.value.cause
    assert "line 59 " not in caught.value.cause
    assert "never skips hooks" in caught.value.next_step
    assert origin.git("for-each-ref", "refs/heads/hotfix") == ""


async def test_what_a_failing_pre_push_hook_says_on_its_output_is_told_too(repo: Repo, fix: str, opened: Opener) -> None:
    repo.hook("pre-push", "echo not on a Friday; exit 1")
    with pytest.raises(CloneError, match=r"your pre-push hook .* not on a Friday"):
        await opened(repo).push("hotfix/crash", fix)


async def test_the_pre_push_hook_runs(repo: Repo, tmp_path: Path, fix: str, opened: Opener) -> None:
    repo.hook("pre-push", f"cat > {tmp_path / 'ran'}")
    await opened(repo).push("hotfix/crash", fix)
    assert fix in (tmp_path / "ran").read_text()


async def test_origin_refuses_with_its_own_rule(repo: Repo, origin: Repo, fix: str, opened: Opener) -> None:
    origin.hook("pre-receive", 'echo "GH013: secret found \033[2J" >&2; exit 1')
    with pytest.raises(CloneError, match="origin refused") as caught:
        await opened(repo).push("hotfix/crash", fix)
    assert "GH013: secret found ␛[2J" in caught.value.cause
    assert "pre-receive hook declined" in caught.value.cause


async def test_a_hanging_hook_is_ended(
    repo: Repo, origin: Repo, fix: str, opened: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repo.hook("pre-push", f"echo $$ > {tmp_path / 'pid'}; exec sleep 60")
    monkeypatch.setattr(network, "PUSH_SECONDS", 0.5)
    with pytest.raises(CloneError, match=r"did not end within 0\.5 s"):
        await opened(repo).push("hotfix/crash", fix)
    assert not running((tmp_path / "pid").read_text().strip())
    assert origin.git("for-each-ref", "refs/heads/hotfix") == ""


async def test_without_origin(repo: Repo, opened: Opener) -> None:
    repo.git("remote", "remove", "origin")
    with pytest.raises(CloneError, match="no remote named origin") as caught:
        await opened(repo).fetch()
    assert caught.value.next_step.startswith("git remote add")


async def test_origin_is_not_there(repo: Repo, origin: Repo, fix: str, opened: Opener) -> None:
    origin.path.rename(origin.path.with_name("gone"))
    for call in (opened(repo).fetch, lambda: opened(repo).remote_tip("main"), lambda: opened(repo).push("hotfix/crash", fix)):
        with pytest.raises(OutsideError) as caught:
            await call()
        assert caught.value.fault.kind is FaultKind.MISSING


async def test_nobody_listens_at_origin(repo: Repo, opened: Opener) -> None:
    repo.git("remote", "set-url", "origin", "http://founder:hunter2secret@127.0.0.1:9/acme/strideiq.git")
    with pytest.raises(OutsideError) as caught:
        await opened(repo).fetch()
    assert caught.value.fault.kind is FaultKind.UNREACHABLE
    assert "hunter2secret" not in caught.value.sentence()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.", FaultKind.UNAUTHORISED),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", FaultKind.UNAUTHORISED),
        ("fatal: Authentication failed for 'https://github.com/acme/strideiq.git/'", FaultKind.UNAUTHORISED),
        ("ssh: Could not resolve hostname github.com: Temporary failure in name resolution", FaultKind.UNREACHABLE),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", FaultKind.UNREACHABLE),
        ("ERROR: Repository not found.\nfatal: Could not read from remote repository.", FaultKind.MISSING),
        ("fatal: the remote end hung up unexpectedly", FaultKind.SERVER),
        ("", FaultKind.SERVER),
    ],
)
def test_what_gits_words_mean(said: str, kind: FaultKind) -> None:
    error = outside(said, doing="fetching")
    assert error.fault.kind is kind
    assert error.known_not_done == (kind is not FaultKind.SERVER)
    assert error.next_step
