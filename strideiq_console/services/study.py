"""What a plan stands on, as a runbook's own study of the outside finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from strideiq_console.domain.runbook.model import Step


@dataclass(frozen=True, slots=True)
class Study:
    """``facts`` go into the plan and its fingerprint, ``notes`` beside it; ``observed`` by step id is what previews are made of.

    ``steps`` are set where they follow from what was found; else the runbook's own are taken. ``title`` ``""``: the runbook's
    name and its slug.
    """

    facts: Mapping[str, str]
    notes: tuple[str, ...] = ()
    observed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: tuple[Step, ...] | None = None
    title: str = ""
