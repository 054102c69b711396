"""Conversations with origin: ask for a tip, fetch, push. A push is judged by what origin says afterwards, never by an exit code."""

from __future__ import annotations

import re
from collections.abc import Collection

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.fault import CloneError, Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git, Output
from strideiq_console.providers.git.faults import NOTHING_CHANGED, lock_in, outside, tail_of, words_of
from strideiq_console.providers.git.hooks import hook_path
from strideiq_console.providers.git.refs import checked_name, is_ancestor
from strideiq_console.providers.git.remote import origin_address
from strideiq_console.providers.git.transport import inspect_transport

EVERY = range(256)
LS_SECONDS = 30.0
FETCH_SECONDS = 300.0
PUSH_SECONDS = 600.0

_REJECTED = re.compile(r"^!\t[^\t]*\t\[(?P<who>remote rejected|rejected|remote failure)\] ?(?P<why>.*)$", re.MULTILINE)
_NOT_FORWARD = ("non-fast-forward", "fetch first", "stale info", "needs force")


def remote_tip(git: Git, branch: str) -> str | None:
    """Ask origin for the tip of a branch. OutsideError when origin does not answer."""
    checked_name(branch)
    ready(git)
    ref = f"refs/heads/{branch}"
    output = git.ask("ls-remote", "--upload-pack=git-upload-pack", "--", "origin", ref, allow=EVERY, seconds=LS_SECONDS)
    if output.code != 0:
        raise outside(output.words, doing="asking for its branches")
    for line in output.text.split("\n"):
        # The pattern also matches refs that merely end like this one.
        sha, _, name = line.partition("\t")
        if name == ref and is_sha(sha):
            return sha
    return None


def fetch(git: Git) -> None:
    """Bring ``refs/remotes/origin/*`` up to date. Work tree, index, own branches and tags stay as they are."""
    ready(git)
    output = git.ask(
        "fetch",
        "--prune",
        "--no-tags",
        "--no-recurse-submodules",
        "--no-auto-gc",
        "--refmap=",
        "--upload-pack=git-upload-pack",
        "origin",
        "+refs/heads/*:refs/remotes/origin/*",
        allow=EVERY,
        seconds=FETCH_SECONDS,
    )
    if output.code == 0:
        return
    if lock_in(output.words) is not None or "cannot lock ref" in output.words:
        raise CloneError(
            f"fetched, but a ref could not be written: {words_of(output.words)}",
            consequence="some of origin's branches are shown older than they are",
            next_step="if no other git runs, delete the lock file that is named, then retry",
        )
    raise outside(output.words, doing="fetching")


def push(git: Git, branch: str, sha: str, *, permanent: Collection[str]) -> None:
    """Push a commit to a branch of origin as a fast-forward, and read back.

    CloneError: it did not arrive, and origin says so. OutsideError with ``known_not_done`` false: nobody knows yet.
    """
    checked_name(branch)
    if branch.casefold() in {name.casefold() for name in permanent}:
        raise CloneError(
            f"{branch} is never pushed to",
            consequence="git was not called",
            next_step=f"open a pull request to {branch}",
        )
    if not is_sha(sha):
        raise CloneError("only a full SHA is pushed", consequence="git was not called")
    before = remote_tip(git, branch)
    if before == sha:
        return
    if before is not None and not _forward(git, before, sha):
        raise _diverged(branch, before, sha)
    said = send(git, f"{sha}:refs/heads/{branch}")
    _read_back(git, branch, sha, before, said)


def send(git: Git, refspec: str) -> Output:
    """Push one full refspec, whatever git's exit code is. The caller asks origin what became of it."""
    return git.write(
        "push",
        "--porcelain",
        "--no-follow-tags",
        "--no-signed",
        "--recurse-submodules=no",
        "--receive-pack=git-receive-pack",
        "origin",
        refspec,
        allow=EVERY,
        seconds=PUSH_SECONDS,
    )


