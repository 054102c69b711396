"""Finds the providers' contract pack, which is not part of this repository.

Set ``STRIDEIQ_CONTRACTS`` to its folder, or lay it at ``../shared/contracts`` beside the checkout. Without it the tests that need
it skip with a plain word, unless ``STRIDEIQ_REQUIRE_CONTRACTS`` is set, as CI does: then they fail.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


def folder() -> Path | None:
    """Return the pack's folder, or None."""
    named = os.environ.get("STRIDEIQ_CONTRACTS")
    candidates = [Path(named)] if named else [ROOT.parent / "shared" / "contracts"]
    return next((c for c in candidates if (c / "validate.py").is_file()), None)


def pack() -> Path:
    """Return the pack's folder; skip the test when it is absent, fail when it is required."""
    found = folder()
    if found is None:
        words = "the contract pack is not here: set STRIDEIQ_CONTRACTS to its folder"
        if os.environ.get("STRIDEIQ_REQUIRE_CONTRACTS"):
            pytest.fail(words)
        pytest.skip(words)
    return found


@functools.lru_cache
def _validator(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("strideiq_contract_validate", path / "validate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def validator() -> ModuleType:
    """Return the pack's ``validate`` module: ``openapi(name)`` and ``railway()``."""
    return _validator(pack())
