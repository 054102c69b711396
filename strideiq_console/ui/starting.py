"""How a runbook begins: a few fields, the plan as a whole, and only then an entry in the journal. A dry run ends with the plan."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from textual.app import App

from strideiq_console.domain.branch import propose_slug, slug_fault
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.policy.incidents import SEVERITIES
from strideiq_console.domain.policy.protection import APPROVALS
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.domain.runbook.model import Input, Runbook
from strideiq_console.domain.version import parse
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.screens.ask import InputDialog
from strideiq_console.ui.screens.planned import DRY, plan_dialog
from strideiq_console.ui.screens.reading import fault_dialog

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

_CHOICES = {"severity": tuple(SEVERITIES), "approvals": APPROVALS}
_COMMIT = re.compile(r"[0-9a-fA-F]{7,40}\Z")


NOTHING: Mapping[str, str] = MappingProxyType({})


async def begin(
    app: App[int],
    services: Console,
    runbook: Runbook,
    glyphs: Glyphs,
    *,
    dry: bool = False,
    given: Mapping[str, str] = NOTHING,
) -> Execution | None:
    """Ask for the inputs, plan, show the plan, and start it when the person wants it; None when not, and always when ``dry``.

    Runs in a worker, for it waits for dialogs and for planning. A fault is said in a dialog, and what was filled in stays. What is
    ``given`` (by an :class:`Act`) is known and not asked for again; a runbook that then asks for nothing goes on to its plan.
    """
    engine = services.engine
    if engine is None:
        app.notify(services.read_only, title="Read only", severity="warning", markup=False)
        return None
    inputs: dict[str, str] = {}
    wanted = tuple(one for one in runbook.inputs if one.name not in given)
    while True:
        if wanted:
            filled = await app.push_screen_wait(_form(services, runbook, wanted, inputs, glyphs, dry=dry))
            if filled is None:
                return None
            inputs = {name: value for name, value in filled.items() if value}
        app.notify(f"Planning {runbook.name}…", timeout=2, markup=False)
        try:
            plan = await engine.plan(runbook.name, {**given, **inputs})
            app.clear_notifications()
            title, go = (DRY, "") if dry else ("Plan: nothing is done yet", "Start")
            if not await app.push_screen_wait(plan_dialog(plan, glyphs, services.clock, title=title, go=go)) or dry:
                return None
            return await engine.start(plan)
        except ConsoleError as error:
            app.clear_notifications()
            title = glyphs.plain(f"{runbook.name} cannot start")
            await app.push_screen_wait(fault_dialog(error, services.clock, title=title))
        if not wanted:
            return None
        # What was filled in is not lost: another word may be all that is wanted.


def _form(
    services: Console, runbook: Runbook, wanted: Sequence[Input], inputs: Mapping[str, str], glyphs: Glyphs, *, dry: bool
) -> InputDialog:
    return InputDialog(
        [replace(asked(one), default=inputs.get(one.name, "" if inputs else one.default)) for one in wanted],
        services.clock,
        title=glyphs.plain(f"{runbook.title}: dry run" if dry else runbook.title),
        judge=lambda name, value: fault_of_input(runbook, name, value),
        propose=proposal,
        go="Plan",
    )


def asked(wanted: Input) -> Input:
    """Return an input as it is asked for: with its choices where the domain knows that there are no others."""
    known = _CHOICES.get(wanted.name, ())
    return replace(wanted, choices=known) if known and not wanted.choices else wanted


def fault_of_input(runbook: Runbook, name: str, value: str) -> str:
    """Say what is wrong with an input of a runbook, or ``""``; the plan judges what only the outside can tell."""
    wanted = next((one for one in runbook.inputs if one.name == name), None)
    if not value:
        return f"{wanted.title} is missing" if wanted is not None and not wanted.optional else ""
    if wanted is not None and wanted.choices and value not in wanted.choices:
        return f"{name} is one of {', '.join(wanted.choices)}"
    if name == "slug":
        return slug_fault(value) or ""
    if name in _CHOICES and value not in _CHOICES[name]:
        return f"{name} is one of {', '.join(_CHOICES[name])}"
    if name == "version" and value not in ("auto", "major", "minor", "patch") and parse(value) is None:
        return "a version is written v1.2.3"
    if name in ("sha", "commit", "blame") and not _COMMIT.match(value):
        return "a commit is named by 7 to 40 of 0-9 and a-f"
    return ""


def proposal(name: str, value: str) -> str:
    """Return the slug that free text becomes, ``""`` where the text is one already or makes none (R20)."""
    better = propose_slug(value) if name == "slug" and value.strip() and slug_fault(value) else ""
    return better if better and not slug_fault(better) else ""
