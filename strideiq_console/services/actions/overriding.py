"""Going to main without staging, on a person's word with a reason (R47): the form field, and what speaks against the reason."""

from __future__ import annotations

from strideiq_console.domain.runbook.form import Field
from strideiq_console.services.action import Ask

LEAST_REASON = 10
"""How many characters the reason for passing something by has at least (S7)."""


def overridden(ask: Ask) -> str:
    """Return the reason to go on without staging, ``""`` when none was given or the step does not take one."""
    return ask.entry.get("override", "").strip() if ask.get("aside") == "allowed" else ""


def override_fault(ask: Ask) -> str:
    """Say what is wrong with the reason, or ``""``."""
    short = len(overridden(ask)) < LEAST_REASON
    return f"the reason to go to main first needs {LEAST_REASON} characters or more" if short else ""


def override_field(ask: Ask) -> list[Field]:
    """Return the field for the reason, where the step's argument ``aside`` allows one."""
    if ask.get("aside") != "allowed":
        return []
    hint = f"only when staging is broken for another reason: {LEAST_REASON} characters or more, kept in the journal"
    return [Field("override", "Go to main without staging", hint=hint, required=False)]
