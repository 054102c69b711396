"""Origin's address, told without credentials, and the ``owner/name`` in it."""

from __future__ import annotations

import re
from pathlib import Path

from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.secret import Redactor, without_userinfo
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.git.command import Git

_PATH = re.compile(r"/?([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100}?)(?:\.git)?/?\Z")
_URL = re.compile(r"(?:https?|ssh|git)://(?:[^/@\s]*@)?[^/\s:]+(?::\d+)?(/.+)\Z")
_SCP = re.compile(r"(?:[^/@\s:]+@)?[^/\s:@]{2,}:(?!//)(.+)\Z")


def origin_address(git: Git) -> str | None:
    """Return origin's address without user name and password, None when there is no origin."""
    output = git.read("remote", "get-url", "origin", allow=(0, 2, 128))
    if output.code != 0 or not output.text:
        return None
    return without_userinfo(output.text.split("\n")[0])


def remote_of(path: Path) -> str | None:
    """Return the address of origin of the clone around ``path``, without credentials; None when there is no clone or no origin."""
    if not path.is_dir():
        return None
    try:
        return origin_address(Git(path, redact=Redactor()))
    except CloneError:
        # No git, no clone, or one that git does not trust: there is no address to be had, and status() says why.
        return None


def repository_of(url: str) -> str:
    """Return ``owner/name`` of an address on a code host; ``""`` for a folder, or whatever else names no repository."""
    if not is_clean(url):
        return ""
    match = _URL.match(url) or _SCP.match(url)
    path = _PATH.match(match[1]) if match else None
    if path is None or path[2] in (".", "..", ".git"):
        return ""
    return f"{path[1]}/{path[2]}"
