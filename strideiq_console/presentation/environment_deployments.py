"""The deployments of one environment, newest first: what serves, what failed, what can be gone back to (R74, R75)."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import Deployment, DeploymentState, newest_first
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.unfolded import LogKind
from strideiq_console.presentation.age import ago, duration, since
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.environment_ci import ci_of_commit
from strideiq_console.presentation.freshness import freshness, together
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.provenance import provenance_cell

_COLUMNS = (
    Column("", 2),
    Column("part", 7),
    Column("commit", 9),
    Column("state", 15),
    Column("age", 8, right=True),
    Column("what"),
)


def deployments_of(facts: Facts, environment: str) -> tuple[Deployment, ...]:
    """Return every known deployment of an environment over all providers, newest first."""
    readings = facts.deployments.values()
    return newest_first(d for reading in readings for d in reading.value or () if d.environment == environment)


def deployment_of(facts: Facts, key: str) -> Deployment | None:
    """Return the deployment that a row is about."""
    provider, _, wanted = key.partition("/")
    reading = facts.deployments.get(provider)
    return next((d for d in (reading.value if reading is not None else None) or () if d.id == wanted), None)


def deployments_table(facts: Facts, environment: Environment, now: datetime, glyphs: Glyphs) -> Table:
    """Return the deployments; the look is that of the providers."""
    found = deployments_of(facts, environment.name)
    whole = together([freshness(reading, f"deployments/{name}", now) for name, reading in facts.deployments.items()])
    notice = whole.notice
    if not found and not notice:
        notice = f"Nothing was ever deployed to {environment.name}, as far as the providers tell."
    if environment.local:
        notice = "Nothing is deployed to the own machine."
    return Table(
        _COLUMNS, tuple(_row(one, now, glyphs) for one in found), whole.look, notice, f"{len(found)} deployments", whole.age
    )


def _row(one: Deployment, now: datetime, glyphs: Glyphs) -> Row:
    mark, tone = _mark(one, glyphs)
    words = "serves" if one.live else str(one.state)
    cells = (
        Cell(mark, tone),
        Cell(one.component),
        Cell(short_sha(one.sha) if one.sha else "unknown", Tone.PLAIN if one.sha else Tone.UNKNOWN),
        Cell(words, tone),
        Cell(since(one.created_at, now), Tone.MUTED),
        Cell(one.subject or one.branch or ""),
    )
    return Row(f"{one.provider}/{one.id}", cells, one.url)


def _mark(one: Deployment, glyphs: Glyphs) -> tuple[str, Tone]:
    if one.state in (DeploymentState.FAILED, DeploymentState.CRASHED):
        return glyphs.bad, Tone.CRITICAL
    if one.live:
        return glyphs.ok, Tone.OK
    if one.state.moving:
        return glyphs.partial, Tone.ACTIVE
    if one.state is DeploymentState.WAITING:
        return glyphs.warn, Tone.WARNING
    return (glyphs.unknown, Tone.UNKNOWN) if one.state is DeploymentState.UNKNOWN else (glyphs.none, Tone.MUTED)


def deployment_detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return everything that is known of one deployment, and which keys read its logs."""
    one = deployment_of(facts, key)
    if one is None:
        return ()
    mark, tone = _mark(one, glyphs)
    lines: list[Line] = [
        text(Cell(f"{mark} {one.component}: {'serves, ' if one.live else ''}{one.state}", tone), f"  {one.subject}".rstrip()),
        (),
        _fact("commit", one.sha[:12] if one.sha else "the provider does not say which"),
        _fact("branch", one.branch or "not said"),
        _fact("begun", ago(one.created_at, now)),
    ]
    if one.ready_at is not None:
        took = f", after {duration(one.ready_at - one.created_at)}" if one.created_at and one.ready_at >= one.created_at else ""
        lines.append(_fact("live", f"{ago(one.ready_at, now)}{took}"))
    lines.append(_fact("CI", _ci(facts, one, glyphs)))
    production = any(e.production and e.name == one.environment for e in facts.environments)
    lines.append(_fact("go back", f"{back_words(one)}{': W b' if production and one.can_rollback and not one.live else ''}"))
    lines += [_fact("page", one.url)] if one.url else []
    lines += [_fact("id", one.id), text(Cell(f"{'source':<10}", Tone.MUTED), _source(facts, one, now)), ()]
    other = "what it wrote" if fitting_log(one) is LogKind.BUILD else "what its build said"
    lines.append(text(Cell("l", Tone.ACCENT), f" {_LOGS[fitting_log(one)]}   ", Cell("a", Tone.ACCENT), f" {other}, its timeline"))
    return tuple(lines)


_LOGS = {LogKind.BUILD: "the log of its build", LogKind.RUNTIME: "what it writes while it runs", LogKind.EVENTS: "its timeline"}


def _fact(label: str, value: str) -> Line:
    return text(Cell(f"{label:<10}", Tone.MUTED), value)


def _source(facts: Facts, one: Deployment, now: datetime) -> Cell:
    return provenance_cell(facts.deployments.get(one.provider), f"deployments/{one.provider}", now)


def _ci(facts: Facts, one: Deployment, glyphs: Glyphs) -> str:
    count = ci_of_commit(facts.runs.value or (), one.sha) if one.sha else None
    if count is None:
        return "no push run of it is known"
    jobs = f", {count.passed} of {count.total} jobs" if count.total else ""
    return f"{glyphs.check(count.state)} {count.state}{jobs}"


def back_words(one: Deployment) -> str:
    """Return whether the provider can serve this deployment again, and until when (R74, R75)."""
    if one.live:
        return "it serves now"
    if one.can_rollback is None:
        return "the provider does not say"
    if not one.can_rollback:
        return "not possible any more, or never was"
    return "possible" + (f" until {one.rollback_until:%Y-%m-%d %H:%M}" if one.rollback_until else "")


def fitting_log(one: Deployment) -> LogKind:
    """Return the log that explains a deployment: the build's until it has served, then what it wrote."""
    served = one.live or one.ready_at is not None or one.state in (DeploymentState.READY, DeploymentState.CRASHED)
    return LogKind.RUNTIME if served else LogKind.BUILD
