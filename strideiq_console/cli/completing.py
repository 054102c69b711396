"""What may come next on a command line, told from the parsers themselves: verbs, options, choices, ids of executions."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from strideiq_console.cli import parser
from strideiq_console.cli.output import Output


class Candidate(NamedTuple):
    """A word that fits, and what it is for."""

    word: str
    about: str = ""


Known = Callable[[str], Iterable[Candidate]]
"""Returns the values of a metavar that only the console knows (``ID``, ``RUNBOOK``), none for any other."""

FILES = Candidate("", "a path")
"""Stands alone in an answer where the shell should offer paths."""
_PATHS = ("FILE", "DIR", "FOLDER")


def candidates(typed: Sequence[str], known: Known, output: Output | None = None) -> list[Candidate]:
    """Return what fits the last of ``typed`` (``""``: nothing of it is typed yet), after the words before it; never raises."""
    *before, partial = typed or [""]
    top = parser.Parser(prog="strideiq", add_help=False, output=output)
    parser.add_global(top, None)
    at, words = _verb(before, top)
    if at == "":
        if not words:
            offered: Iterable[Candidate] = (Candidate(name, entry.summary) for name, entry in parser.VERBS.items())
            return (
                _fitting([*offered, *_options(top)], partial) if not _awaiting(top, before) else _value(top, before, partial, known)
            )
        return []
    if at not in parser.VERBS:
        return []
    inner = parser.Parser(prog=f"strideiq {at}", output=output)
    parser.add_global(inner, argparse.SUPPRESS)
    parser.module(at).configure(inner)
    return _within(inner, words, partial, known)


def _verb(before: Sequence[str], top: argparse.ArgumentParser) -> tuple[str, list[str]]:
    """Return the verb, and the words after it."""
    words = iter(before)
    for word in words:
        if word.startswith("-"):
            option = _named(top, word.partition("=")[0])
            if option is not None and option.nargs != 0 and "=" not in word:
                next(words, None)
            continue
        return word, list(words)
    return "", []


def _awaiting(reader: argparse.ArgumentParser, before: Sequence[str]) -> bool:
    option = _named(reader, before[-1]) if before else None
    return option is not None and option.nargs != 0


def _within(reader: argparse.ArgumentParser, words: Sequence[str], partial: str, known: Known) -> list[Candidate]:
    positionals = [action for action in reader._actions if not action.option_strings]
    rest = iter(words)
    for word in rest:
        option = _named(reader, word.partition("=")[0])
        if option is not None:
            if option.nargs != 0 and "=" not in word and next(rest, None) is None:
                return _of_action(option, partial, known)
            continue
        if word.startswith("-") or not positionals:
            continue
        action = positionals[0]
        if isinstance(action, argparse._SubParsersAction):
            inner = action.choices.get(word)
            return _within(inner, list(rest), partial, known) if inner is not None else []
        if action.nargs not in ("*", "+"):
            positionals.pop(0)
    if "=" in partial and partial.startswith("--"):
        name, _, begun = partial.partition("=")
        option = _named(reader, name)
        found = _of_action(option, begun, known) if option is not None else []
        return [candidate._replace(word=f"{name}={candidate.word}") for candidate in found if candidate != FILES]
    if partial.startswith("-") or not positionals:
        return _fitting(_options(reader), partial)
    return _of_action(positionals[0], partial, known) or _fitting(_options(reader), partial)


def _value(reader: argparse.ArgumentParser, before: Sequence[str], partial: str, known: Known) -> list[Candidate]:
    option = _named(reader, before[-1])
    return _of_action(option, partial, known) if option is not None else []


def _of_action(action: argparse.Action, partial: str, known: Known) -> list[Candidate]:
    if isinstance(action, argparse._SubParsersAction):
        about = {entry.dest: entry.help or "" for entry in action._choices_actions}
        return _fitting((Candidate(name, about.get(name, "")) for name in action.choices), partial)
    if action.choices is not None:
        return _fitting((Candidate(str(choice)) for choice in action.choices if choice != ""), partial)
    metavar = str(action.metavar or "")
    if metavar in _PATHS:
        return [FILES]
    return _fitting(known(metavar), partial)


def _options(reader: argparse.ArgumentParser) -> Iterator[Candidate]:
    for action in reader._actions:
        if action.option_strings and action.help != argparse.SUPPRESS:
            yield Candidate(action.option_strings[-1], action.help or "")


def _named(reader: argparse.ArgumentParser, word: str) -> argparse.Action | None:
    return reader._option_string_actions.get(word) if word.startswith("-") else None


def _fitting(offered: Iterable[Candidate], partial: str) -> list[Candidate]:
    return [candidate for candidate in offered if candidate.word.startswith(partial)]
