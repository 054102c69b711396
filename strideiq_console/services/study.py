"""What a plan stands on, as a runbook's own study of the outside finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Study:
    """``facts`` go into the plan and its fingerprint, ``notes`` beside it; ``observed`` by step id is what previews are made of."""

    facts: Mapping[str, str]
    notes: tuple[str, ...] = ()
    observed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
