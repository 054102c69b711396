"""The doctor's findings: tools, clone, tokens, sources and protections against the document, each with its fix (R21-R28, T2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.policy.promotion import POLICY_DATE, REQUIRED_CHECKS
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.environment_data import data_findings
from strideiq_console.presentation.freshness import freshness
from strideiq_console.settings.model import Settings
from strideiq_console.settings.secret_names import variable


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the command line found out for the doctor. ``git`` is its path (None: not found); ``origins`` are of the tokens.

    ``keyring`` is the class of the system's keyring, ``keyring_fault`` why none keeps secrets; both ``""`` in a world.
    """

    git: str | None
    origins: Mapping[str, str]
    read_only: str = ""
    keyring: str = ""
    keyring_fault: str = ""


def examine(settings: Settings, facts: Facts, around: Surroundings, now: datetime) -> tuple[Finding, ...]:
    """Return every finding, in the order in which they should be mended."""
    return (
        *_tools(settings, around),
        *_clone(facts, settings, now),
        *_keyring(around),
        *_tokens(settings, around),
        *_sources(facts, now),
        *data_findings(facts, now),
        *_protections(facts, settings, around, now),
        *_acting(around),
    )


def _said(level: Level, check: str, cause: str, next_step: str = "") -> Finding:
    return Finding(check, "", level, cause, next_step)


def _tools(settings: Settings, around: Surroundings) -> Iterator[Finding]:
    if around.git is None:
        yield _said(Level.CRITICAL, "git", "git was not found on the PATH", "install git 2.30 or newer")
    else:
        yield _said(Level.OK, "git", around.git)
    if settings.file is None:
        fix = "copy config.example.toml to the config folder when you want more than the clone"
        yield _said(Level.OK, "config", f"no config file: defaults, mode {settings.mode}", fix)
    else:
        yield _said(Level.OK, "config", f"{settings.file}, mode {settings.mode}, rules of {POLICY_DATE}")
    for warning in settings.warnings:
        yield _said(Level.WARNING, "config", warning, "correct it in the file")


def _clone(facts: Facts, settings: Settings, now: datetime) -> Iterator[Finding]:
    fresh, clone = freshness(facts.clone, "clone", now), facts.clone.value
    if clone is None:
        yield _said(Level.UNKNOWN, "clone", fresh.notice or "not read", "start strideiq inside a clone, or set clone")
        return
    if clone.branch:
        yield _said(Level.OK, "clone", f"{clone.path} on {clone.branch}")
    else:
        words = f"{clone.path} stands on a detached HEAD: commits made there belong to no branch"
        yield _said(Level.WARNING, "clone", words, f"git switch {settings.main}")
    if clone.remote is None:
        yield _said(Level.WARNING, "clone", "there is no remote named origin", "git remote add origin ADDRESS")
    if clone.operation is not None:
        fix = f"git {clone.operation} --continue or --abort"
        yield _said(Level.WARNING, "clone", f"a {clone.operation} is in progress: no runbook starts", fix)
    if clone.shallow:
        yield _said(Level.WARNING, "clone", "the clone is shallow: counts of commits are not known", "git fetch --unshallow")
    if clone.fetched_at is not None and (now - clone.fetched_at).days >= 1:
        yield _said(Level.WARNING, "clone", f"last fetched {age_words(now - clone.fetched_at)} ago", "git fetch origin")
    names = {b.name for b in facts.branches.value or () if b.remote is not None}
    for branch in (settings.main, settings.staging):
        if facts.branches.value is not None and branch not in names:
            yield _said(
                Level.WARNING, "branches", f"origin has no branch {branch}", f"create {branch} at origin, or name it in config"
            )


def _keyring(around: Surroundings) -> Iterator[Finding]:
    if around.keyring:
        yield _said(Level.OK, "keyring", around.keyring)
    elif around.keyring_fault:
        fix = "until then tokens come from the environment alone and are never stored"
        yield _said(Level.WARNING, "keyring", around.keyring_fault, fix)


_NEEDED = {"github": True, "github_bot": False, "vercel": True, "railway": True}


def _tokens(settings: Settings, around: Surroundings) -> Iterator[Finding]:
    for name, needed in _NEEDED.items():
        origin = around.origins.get(name, "none: not asked for")
        if not origin.startswith("none"):
            yield _said(Level.OK, f"token {name}", f"from {origin}")
        elif not needed:
            words = "none: pull requests are opened with the founder's own account"
            yield _said(Level.OK, f"token {name}", words, "see the finding on approvals")
        else:
            reason = origin.removeprefix("none: ")
            step = f"strideiq secrets set {name}, or set {variable(name)}"
            yield _said(Level.UNKNOWN, f"token {name}", "none" if reason == step else reason, step)


