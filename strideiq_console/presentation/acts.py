"""What can be done with a row (``a``), each with its letter; what cannot be done now says which rule blocks it and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do with the row under the cursor, or with the marked rows.

    ``runbook`` with ``inputs`` starts a runbook: everything that changes something outside goes through one. Otherwise ``action``
    is an action of the screen, as a binding names it (``log``, ``app.theme``). ``why_not`` is ``""``, or the sentence that says
    which rule blocks it now and the next key or command that helps. ``key`` is the key that does the same without the menu.
    """

    letter: str
    title: str
    runbook: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    action: str = ""
    why_not: str = ""
    key: str = ""
