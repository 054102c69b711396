"""Long runs are collected only when they are asked for: ``pytest -m soak tests/soak``."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: runs for minutes to an hour; not part of make test")


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return None if "soak" in (config.option.markexpr or "") else True
