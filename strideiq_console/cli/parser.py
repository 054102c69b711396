"""The table of verbs, and parsers that speak in the console's sentences. A verb's module is imported when it is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from strideiq_console import __version__
from strideiq_console.cli.context import Options
from strideiq_console.cli.output import Output
from strideiq_console.domain.fault import UsageError


class VerbEntry(NamedTuple):
    """Where a verb lives: a module with ``configure(parser)`` and ``run(arguments, session)``."""

    module: str
    summary: str


VERBS = {
    "glance": VerbEntry("glance", "one screen of what is true, from the store or live"),
    "show": VerbEntry("show", "one panel: environments, branches, ci, metrics, costs, alerts, history"),
    "changes": VerbEntry("changes", "what changed in an environment since what it served before"),
    "session-end": VerbEntry("session_end", "may one stop for today? work tree, tests, production, what was begun"),
    "costs": VerbEntry("costs", "the month line by line; enter what is billed, export it, scaling triggers"),
    "feature": VerbEntry("feature", "build a feature, up to a verified staging"),
    "hotfix": VerbEntry("hotfix", "ship a production fix"),
    "promote": VerbEntry("promote", "bring what is verified on staging to production"),
    "release": VerbEntry("release", "cut a version, bring it to production, tag and publish it"),
    "protect": VerbEntry("protect", "make the rules of main and staging what the document says"),
    "runbook": VerbEntry("runbook", "list every runbook, also your own, or start one by name"),
    "rollback": VerbEntry("rollback", "go back to what production served before; list what there is; end a pin"),
    "reland": VerbEntry("reland", "land work again that was reverted on main"),
    "migrate": VerbEntry("migrate", "move a schema up or down by name; show which revision each one has; how a new one is made"),
    "ci": VerbEntry("ci", "wait for a CI run, read a log, run again, cancel, start by hand"),
    "runs": VerbEntry("runs", "list what was carried out and what is unfinished; export one as evidence"),
    "resume": VerbEntry("resume", "go on with what is unfinished"),
    "retry": VerbEntry("steering", "try the step that failed again"),
    "skip": VerbEntry("steering", "leave the current step out, with a reason"),
    "mark": VerbEntry("steering", "count the current step as done by hand, with a reason"),
    "replan": VerbEntry("steering", "plan the same again as the outside is now, in place of the old one"),
    "undo": VerbEntry("steering", "take back what can be taken back, last step first"),
    "abandon": VerbEntry("steering", "end an execution as it stands, with a reason"),
    "init": VerbEntry("init", "the first run: find what the clone says, ask a little, write config.toml"),
    "config": VerbEntry("config", "show where each value came from, or check the file"),
    "secrets": VerbEntry("secrets", "store, list, test and delete tokens in the system's keyring"),
    "doctor": VerbEntry("doctor", "check tools, tokens, clone and protections, each with its fix"),
    "audit": VerbEntry("audit", "verify the chain of the audit log, or show its newest rows"),
    "completion": VerbEntry("completion", "the script that completes words in bash, zsh or fish"),
    "demo": VerbEntry("demo", "the whole console on a simulated world"),
    "sandbox": VerbEntry("sandbox", "serve a simulated world, or turn its clock"),
}


class Parser(argparse.ArgumentParser):
    """An argument parser that raises UsageError instead of exiting with 2, and writes through the output's walls."""

    output: Output | None = None

    def __init__(self, *, output: Output | None = None, **more: Any) -> None:
        super().__init__(allow_abbrev=False, **more)
        self.output = output

    def error(self, message: str) -> NoReturn:
        """Raise what argparse has to say."""
        raise UsageError(f"{self.prog}: {message}", next_step=f"see {self.prog} --help")

    def _print_message(self, message: str, file: object = None) -> None:
        if self.output is not None:
            self.output.line(message.rstrip("\n"))


def add_global(parser: argparse.ArgumentParser, default: Any) -> None:
    """Declare the global options; they may stand before or after the verb."""
    parser.add_argument("--config", type=Path, default=default, metavar="FILE", help="the config.toml to use")
    parser.add_argument("--world", type=Path, default=default, metavar="DIR", help="act on a simulated world; made when absent")
    parser.add_argument("--scenario", default=default, metavar="NAME", help="how a new world begins")
    parser.add_argument("--clock", default=default, metavar="KIND", help="a new world's time: real, fast, fast:N or manual")


def read(argv: Sequence[str], output: Output) -> tuple[str, argparse.Namespace, Options]:
    """Return the verb (``""``: none given), its arguments, and the global options, which may stand before or after it."""
    epilog = "verbs:\n" + "\n".join(f"  {name:<9} {entry.summary}" for name, entry in VERBS.items())
    top = Parser(
        prog="strideiq",
        description="The terminal operations console of StrideIQ. Without a verb it opens the console.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        output=output,
    )
    add_global(top, None)
    top.add_argument("--version", action="version", version=f"strideiq {__version__}")
    top.add_argument("verb", nargs="?", default="", metavar="VERB")
    top.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    first = top.parse_args(argv)
    if not first.verb:
        return "", first, _options(first)
    entry = VERBS.get(first.verb)
    if entry is None:
        raise UsageError(f"there is no verb {first.verb!r}", next_step=_nearest(first.verb))
    parser = Parser(prog=f"strideiq {first.verb}", description=entry.summary, output=output)
    add_global(parser, argparse.SUPPRESS)
    module(first.verb).configure(parser)
    arguments = parser.parse_args(first.rest, argparse.Namespace(verb=first.verb, **_globals(first)))
    return first.verb, arguments, _options(arguments)


def module(verb: str) -> Any:
    """Import the module of a verb."""
    return import_module(f"strideiq_console.cli.{VERBS[verb].module}")


def _globals(arguments: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in ("config", "world", "scenario", "clock")}


def _options(arguments: argparse.Namespace) -> Options:
    options = Options(**_globals(arguments))
    if options.world is None and (options.scenario or options.clock) and getattr(arguments, "verb", "") not in ("demo", "sandbox"):
        raise UsageError("--scenario and --clock belong to a simulated world", next_step="name its folder with --world DIR")
    return options


def _nearest(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, VERBS, n=1)
    return f"perhaps strideiq {near[0]}" if near else "strideiq --help lists the verbs"
