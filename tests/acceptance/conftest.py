"""A home of its own for each test."""

from pathlib import Path

import pytest

from strideiq_console.services import confirming, consents
from tests.acceptance.console import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


@pytest.fixture(autouse=True)
def arming_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test shortens of level 4's arming time is what it was for the next one."""
    for module in (consents, confirming):
        monkeypatch.setattr(module, "ARMS_AFTER", module.ARMS_AFTER)
