"""Long runs are collected only when they are asked for: ``make soak``, or ``pytest -m soak tests/soak``."""

from __future__ import annotations

import pytest


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return None if "soak" in (config.option.markexpr or "") else True
