"""Files that the console writes for the founder to take along: each is new, none takes the place of another."""

from __future__ import annotations

from pathlib import Path

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.settings.new_file import create
from strideiq_console.store.files import private_folder

FOLDER = "exports"
_MOST = 1000


def keep_export(state: Path, name: str, text: str) -> Path:
    """Write a text into the state folder's ``exports`` and return its path; a name that is taken gets a number.

    ConsoleError when the folder or the file cannot be written.
    """
    folder = state / FOLDER
    private_folder(folder)
    wanted = folder / name
    for number in range(1, _MOST):
        path = wanted if number == 1 else wanted.with_stem(f"{wanted.stem}-{number}")
        try:
            create(path, text)
        except FileExistsError:
            continue
        except OSError as error:
            cause = f"{path} cannot be written ({error.strerror})"
            raise ConsoleError(cause, consequence="Nothing was written", next_step="check the disk and its free space") from error
        return path
    raise ConsoleError(f"{folder} is full of exports named {name}", consequence="Nothing was written", next_step="take some away")