def _sources(facts: Facts, now: datetime) -> Iterator[Finding]:
    readings: list[tuple[str, Any, str]] = [("github", facts.runs, "runs")]
    readings += [(provider, reading, f"deployments/{provider}") for provider, reading in facts.deployments.items()]
    local = {e.name for e in facts.environments if e.local}
    readings += [(f"health of {n}", reading, f"health/{n}") for n, reading in facts.health.items() if n not in local]
    for name, reading, feed in readings:
        fresh = freshness(reading, feed, now)
        if fresh.look is Look.FRESH:
            yield _said(Level.OK, name, "answers")
            continue
        fault = reading.fault
        if fault is not None and fault.kind is FaultKind.NOT_CONFIGURED and fault.cause.endswith(" token"):
            continue  # its own line says so already
        words = fault.cause if fault is not None and fault.cause else fresh.notice
        level = Level.WARNING if fresh.look is Look.FAILED else Level.UNKNOWN
        yield _said(level, name, words, fault.next_step if fault is not None else "strideiq glance --live")


def _protections(facts: Facts, settings: Settings, around: Surroundings, now: datetime) -> Iterator[Finding]:
    known = {p.branch: p for p in facts.protections.value or ()}
    for branch in (settings.main, settings.staging):
        protection = known.get(branch)
        if protection is None:
            notice = freshness(facts.protections, "protections", now).notice
            yield _said(
                Level.UNKNOWN, f"protection of {branch}", notice or "not known", "give the GitHub token read access to rules"
            )
            continue
        yield from _protection(protection, settings, main=branch == settings.main)
    main = known.get(settings.main)
    if main is not None:
        yield from _approvals(main, around)


def _protection(protection: Protection, settings: Settings, *, main: bool) -> Iterator[Finding]:
    about = f"protection of {protection.branch}"
    where = f"repository settings, rules for {protection.branch}"
    wrong = [finding for finding in _rules(protection, about, where, main=main) if finding is not None]
    wrong.extend(_checks(protection, settings, about, where))
    if not wrong:
        wrong.append(_said(Level.OK, about, f"as the document wants it ({protection.source})"))
    yield from wrong
    if protection.note:
        yield _said(Level.OK, about, protection.note)


def _rules(protection: Protection, about: str, where: str, *, main: bool) -> Iterator[Finding | None]:
    yield _want(
        protection.pull_request, True, about, "merging without a pull request is possible", f"require pull requests: {where}"
    )
    yield _want(protection.force_push, False, about, "force pushes are allowed", f"block force pushes: {where}")
    yield _want(protection.deletion, False, about, "the branch may be deleted", f"restrict deletions: {where}")
    if main:
        yield _want(protection.up_to_date, True, about, "branches need not be up to date", f"require up-to-date branches: {where}")
        yield _want(protection.bypass, False, about, "somebody may bypass the rules", f"empty the bypass list: {where}")


def _want(actual: bool | None, wanted: bool, about: str, words: str, fix: str) -> Finding | None:
    if actual is None:
        return _said(Level.UNKNOWN, about, f"it cannot be read whether {words}", "give the token read access to administration")
    return None if actual is wanted else _said(Level.WARNING, about, words, fix)


def _checks(protection: Protection, settings: Settings, about: str, where: str) -> Iterator[Finding]:
    wanted = settings.github.required_checks or REQUIRED_CHECKS
    enforced = protection.required_checks
    if enforced is None:
        yield _said(Level.UNKNOWN, about, "the required checks cannot be read", "give the token read access to administration")
        return
    missing = [name for name in wanted if name not in enforced]
    if missing:
        yield _said(Level.WARNING, about, f"not required: {', '.join(missing)}", f"require these checks: {where}")
    other = [name for name in enforced if name not in wanted]
    if other:
        words = f"required and not in the document: {', '.join(other)}; a name that no job bears waits for ever"
        yield _said(Level.WARNING, about, words, "compare with the job names in .github/workflows")


def _approvals(main: Protection, around: Surroundings) -> Iterator[Finding]:
    """Find the deadlock of a founder who is the only reviewer of their own pull requests (T2)."""
    bot = not around.origins.get("github_bot", "none").startswith("none")
    if main.approvals is None:
        yield _said(Level.UNKNOWN, "approvals", f"it cannot be read how many {main.branch} wants", "see the protection above")
    elif main.approvals == 0:
        yield _said(
            Level.WARNING, "approvals", f"{main.branch} wants none; the document wants one by the founder", "require one approval"
        )
    elif not bot:
        words = f"deadlock: {main.branch} wants {main.approvals} approval, and GitHub lets nobody approve their own pull request"
        fix = "set STRIDEIQ_GITHUB_BOT_TOKEN so that a bot opens pull requests, invite a second account, or require no approval"
        yield _said(Level.CRITICAL, "approvals", words, fix)
    else:
        yield _said(Level.OK, "approvals", "the bot opens pull requests, the founder approves them")


def _acting(around: Surroundings) -> Iterator[Finding]:
    if around.read_only:
        yield _said(Level.WARNING, "runbooks", around.read_only, "mend what stands above")
    else:
        yield _said(Level.OK, "runbooks", "can be carried out")
