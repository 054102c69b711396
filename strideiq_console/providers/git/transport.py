"""What a clone's own config would run on the way to origin. Commands in it are refused; the founder's global config is trusted.

An attacker who can write into ``.git/config`` of a clone that somebody opens must not thereby run programs. People do set
``core.sshCommand`` for one clone (another key), so a plain call of ssh passes; one with shell marks or a proxy command does not.
"""

from __future__ import annotations

import re

from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.filters import own_settings

_KEYS = r"^(core\.(sshcommand|gitproxy|alternaterefscommand)|credential\.(.*\.)?helper|remote\..*\.(vcs|uploadpack|receivepack))$"
_SSH = re.compile(r"(?:/(?:usr/(?:local/)?bin|bin|opt/homebrew/bin)/)?ssh(?: [^;|&$`<>\\\n(){}'\"*?~!#]*|(?: ~/[\w./-]+))*\Z")
_SSH_RUNS = re.compile(
    r"(?i)proxycommand|localcommand|knownhostscommand|pkcs11|securitykeyprovider|match\s+exec|(?:^|\s)-[a-zA-Z0-9]*F"
)
_HELPER = re.compile(r"[a-z0-9][a-z0-9-]*(?: --?[a-z0-9][\w=.-]*)*\Z")
_HARMLESS = frozenset({"git-upload-pack", "git-receive-pack", "none", ""})


def inspect_transport(git: Git) -> None:
    """Raise CloneError when the clone's own config would run something unusual on the way to origin."""
    for key, value in own_settings(git, _KEYS):
        if not _usual(key, value):
            name, shown = clean_line(key, limit=100), git.redact(clean_line(value, limit=200))
            raise CloneError(
                f"the clone's own config sets {name} to a command: {shown}",
                consequence="origin is not asked, since that command would run",
                next_step=f"if it is yours, move it to your own config: git config --global {name} '…'",
            )


def _usual(key: str, value: str) -> bool:
    name = key.rpartition(".")[2].lower()
    if value in _HARMLESS:
        return True
    if name == "sshcommand":
        return _SSH.match(value) is not None and _SSH_RUNS.search(value) is None
    if name == "helper":
        return _HELPER.match(value) is not None
    return False
