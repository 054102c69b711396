"""``strideiq init``: finds what the clone already says, asks for the rest, and writes ``config.toml`` once."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from strideiq_console.cli.context import Around
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import ConsoleError, UsageError
from strideiq_console.domain.secret import Secret
from strideiq_console.presentation import first_run
from strideiq_console.settings import checks, written
from strideiq_console.settings.environments import branch_fault
from strideiq_console.settings.secret_names import describe
from strideiq_console.settings.written import Answers

TRIES = 3
LONGEST = 8192
Check = Callable[[str], str | None]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("--yes", action="store_true", help="ask nothing: take what the clone says and leave the rest out")
    parser.add_argument("--print", action="store_true", dest="show", help="show the file that would be written; write nothing")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Look, ask, write, and say what comes next; a file that exists is kept as it is."""
    around = session.wiring.around(session.options)
    output = session.output
    if not arguments.yes and not arguments.show and not output.terminal:
        raise UsageError("nobody is here to be asked", consequence="Nothing was written", next_step="strideiq init --yes")
    for line in first_run.found_lines(first_run.rows(around.clone, around.repository, around.branches, around.found, around.fault)):
        output.talk(line)
    if around.exists and not arguments.show:
        output.talk(
            f"{around.file} exists and is kept as it is. strideiq config check judges it, strideiq doctor says what is missing."
        )
        return 0
    answers = proposed(around)
    if not arguments.yes and not arguments.show:
        answers = _ask(session, answers, around)
    if arguments.show:
        output.line(written.text_of(written.values_of(answers)).rstrip("\n"))
        return 0
    written.write_new(around.file, written.values_of(answers))
    output.talk(f"Written: {around.file}")
    stored = _tokens(session, answers) if not arguments.yes else ()
    for line in first_run.next_lines(answers, stored, session.command):
        output.talk(line)
    return 0


def proposed(around: Around) -> Answers:
    """Return what the clone says as answers."""
    found, names = around.found, around.branches
    main = next((name for name in ("main", "master") if name in names), "")
    staging = next((name for name in ("staging", "stage", "develop") if name in names), "")
    return Answers(
        repository=around.repository,
        main=main,
        staging=staging,
        vercel_project=found.vercel_project.value if found.vercel_project else "",
        vercel_team=found.vercel_team.value if found.vercel_team else "",
        railway_project=found.railway_project.value if found.railway_project else "",
        alembic_folder=found.alembic_folder.value if found.alembic_folder else "",
    )


def _ask(session: Session, answers: Answers, around: Around) -> Answers:
    session.output.talk("A few questions. Enter takes what stands in brackets; - leaves it out. Nothing is sent anywhere.")

    def ask(question: str, default: str, check: Check) -> str:
        return _one(session, question, default, check)

    if not answers.repository:
        answers = replace(answers, repository=ask("Repository at GitHub, owner/name", "", checks.repository_fault))
    if not answers.main:
        answers = replace(answers, main=ask("Branch that production runs", "main", branch_fault))
    if not answers.staging:
        answers = replace(answers, staging=ask("Branch that staging runs", "staging", branch_fault))
    web = ask("Production's web page, such as https://strideiq.run", "", checks.url_fault)
    host = (urlsplit(web).hostname or "").removeprefix("www.")
    guess = {key: f"https://{key}.{host}" if host else "" for key in ("api", "staging", "api-staging")}
    answers = replace(
        answers,
        web=web,
        api=ask("Production's API", guess["api"], checks.url_fault),
        staging_web=ask("Staging's web page", guess["staging"], checks.url_fault),
        staging_api=ask("Staging's API", guess["api-staging"], checks.url_fault),
    )
    if not answers.vercel_project:
        answers = replace(answers, vercel_project=ask("Vercel's project, id or name", "", checks.identifier_fault))
    if not answers.railway_project:
        answers = replace(answers, railway_project=ask("Railway's project id", "", checks.identifier_fault))
    return answers


def _one(session: Session, question: str, default: str, check: Check) -> str:
    """Ask until the answer can stand in the file, at most three times; the end of input leaves it out."""
    for _ in range(TRIES):
        typed = session.output.ask(f"{question} [{default}]:")
        if typed is None or typed == "-":
            return ""
        value = (typed or default).rstrip("/")
        fault = "must be one line without invisible characters" if not value.isprintable() else check(value)
        if checks.token_like(value):
            fault = "looks like a token, which never stands in the file: strideiq secrets set stores it"
        if fault is None:
            return value
        session.output.talk(f"  That {fault}.")
    session.output.talk("  Left out; it can be written into the file later.")
    return ""


def _tokens(session: Session, answers: Answers) -> tuple[str, ...]:
    """Offer to store the tokens of what was configured; return those that are there now. No keyring costs one sentence."""
    secrets = session.wiring.secrets(session.options)
    stored: list[str] = []
    wanted = ("github", "vercel" if answers.vercel_project else "", "railway" if answers.railway_project else "")
    names = [name for name in wanted if name and secrets.origin(name).startswith("none")]
    try:
        if names:
            secrets.backend()
        for name in names:
            typed = session.output.hidden(f"Paste {describe(name)} (not shown, Enter skips): ", longest=LONGEST)
            if typed:
                secrets.set(name, Secret(typed))
                stored.append(name)
                session.output.talk(f"  Stored in the keyring: {name}")
    except ConsoleError as error:
        session.output.talk(f"Tokens were not stored: {error.sentence()}")
    return (*stored, *(name for name in wanted if name and name not in names))
