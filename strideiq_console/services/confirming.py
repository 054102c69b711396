"""What a step needs of a person before its effect: the confirmation of one step, or of a whole group at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strideiq_console.domain.runbook.execution import EntryKind, Execution, StepRecord, StepState
from strideiq_console.domain.runbook.model import Effect, effects_fingerprint
from strideiq_console.services.action import Findings, Ports, ask_for
from strideiq_console.services.actions import ACTIONS
from strideiq_console.services.consents import ARMS_AFTER, EXPIRES_AFTER, Consents, offer_stands
from strideiq_console.services.record import Record

SHOWN_AGAIN_AFTER = 60.0


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person is shown before an effect: the effects of one step, or of all that are confirmed with it.

    ``members`` are the steps with the effects of each; ``reasons`` are what forbids one of the others to start.
    """

    level: int
    word: str
    database: str
    members: tuple[tuple[StepRecord, tuple[Effect, ...]], ...]
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Return the effects of all members in their order."""
        return tuple(effect for _, effects in self.members for effect in effects)

    @property
    def fingerprint(self) -> str:
        """Return the digits that a confirmation is bound to."""
        return effects_fingerprint(self.effects)


async def offer_of(
    ports: Ports, execution: Execution, record: StepRecord, findings: Findings, effects: tuple[Effect, ...]
) -> Offer:
    """Return what is to be confirmed: this step, and with it the following ones of its group that still wait."""
    highest, level = record, ACTIONS[record.step.verb].level(record.step)
    members, notes, reasons = [(record, effects)], list(findings.notes), []
    for other in _companions(execution, record):
        fellow, asked = ACTIONS[other.step.verb], ask_for(execution, other.step)
        found = await fellow.check(ports, asked)
        reasons += [f"{other.step.title}: {reason}" for reason in found.reasons]
        if found.already is None:
            members.append((other, fellow.preview(ports, asked, found.observed)))
            notes += found.notes
            if fellow.level(other.step) > level:
                highest, level = other, fellow.level(other.step)
    word = word_of(ports, highest) if level >= 3 else ""
    database = ask_for(execution, highest.step).get("database") if level >= 4 else ""
    return Offer(level, word, database, tuple(members), tuple(dict.fromkeys(notes)), tuple(reasons))


def _companions(execution: Execution, record: StepRecord) -> list[StepRecord]:
    """Return the steps after this one that share its group, without a gap, and have not begun."""
    if not record.step.group:
        return []
    place = next(n for n, one in enumerate(execution.records) if one.step.id == record.step.id)
    found = []
    for one in execution.records[place + 1 :]:
        if one.step.group != record.step.group:
            break
        if one.state is StepState.PENDING:
            found.append(one)
    return found


def word_of(ports: Ports, record: StepRecord) -> str:
    """Return the word that level 3 wants typed: the environment's, and production's for what names none; never an empty one."""
    environment = ports.settings.environment(record.step.environment)
    if environment is None and not record.step.environment:
        environment = next((one for one in ports.settings.environments if one.production), None)
    return (environment.word if environment else record.step.environment) or "production"


def confirmed_with_group(record: StepRecord, effects: tuple[Effect, ...], wall: float) -> bool:
    """Say whether the group's confirmation covers this step: exactly these effects, not older than a confirmation may be."""
    return (
        bool(record.step.group)
        and record.confirmed == effects_fingerprint(effects)
        and 0 <= wall - record.confirmed_wall <= EXPIRES_AFTER
    )


def confirm(ports: Ports, journal: Record, consents: Consents, record: StepRecord, offer: Offer) -> bool:
    """Say whether what is offered is confirmed now; write down the offer, or the confirmation of each member."""
    wall, digits = ports.clock.wall(), offer.fingerprint
    planned = all(effects == member.step.effects for member, effects in offer.members)
    if not consents.allows(record, offer.level, digits, offer.word, wall, offer.database, planned=planned):
        lasts = SHOWN_AGAIN_AFTER if offer.level < 4 else EXPIRES_AFTER
        # A clock that was set back would hold an offer of the future open, or a level 4 step unarmed, until it has caught up.
        if record.offered != digits or not 0 <= wall - record.offered_wall < lasts:
            journal.append(EntryKind.OFFERED, step=record.step.id, data={"fingerprint": digits, "wall": wall})
        return False
    for member, effects in offer.members if offer.level >= 2 else ():
        shown = [[effect.sentence, effect.command] for effect in effects]
        data: Mapping[str, Any] = {
            "fingerprint": effects_fingerprint(effects),
            "level": offer.level,
            "effects": shown,
            "word": offer.word,
            "wall": wall,
            **({"database": offer.database} if offer.database else {}),
            **({"offer": digits} if len(offer.members) > 1 else {}),
        }
        journal.append(EntryKind.CONFIRMED, step=member.step.id, data=data)
    return True


def arms_in(record: StepRecord, offer: Offer, wall: float) -> float:
    """Return how many real seconds must pass before a level 4 step can be confirmed; 0 for every other."""
    if offer.level < 4:
        return 0.0
    shown = record.offered_wall if offer_stands(record, offer.fingerprint, wall) else wall
    return max(0.0, shown + ARMS_AFTER - wall)
