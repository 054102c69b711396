"""The command line's entrance: reads the words, runs the verb, and turns every fault into a sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from strideiq_console.cli import errors, parser
from strideiq_console.cli.context import Options, Wiring
from strideiq_console.cli.output import Output
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import ConsoleError


def main(
    argv: Sequence[str],
    wiring: Wiring,
    *,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    stdin: TextIO | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Run one command; return its exit code. Nothing is raised for a fault of any kind."""
    environ = os.environ if environ is None else environ
    output = Output(stdout or sys.stdout, stderr or sys.stderr, stdin or sys.stdin, environ)
    session = Session(Options(), wiring, output, environ)
    try:
        code = _run(argv, session)
    except ConsoleError as error:
        output.talk(f"strideiq: {error.sentence()}")
        code = errors.exit_code(error)
    except KeyboardInterrupt:
        output.talk("strideiq: interrupted; what is unfinished can be resumed: strideiq runs")
        code = errors.INTERRUPTED
    except SystemExit as error:  # argparse after --help and --version
        code = error.code if isinstance(error.code, int) else 0
    except Exception as error:  # noqa: BLE001 - the last wall: a fault of the console's own becomes one line and a report
        code = _crashed(error, session)
    output.flush()
    return code


def _run(argv: Sequence[str], session: Session) -> int:
    verb, arguments, session.options = parser.read(argv, session.output)
    if verb:
        code: int = parser.module(verb).run(arguments, session)
        return code
    if session.output.terminal:
        return session.wiring.ui(session.options)
    from strideiq_console.cli import glance

    return glance.text(session)


def _crashed(error: Exception, session: Session) -> int:
    state = session.state
    if state is None:
        named = session.environ.get("STRIDEIQ_STATE")
        state = Path(named) if named else Path.home() / ".local" / "state" / "strideiq-console"
    report = errors.crash_report(error, session.output.redact, state)
    where = f"a redacted report is in {report}" if report else "no report could be written"
    session.output.talk(f"strideiq: a fault of the console's own ({type(error).__name__}); {where}")
    return errors.SOFTWARE