def refused_early(said: Output) -> OutsideError | None:
    """Return why a push never left, where git's own words leave no doubt of it."""
    early = outside(said.words, doing="pushing") if said.code else None
    return early if early is not None and early.known_not_done else None


def in_doubt(what: str, error: OutsideError) -> OutsideError:
    """Return the fault of a push after which origin does not answer."""
    fault = Fault(
        FaultKind.UNREACHABLE,
        "git",
        f"{what} was sent, and origin cannot be asked what became of it: {error.fault.cause}",
        "It is not sent again before origin has answered",
        "resume when the network is back: origin is asked first",
    )
    return OutsideError(fault, known_not_done=False)


def _read_back(git: Git, branch: str, sha: str, before: str | None, said: Output) -> None:
    try:
        now = remote_tip(git, branch)
    except OutsideError as error:
        early = refused_early(said)
        if early is not None:
            raise _as_clone_error(early) from error
        raise in_doubt(f"the push of {branch}", error) from error
    if now == sha:
        return
    raise _not_arrived(git, branch, sha, before, now, said)


def _not_arrived(git: Git, branch: str, sha: str, before: str | None, now: str | None, said: Output) -> CloneError:
    """Say why origin's branch is not what was pushed."""
    rejected = _REJECTED.search(said.text)
    if (rejected and any(word in rejected["why"] for word in _NOT_FORWARD)) or (now is not None and now != before):
        return _diverged(branch, now or before, sha)
    if rejected and rejected["who"] != "rejected":
        return CloneError(
            f"origin refused {branch} {clean_line(rejected['why'], limit=200)}: {_remote_words(said.words)}",
            consequence=f"origin's {branch} stays as it was; your commits are safe here",
            next_step="do what origin asks for, then retry",
        )
    hook = hook_path(git, "pre-push")
    if hook is not None and said.code != 0 and "fatal:" not in said.words and not rejected:
        return CloneError(
            f"your pre-push hook ({hook}) stopped the push: {tail_of(said.text + chr(10) + said.words)}",
            consequence="nothing was pushed; your commits are safe here",
            next_step="mend what the hook complains about, then retry; the console never skips hooks",
        )
    early = outside(said.words, doing="pushing")
    if early.known_not_done:
        return _as_clone_error(early)
    return CloneError(
        f"the push of {branch} did not arrive (origin has {short_sha(now)}): {words_of(said.text + chr(10) + said.words)}",
        consequence="your commits are safe here",
        next_step="retry; origin is asked first",
    )


def _as_clone_error(error: OutsideError) -> CloneError:
    return CloneError(error.cause, consequence="nothing was pushed; your commits are safe here", next_step=error.next_step)


def _remote_words(said: str) -> str:
    """Return what origin itself said, such as the rule that it enforces."""
    told = "\n".join(line for line in said.splitlines() if line.startswith("remote:") and line.removeprefix("remote:").strip())
    return words_of(told or said, lines=6)


def _forward(git: Git, before: str, sha: str) -> bool:
    try:
        return is_ancestor(git, before, sha)
    except CloneError:
        # The clone has never seen origin's commit: somebody else pushed it, so this cannot be a fast-forward.
        return False


def _diverged(branch: str, there: str | None, sha: str) -> CloneError:
    return CloneError(
        f"{branch} at origin is {short_sha(there)}, which {short_sha(sha)} does not contain: this is no fast-forward",
        consequence=f"{NOTHING_CHANGED}, both tips stay; the console never forces",
        next_step=f"fetch, look at origin/{branch}, merge or rebase with your own git, then retry; or choose another branch name",
    )


def ready(git: Git) -> None:
    """Raise CloneError when there is no origin, or when the clone's own config would run something on the way there."""
    if origin_address(git) is None:
        raise CloneError(
            "the clone has no remote named origin",
            consequence="there is nothing to fetch from or push to",
            next_step="git remote add origin ADDRESS",
        )
    inspect_transport(git)
