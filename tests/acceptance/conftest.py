"""A home of its own for each test."""

from pathlib import Path

import pytest

from tests.acceptance.console import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")
