"""``strideiq config show|check``: what each key came to and who said so, and every fault of the file."""

from __future__ import annotations

import argparse
from pathlib import Path

from strideiq_console.cli.session import Session
from strideiq_console.presentation import config_lines
from strideiq_console.settings.faults import SettingsError

WRONG = 78


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument(
        "deed", choices=("show", "check"), metavar="show|check", help="show every value with its origin, or check the file"
    )
    parser.add_argument("--set", action="store_true", dest="only_set", help="only what is not the default")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Show or check; 0 when the settings can be used, 78 when not."""
    try:
        settings = session.wiring.settings(session.options)
    except SettingsError as error:
        if arguments.deed == "show":
            raise
        if arguments.json:
            session.output.json(config_lines.faults_json(error.faults))
        else:
            for fault in error.faults:
                session.output.line(fault.sentence())
            session.output.talk(f"strideiq: {len(error.faults)} to correct; config.example.toml documents every key")
        return WRONG
    if arguments.json:
        session.output.json(config_lines.as_json(settings, only_set=arguments.only_set))
    elif arguments.deed == "show":
        session.output.lines(config_lines.shown(settings, Path.home(), only_set=arguments.only_set))
    else:
        session.output.line(config_lines.verdict(settings))
        for warning in settings.warnings:
            session.output.line(warning)
    return 0
