"""Which program is run, and what it may see of the environment (RELIABILITY rule 18, T3, T5)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from strideiq_console.providers.child.faults import Teller

_FOR_ALL = "PATH HOME USER LOGNAME LANG LANGUAGE TZ TMPDIR XDG_CONFIG_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR"
_FOR_NETWORK = "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY"
_FOR_WINDOWS = (
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA "
    "PROGRAMDATA PROGRAMFILES TEMP TMP"
)
ALLOWED = frozenset(f"{_FOR_ALL} {_FOR_NETWORK} {_FOR_WINDOWS}".split())


def allowed(environ: Mapping[str, str], extra: Iterable[str] = ()) -> dict[str, str]:
    """Return the part of an environment that a child may see: the usual names, ``LC_*``, and the names in ``extra``.

    The console's own variables (``STRIDEIQ_*``, its tokens among them) never pass, not even when ``extra`` names them (rule 18).
    """
    wanted = ALLOWED | {name.upper() for name in extra}
    return {
        name: value
        for name, value in environ.items()
        if (name.upper() in wanted or name.upper().startswith("LC_")) and not name.upper().startswith("STRIDEIQ_")
    }


def resolve(argv: Sequence[str], cwd: Path | None, env: Mapping[str, str], tell: Teller) -> str:
    """Return the absolute path of the program; never one that is found through the clone or the working directory (T3, T5)."""
    word = argv[0] if argv else ""
    if not word:
        raise tell.missing(word, "names no program")
    if any("\0" in part for part in argv):
        raise tell.missing(word.replace("\0", ""), "has a NUL character among its words")
    if word.startswith("~/"):
        word = str(Path(env.get("HOME", "") or Path.home()) / word[2:])
    if Path(word).is_absolute():
        if not Path(word).is_file():
            raise tell.missing(word, "does not exist")
        return word
    if Path(word).name != word:
        raise tell.missing(word, "is a relative path, and those are not run")
    places, inside = _distrusted(cwd, env), ""
    for entry in next((v for k, v in env.items() if k.upper() == "PATH"), os.defpath).split(os.pathsep):
        folder = Path(entry)
        found = shutil.which(word, path=entry) if entry and folder.is_absolute() else None
        if found is None or Path(found).parent != folder:
            continue
        if not any(p.is_relative_to(q) for p in (folder, folder.resolve()) for q in places):
            return found
        inside = inside or found
    if inside:
        raise tell.missing(word, f"is found in the working folder alone ({inside}), where only an absolute path is run")
    raise tell.missing(word, "is not installed, or not on PATH")


def _distrusted(cwd: Path | None, env: Mapping[str, str]) -> set[Path]:
    """Return the folders that PATH may not lead into; the home folder itself and those above it are no clone."""
    home = Path(env.get("HOME", "") or Path.home())
    roots = {place for root in (cwd, Path.cwd()) if root is not None for place in (root.absolute(), root.resolve())}
    return {place for place in roots if not home.is_relative_to(place)}
