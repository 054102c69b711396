"""Filter drivers: ``git status`` may run their commands, so those that the clone itself defines are silenced on reads."""

from __future__ import annotations

from strideiq_console.providers.git.command import Git, Output

_STANDARD = ("git-lfs clean", "git-lfs smudge", "git-lfs filter-process")
_OWN_SCOPES = ("local", "worktree")


def own_settings(git: Git, pattern: str) -> list[tuple[str, str]]:
    """Return keys and values that match and that the clone's own config (or a file it includes) sets, not the founder's."""
    output: Output = git.read("config", "--show-scope", "-z", "--get-regexp", pattern, allow=(0, 1))
    parts = output.text.split("\0")
    found = []
    for scope, entry in zip(parts[::2], parts[1::2], strict=False):
        key, _, value = entry.partition("\n")
        if scope in _OWN_SCOPES:
            found.append((key, value))
    return found


def silenced_filters(git: Git) -> tuple[str, ...]:
    """Return the ``-c`` options that empty the clone's own filter commands; Git LFS in its standard form stays."""
    options: list[str] = []
    for key, value in own_settings(git, r"^filter\..*\.(clean|smudge|process|required)$"):
        if key.endswith(".required"):
            options += ["-c", f"{key}=false"]
        elif not _plain_lfs(value):
            options += ["-c", f"{key}="]
    return tuple(options)


def _plain_lfs(value: str) -> bool:
    return value.startswith(_STANDARD) and not set(value) & set(";|&$`<>\n\\")
