"""Which of the founder's hooks git would run, so that a refusal can be put down to the right one."""

from __future__ import annotations

from strideiq_console.providers.git.command import Git


def hook_path(git: Git, name: str) -> str | None:
    """Return the path of one of the founder's hooks if git would run it."""
    output = git.write("rev-parse", "--git-path", f"hooks/{name}", allow=range(256))
    path = git.folder / output.text
    return output.text if output.code == 0 and path.is_file() and path.stat().st_mode & 0o111 else None
