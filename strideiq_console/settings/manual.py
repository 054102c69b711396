"""Reads ``[manual.NAME]``: values that somebody wrote down, and what only has a day: a restore drill, what staging's data is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from strideiq_console.domain.attested import DATED, RESTORE_DRILL, STAGING_DATA, harmless, last_day
from strideiq_console.domain.metric import Quantity
from strideiq_console.settings.environments import PRODUCTION, STAGING
from strideiq_console.settings.outside import ManualSettings
from strideiq_console.settings.table import Table

_WORDS = (*(str(quantity) for quantity in Quantity), *DATED)


def manual(table: Table, name: str, names: tuple[str, ...]) -> ManualSettings | None:
    """Read one entry; None where it is faulted. ``names`` are all environments."""
    quantity = table.choice("quantity", "", _WORDS)
    dated = quantity in DATED
    environment = table.choice("environment", STAGING if quantity == STAGING_DATA else PRODUCTION, names)
    value = None if dated else table.number("value")
    entered, expires = table.date("entered"), table.date("expires")
    note, evidence = table.text("note"), table.text("evidence")
    needed: dict[str, object] = {"quantity": quantity, "entered": entered}
    if quantity and not dated:
        needed |= {"value": value, "expires": expires}
    for key, given in needed.items():
        if given is None or given == "":
            table.missing(key, "must be given: a value without a date is not told from an old one")
    if entered is not None and expires is not None and expires <= entered:
        table.fault("expires", "must be later than entered")
    if dated:
        _judge_dated(table, quantity, environment, note)
    table.close()
    if not quantity or entered is None or (not dated and (value is None or expires is None)):
        return None
    number = Decimal(str(value)) if value is not None else None
    return ManualSettings(name, quantity, environment, number, entered, _end(entered, expires), note, evidence)


def _end(entered: date, expires: date | None) -> date:
    return expires if expires is not None else last_day(entered)


def _judge_dated(table: Table, quantity: str, environment: str, note: str) -> None:
    """Fault what would make an entry say something else than it seems to."""
    if "value" in table.names:
        table.refuse("value", f"must not be given: {quantity} has a day and no value")
    if quantity == RESTORE_DRILL and environment != PRODUCTION:
        table.fault("environment", "must be production: it is production's backup whose restore is tried")
    if quantity == STAGING_DATA and environment == PRODUCTION:
        table.fault("environment", "must not be production: its data is its users'")
    if quantity == STAGING_DATA and not harmless(note):
        table.missing("note", 'must begin with "synthetic" or "sanitized": that is what is vouched for')
