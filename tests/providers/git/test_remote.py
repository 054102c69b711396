"""Addresses of origin: what they name, and what of them is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.providers.git import remote_of, repository_of
from tests.providers.git.repos import Repo


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("git@github.com:acme/strideiq.git", "acme/strideiq"),
        ("github.com:acme/strideiq", "acme/strideiq"),
        ("https://github.com/acme/strideiq.git", "acme/strideiq"),
        ("https://founder:token@github.com/acme/strideiq", "acme/strideiq"),
        ("https://github.com/acme/strideiq/", "acme/strideiq"),
        ("ssh://git@github.com:22/acme/stride.iq.git", "acme/stride.iq"),
        ("http://127.0.0.1:3000/acme/strideiq.git", "acme/strideiq"),
        ("/srv/git/origin.git", ""),
        ("../origin.git", ""),
        ("file:///srv/acme/strideiq.git", ""),
        ("C:\\git\\acme", ""),
        ("C:/git/acme", ""),
        ("https://gitlab.example/group/sub/name.git", ""),
        ("https://github.com/acme/..", ""),
        ("https://github.com/acme/stride iq", ""),
        ("git@github.com:acme/\x1b[31m", ""),
        ("ext::sh -c id", ""),
        ("", ""),
    ],
)
def test_owner_and_name(url: str, name: str) -> None:
    assert repository_of(url) == name


def test_the_address_of_a_clone(repo: Repo, origin: Repo, tmp_path: Path) -> None:
    assert remote_of(repo.path) == str(origin.path)
    repo.git("remote", "set-url", "origin", "https://founder:hunter2secret@github.com/acme/strideiq.git")
    assert remote_of(repo.path) == "https://github.com/acme/strideiq.git"
    repo.git("remote", "remove", "origin")
    assert remote_of(repo.path) is None
    assert remote_of(tmp_path) is None
    assert remote_of(tmp_path / "absent") is None
