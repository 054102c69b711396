"""The arming time of level 4 is shortened here, and is what it was for every other test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from strideiq_console.services import confirming, consents


@pytest.fixture(autouse=True)
def arming_time() -> Iterator[None]:
    before = consents.ARMS_AFTER, confirming.ARMS_AFTER
    yield
    consents.ARMS_AFTER, confirming.ARMS_AFTER = before
