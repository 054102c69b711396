"""``strideiq audit verify|show``: walks along the audit log's chain of hashes, or lists its newest rows. From the store alone."""

from __future__ import annotations

import argparse
import re

from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import StoreError, UsageError
from strideiq_console.presentation import audit_lines
from strideiq_console.presentation.draw import table_lines

WHOLE, BROKEN, UNREADABLE = 0, 2, 3
SHOWN, MOST = 20, 10_000
_HASH = re.compile(r"[0-9a-f]{12,64}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    deeds = "verify: walk along the whole chain, 0 whole, 2 broken, 3 not readable; show: the newest rows"
    parser.add_argument("deed", choices=("verify", "show"), metavar="verify|show", help=deeds)
    parser.add_argument("--head", default="", metavar="HASH", help="verify: a hash noted before must still be there")
    parser.add_argument("--limit", type=_rows, default=None, metavar="N", help=f"show: so many rows ({SHOWN} by itself)")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _rows(text: str) -> int:
    value = int(text)
    if not 1 <= value <= MOST:
        raise argparse.ArgumentTypeError(f"between 1 and {MOST}")
    return value


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Verify or show; a store that cannot be read proves nothing, and says so with 3."""
    noted = arguments.head.strip().lower()
    if noted and (arguments.deed != "verify" or not _HASH.fullmatch(noted)):
        raise UsageError(
            "--head takes a hash of 12 to 64 hex digits, with verify", next_step="strideiq audit verify names the head"
        )
    if arguments.limit is not None and arguments.deed != "show":
        raise UsageError("--limit belongs to show", next_step="strideiq audit show --limit N")
    try:
        if arguments.deed == "show":
            return _show(arguments, session)
        return _verify(session, noted, as_json=arguments.json)
    except StoreError as error:
        session.output.talk(f"strideiq: {error.sentence()}")
        return UNREADABLE


def _verify(session: Session, noted: str, *, as_json: bool) -> int:
    output = session.output
    with session.stored() as console:
        chain = console.audit_chain(noted)
    if as_json:
        output.json(audit_lines.chain_document(chain))
    else:
        output.lines(audit_lines.chain_lines(chain, output.glyphs, noted=noted))
    return WHOLE if chain.whole else BROKEN


def _show(arguments: argparse.Namespace, session: Session) -> int:
    output = session.output
    with session.stored() as console:
        rows = console.audit_rows(arguments.limit or SHOWN)
    if arguments.json:
        output.json(audit_lines.rows_json(rows))
    else:
        output.lines(table_lines(audit_lines.rows_table(rows), output.width))
    return 0
