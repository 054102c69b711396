"""``strideiq costs``: the month line by line; export it, write an actual cost down or take that back, show the scaling triggers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from strideiq_console.cli.glance import CODES
from strideiq_console.cli.new_file import write_new
from strideiq_console.cli.parser import Parser, add_global
from strideiq_console.cli.session import READ_DEADLINE, Session
from strideiq_console.domain.policy.month import month_of, triggers
from strideiq_console.domain.policy.scaling import TriggerState
from strideiq_console.domain.reading import Level
from strideiq_console.presentation import costs, costs_export, costs_lines
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.costs_detail import month_lines
from strideiq_console.presentation.costs_json import costs_json
from strideiq_console.presentation.costs_triggers import trigger_lines, triggers_json
from strideiq_console.presentation.draw import table_lines, wrap
from strideiq_console.presentation.freshness import freshness

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

SCHEMA = "strideiq.costs/1"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    output = parser.output if isinstance(parser, Parser) else None
    _add_reading(parser, argparse.SUPPRESS)
    parser.set_defaults(json=False, live=False, stored=False)
    deeds = parser.add_subparsers(dest="deed", metavar="export|enter|take-back|triggers")
    export = deeds.add_parser("export", output=output, help="the table as CSV or Markdown, to standard output or a new file")
    form = export.add_mutually_exclusive_group(required=True)
    form.add_argument("--csv", action="store_true", help="comma-separated values")
    form.add_argument("--markdown", action="store_true", help="a Markdown table with its notes")
    export.add_argument("--output", type=Path, default=None, metavar="FILE", help="a new file that only you can read")
    enter = deeds.add_parser(
        "enter", output=output, help="write down what a line really cost so far; it counts instead of the meter"
    )
    back = deeds.add_parser("take-back", output=output, help="let an entry count no more; it stays on record")
    for deed in (enter, back):
        deed.add_argument("service", metavar="SERVICE", help="its name in the table, such as railway, railway-api or domain")
        deed.add_argument("--environment", default="", metavar="NAME", help="one environment of it; by itself the whole service")
        deed.add_argument("--month", default="", metavar="YYYY-MM", help="by itself the running month")
        deed.add_argument("--note", default="", metavar="TEXT", help="where the amount was read")
    enter.add_argument("amount", metavar="AMOUNT", help="such as 12.40")
    standing = deeds.add_parser("triggers", output=output, help="how far off the scaling triggers are, and what to do then")
    for deed in (export, standing):
        _add_reading(deed, argparse.SUPPRESS)
    for deed in (export, enter, back, standing):
        add_global(deed, argparse.SUPPRESS)


def _add_reading(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument("--json", action="store_true", default=default, help="one JSON document")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--live", action="store_true", default=default, help="read the sources even if the store is fresh")
    source.add_argument("--stored", action="store_true", default=default, help="never read the sources")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Answer with the month's level (0 ok, 1 warning, 3 unknown); an entry or an export ends with 0."""
    if arguments.deed in ("enter", "take-back"):
        return _write(arguments, session)
    if not arguments.live:
        with session.stored() as console:
            if arguments.stored or _fresh(console):
                return _answer(arguments, session, console)

    async def live(console: Console) -> int:
        await console.refresh_once(deadline=READ_DEADLINE)
        return _answer(arguments, session, console)

    return session.live(live)


def _fresh(console: Console) -> bool:
    facts, now = console.facts(), console.clock.now()
    return all(freshness(reading, f"costs/{name}", now).trusted for name, reading in facts.costs.items())


def _answer(arguments: argparse.Namespace, session: Session, console: Console) -> int:
    if arguments.deed == "export":
        return _export(arguments, session, console)
    if arguments.deed == "triggers":
        return _triggers(arguments, session, console)
    facts, now, output = console.facts(), console.clock.now(), session.output
    found = costs.level(facts, now)
    if arguments.json:
        output.json({"schema": SCHEMA, "at": now.isoformat(), "level": str(found), **costs_json(facts, now)})
        return CODES[found]
    shown = costs_lines.table(facts, now, output.glyphs, narrow=output.width < costs_lines.WIDE)
    output.lines(table_lines(shown, output.width))
    output.lines([(), *_wrapped(month_lines(facts, month_of(facts, now), now), output.width)])
    return CODES[found]


def _wrapped(lines: tuple[Line, ...], width: int) -> list[Line]:
    """Return lines as wide as the output; a sentence goes on in the next line."""
    found: list[Line] = []
    for line in lines:
        if len(line) == 1 and len(line[0].text) > width:
            found += [(Cell(part, line[0].tone),) for part in wrap(line[0].text, width, indent="  ")]
        else:
            found.append(line)
    return found


def _export(arguments: argparse.Namespace, session: Session, console: Console) -> int:
    facts, now, output = console.facts(), console.clock.now(), session.output
    made = costs_export.as_csv(facts, now) if arguments.csv else costs_export.as_markdown(facts, now)
    text = str(output.redacted(made.replace("\r\n", "\n")))
    if arguments.output is None:
        output.line(text.rstrip("\n"))
    else:
        write_new(arguments.output, text)
        output.talk(f"Written: {arguments.output}")
    return 0


def _triggers(arguments: argparse.Namespace, session: Session, console: Console) -> int:
    facts, now, output = console.facts(), console.clock.now(), session.output
    standings = triggers(facts, now)
    states = {standing.state for standing in standings}
    unknown = states & {TriggerState.UNKNOWN, TriggerState.NO_SOURCE}
    found = Level.WARNING if TriggerState.FIRED in states else Level.UNKNOWN if unknown else Level.OK
    if arguments.json:
        output.json({"schema": SCHEMA, "at": now.isoformat(), "level": str(found), "triggers": triggers_json(standings)})
    else:
        output.lines(trigger_lines(standings, now, output.glyphs))
    return CODES[found]


def _write(arguments: argparse.Namespace, session: Session) -> int:
    """Write an amount down, or take one back; nothing outside is asked or changed."""
    words = (arguments.service, arguments.environment, arguments.month)

    async def work(console: Console) -> int:
        output = session.output
        before = month_of(console.facts(), console.clock.now())
        if arguments.deed == "enter":
            entry = console.enter_cost(*words, arguments.amount, arguments.note)
            deed = "Entered"
        else:
            entry, deed = console.take_cost_back(*words, arguments.note), "Taken back"
        after = month_of(console.facts(), console.clock.now())
        where = " ".join(filter(None, (entry.service, entry.environment)))
        said = costs_lines.figure(entry.amount, complete=True, currency=after.currency)
        output.line(f"{deed}: {where} {entry.month} {said}")
        if entry.month == after.name:
            output.lines(costs_lines.moved(before, after))
        else:
            output.lines([(Cell(f"it counts for {entry.month}, not for the running month", Tone.MUTED),)])
        return 0

    return session.live(work)
