"""Who commits and tags: without a name and an address git refuses, so it is asked before anything is changed."""

from __future__ import annotations

from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import NOTHING_CHANGED, words_of


def require_identity(git: Git) -> None:
    """Raise CloneError with the two commands that mend it when git has no name or address for a commit."""
    for role in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        output = git.read("var", role, allow=range(256))
        if output.code != 0:
            raise CloneError(
                f"git does not know who you are: {words_of(output.words)}",
                consequence=NOTHING_CHANGED,
                next_step='run: git config --global user.name "NAME", then: git config --global user.email ADDRESS, then retry',
            )


def signing(git: Git, key: str) -> bool:
    """Say whether the founder's config asks for signatures (``commit.gpgSign``)."""
    return git.read("config", "--type=bool", "--get", key, allow=range(256)).text == "true"
