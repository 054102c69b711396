"""Hand-made forms, and standings that ask for them."""

from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.runbook.form import Field, FieldKind, Form, Option
from strideiq_console.domain.runbook.standing import Standing

from .made_standings import gate, question

COMMIT = Form(
    "Commit on feature/training-calendar",
    (
        Field(
            "files",
            "Files",
            FieldKind.FILES,
            options=(
                Option("app/calendar.py", "app/calendar.py", "new, 4 kB"),
                Option("app/routes.py", "app/routes.py", "changed, 12 kB"),
                Option(".env", ".env", "new, 1 kB", refused="looks like secrets: never committed"),
                Option("web/calendar.tsx", "web/calendar.tsx", "new, 9 kB; line ends only"),
            ),
        ),
        Field("message", "Message", FieldKind.TEXT, hint="feat(auth): remember the device", default="feat: "),
        Field("more", "Another commit", FieldKind.CHOICE, options=(Option("yes", "another after this one"),), required=False),
    ),
    notes=(".env holds what looks like a token: it cannot be picked",),
    go="Commit",
)
OVERRIDE = Form(
    "Pass unmet gates by",
    (Field("override", "Reason", hint="10 characters or more; it is kept in the journal"),),
    ("staging verified: nobody has verified 51d09aa", "1 approval is missing"),
    go="Pass by",
)


def commit_question() -> Standing:
    """The form of a commit, at a step that names the folder it works in."""
    asked = question()
    assert asked.record is not None
    step = replace(asked.record.step, arguments=(*asked.record.step.arguments, ("place", "clone")))
    return replace(asked, record=replace(asked.record, step=step), form=COMMIT)


def gate_with_override() -> Standing:
    return replace(gate(), form=OVERRIDE)
