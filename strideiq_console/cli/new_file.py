"""A new file that a command was asked to write: what is wrong with its name is told as a mistake of the command line."""

from __future__ import annotations

from pathlib import Path

from strideiq_console.domain.fault import ConsoleError, UsageError
from strideiq_console.settings.new_file import create


def write_new(path: Path, text: str) -> None:
    """Write ``text`` to a new file (0600). UsageError when the name is taken or its folder cannot be used; else ConsoleError."""
    if not path.name:
        raise UsageError(f"{path} is a folder", consequence="Nothing was written", next_step="name a file")
    try:
        create(path, text)
    except FileExistsError:
        raise UsageError(f"{path} exists", consequence="It was not changed", next_step="name another file") from None
    except OSError as error:
        raise _refused(path, error) from None


def _refused(path: Path, error: OSError) -> ConsoleError:
    words = f"{path} cannot be written ({error.strerror})"
    if isinstance(error, (FileNotFoundError, NotADirectoryError, PermissionError, IsADirectoryError)):
        return UsageError(words, consequence="Nothing was written", next_step="name a file in a folder of your own")
    return ConsoleError(words, consequence="Nothing was written", next_step="check the disk and its free space")
