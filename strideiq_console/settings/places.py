"""Where the settings, the state and the clone are, from the command line, the environment and the platform's own folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

APPLICATION = "strideiq-console"
CONFIG_VARIABLE, STATE_VARIABLE = "STRIDEIQ_CONFIG", "STRIDEIQ_STATE"


def config_file(config: Path | None, cwd: Path, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """Return the settings' file, and whether it must exist: one that was named must, the platform's own may be missing."""
    named = str(config) if config is not None else environ.get(CONFIG_VARIABLE, "")
    if named:
        return absolute(named, cwd), True
    return _platform("config", "XDG_CONFIG_HOME", ".config", environ) / "config.toml", False


def state_folder(cwd: Path, environ: Mapping[str, str]) -> tuple[Path, str]:
    """Return the folder of the store and where that was said."""
    named = environ.get(STATE_VARIABLE, "")
    if named:
        return absolute(named, cwd), "environment"
    return _platform("state", "XDG_STATE_HOME", ".local/state", environ), "default"


def clone_root(cwd: Path) -> Path:
    """Return the folder at or above ``cwd`` that holds ``.git``; ``cwd`` itself when there is none."""
    return next((folder for folder in (cwd, *cwd.parents) if there(folder / ".git")), cwd)


def there(path: Path) -> bool:
    """Say whether something stands at ``path``, a dangling link included; what may not be looked at counts as absent."""
    return os.path.lexists(path)


def absolute(text: str, base: Path) -> Path:
    """Return a path, with ``~`` filled in and a relative one taken from ``base``."""
    path = Path(text)
    if path.parts[:1] and path.parts[0].startswith("~"):
        try:
            path = path.expanduser()
        except RuntimeError:
            return base / path
    return Path(os.path.normpath(base / path))


def _platform(kind: str, variable: str, below_home: str, environ: Mapping[str, str]) -> Path:
    if sys.platform == "linux":  # the same answer as platformdirs gives, from the environment that was passed in, and cheaper
        root, home = environ.get(variable, "").strip(), environ.get("HOME", "")
        if root and Path(root).is_absolute():
            return Path(root) / APPLICATION
        if home:
            return Path(home) / below_home / APPLICATION
    import platformdirs

    ask = platformdirs.user_config_path if kind == "config" else platformdirs.user_state_path
    return ask(APPLICATION, appauthor=False)
