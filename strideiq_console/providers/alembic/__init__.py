"""Alembic: its migration files read by their syntax tree, and the founder's own command as a child process. Never imported."""

from strideiq_console.providers.alembic.command import AlembicCommand
from strideiq_console.providers.alembic.files import (
    CONFIGS,
    Location,
    locate,
    locate_texts,
    read_files,
    read_folder,
    read_texts,
)
from strideiq_console.providers.alembic.source import read_revision

__all__ = [
    "CONFIGS",
    "AlembicCommand",
    "Location",
    "locate",
    "locate_texts",
    "read_files",
    "read_folder",
    "read_revision",
    "read_texts",
]
