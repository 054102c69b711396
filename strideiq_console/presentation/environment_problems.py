"""What is wrong with one environment, each as a sentence with what helps: drift, a pin, red CI, a late schema, a certificate."""

from __future__ import annotations

from collections.abc import Iterator

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.health import Probe
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.age import age_words, ago
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.environment_data import APART, share_words
from strideiq_console.presentation.environment_state import EnvironmentState
from strideiq_console.presentation.findings import pin_words
from strideiq_console.presentation.glyphs import Glyphs

TLS_DAYS = 21
"""A certificate that ends sooner is worth a look (R76): providers renew earlier than that."""


def problem_lines(state: EnvironmentState, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return what is wrong, the worst first; nothing where nothing is known to be."""
    found = [
        *_shared(state),
        *_failed(state),
        *_drift(state),
        *_pinned(state),
        *_proof(state),
        *_schema(state),
        *_certificates(state),
    ]
    marks = {Tone.CRITICAL: glyphs.bad, Tone.WARNING: glyphs.warn, Tone.ACTIVE: glyphs.partial, Tone.UNKNOWN: glyphs.unknown}
    found.sort(key=lambda pair: list(marks).index(pair[1]))
    return tuple(text(Cell(f"{marks[tone]} {words}", tone)) for words, tone in found)


def _shared(state: EnvironmentState) -> Iterator[tuple[str, Tone]]:
    if state.share is not None and state.share.shared:
        yield f"{share_words(state.share)}: {APART}", Tone.CRITICAL


def _failed(state: EnvironmentState) -> Iterator[tuple[str, Tone]]:
    for component in state.components:
        latest = component.latest
        if component.failed and latest is not None:
            word = "crashed" if latest.state is DeploymentState.CRASHED else "failed"
            yield f"{component.name}: deployment {short_sha(latest.sha)} {word} {ago(latest.created_at, state.now)}", Tone.CRITICAL


def _drift(state: EnvironmentState) -> Iterator[tuple[str, Tone]]:
    environment = state.environment
    if state.moving:
        for component in state.components:
            if component.moving and component.latest is not None:
                yield f"{component.name}: {short_sha(component.latest.sha)} is {component.latest.state}", Tone.ACTIVE
    elif state.split:
        serves = ", ".join(f"{c.name} serves {short_sha(c.sha)}" for c in state.components if c.sha)
        yield f"split: {serves}", Tone.WARNING
    if state.drift and state.head is not None and not state.moving:
        old = _still_serving(state)
        at = f", merged {ago(state.head_at, state.now)}" if state.head_at else ""
        late = state.overdue is not None
        words = f"{'not deployed' if late else 'drift'}: {environment.branch} is at {short_sha(state.head)}{at}; {old}"
        critical = late and environment.production and not state.held
        yield words, Tone.CRITICAL if critical else Tone.WARNING
    for component in state.components:
        if component.live is not None and component.sha is None:
            yield f"{component.name}: {component.provider} does not say which commit serves", Tone.UNKNOWN


def _still_serving(state: EnvironmentState) -> str:
    """Return which components serve something else than the head: ``web and api still serve beef123``."""
    names: dict[str, list[str]] = {}
    for component in state.components:
        if component.sha is not None and component.sha != state.head:
            names.setdefault(component.sha, []).append(component.name)
    said = (f"{' and '.join(mine)} still serve{'' if len(mine) > 1 else 's'} {short_sha(sha)}" for sha, mine in names.items())
    return ", ".join(said)


def _pinned(state: EnvironmentState) -> Iterator[tuple[str, Tone]]:
    for component in state.components:
        if component.pinned:
            words = f"pinned: {pin_words(component, state.now)}; new pushes do not go live: W b P, or strideiq rollback promote"
            yield words, Tone.WARNING
        elif component.pin is not None and component.pinned is None:
            said = f": {component.pin.note}" if component.pin.note else ""
            yield f"{component.name}: whether it is pinned is not known{said}", Tone.UNKNOWN


def _proof(state: EnvironmentState) -> Iterator[tuple[str, Tone]]:
    for component, count in state.unproven:
        if count.state.red:
            words = f"{component.name} serves {short_sha(count.sha)} although its CI is red; 3 shows the runs"
            yield words, Tone.WARNING if state.ci_fresh.trusted else Tone.UNKNOWN
        else:
            yield f"{component.name} serves {short_sha(count.sha)} while its CI is {count.state}", Tone.ACTIVE


def went_early(state: EnvironmentState) -> str:
    """Say which components went live before their CI had ended, although it has passed since: their triggers do not wait (T17)."""
    passed = {count.sha: count.ended_at for count in state.live_ci if not count.unproven and count.ended_at is not None}
    early = [
        (one.name, passed[one.sha] - one.live_at)
        for one in state.components
        if one.sha in passed and one.live_at is not None and one.live_at < passed[one.sha]
    ]
    if not early:
        return ""
    return f"{' and '.join(name for name, _ in early)} went live {age_words(max(span for _, span in early))} before CI had ended"


def _schema(state: EnvironmentState) -> Iterator[tuple[str, Tone]]:
    rung = state.schema
    if state.schema_lags and rung is not None and rung.due:
        names = ", ".join(revision.id for revision in rung.due[:3])
        yield f"the database lacks {names}, which the code that serves expects: W m", Tone.WARNING
    if rung is not None and rung.ahead:
        yield f"the database has {', '.join(rung.ahead)} before staging has it", Tone.WARNING


def _certificates(state: EnvironmentState) -> Iterator[tuple[str, Tone]]:
    health = state.health
    for label, probe in (("page", health.web), ("API", health.api)) if health is not None else ():
        level = tls_level(probe)
        if probe is not None and level in (Level.WARNING, Level.CRITICAL):
            words = f"the certificate of the {label} ends in {probe.tls_days} d: look at the host's domains"
            yield words, Tone.CRITICAL if level is Level.CRITICAL else Tone.WARNING


def tls_level(probe: Probe | None) -> Level:
    """Judge the days that a certificate has left; unknown where no probe says so."""
    if probe is None or probe.tls_days is None:
        return Level.UNKNOWN
    if probe.tls_days <= 0:
        return Level.CRITICAL
    return Level.WARNING if probe.tls_days < TLS_DAYS else Level.OK
