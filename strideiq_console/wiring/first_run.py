"""What a first run needs: a look around, and the keyring for writing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from strideiq_console.cli.context import Around, Options
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.secret import Redactor
from strideiq_console.services.clock import SystemClock
from strideiq_console.settings.tokens import Tokens
from strideiq_console.settings.vault import Vault

if TYPE_CHECKING:
    pass


class Keyring(Vault):
    """The keyring for writing, together with where each secret comes from at present."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self.names = tokens.names
        self.origin = tokens.origin


def look_around(options: Options, environ: Mapping[str, str]) -> Around:
    """Look around for a first run."""
    import asyncio

    from strideiq_console.domain.fault import CloneError
    from strideiq_console.providers.git import GitClone, remote_of, repository_of
    from strideiq_console.settings import discovery, places

    if options.world is not None:
        raise UsageError("a simulated world has its own settings", next_step="leave --world out")
    cwd = Path.cwd()
    file, _ = places.config_file(options.config, cwd, environ)
    clone = places.clone_root(cwd)
    fault = ""
    names: tuple[str, ...] = ()
    try:
        reader = GitClone(clone, clock=SystemClock(), main="main", staging="staging", redact=Redactor())
        names = tuple(branch.name for branch in asyncio.run(reader.branches()))
    except CloneError as error:
        fault = error.sentence()
    home = environ.get("HOME", "")
    found = discovery.discover(clone, Path(home) if home else None) if not fault else discovery.Found()
    repository = repository_of(remote_of(clone) or "")
    return Around(clone, file, places.there(file), repository, names, found, fault)
