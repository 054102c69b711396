"""The cells of one environment: what is live, when it came, CI, health, what waits."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import Probe
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation.age import ago, since
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.environment_state import EnvironmentState, bad_parts
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs

_NONE = Cell("–", Tone.MUTED)
_CI = 7
"""Letters of the cell that says what CI says."""
_WAITING = 14
"""Letters of the cell that says what waits."""


def live_cell(state: EnvironmentState, glyphs: Glyphs, narrow: bool) -> Cell:
    """Return the live commit with its components, both commits where they differ, and the drift mark."""
    if not any(c.reading is not None and c.reading.value is not None for c in state.components):
        return Cell("unknown" if state.configured else "not configured", Tone.UNKNOWN if state.configured else Tone.MUTED)
    if all(sha is None for sha in state.shas):
        return Cell("unknown", Tone.UNKNOWN)
    drift = state.drift
    mark = f" {glyphs.warn}" if drift and not state.moving else (f" {glyphs.partial}" if state.moving else "")
    tone = Tone.WARNING if drift and not state.moving else (Tone.ACTIVE if state.moving else Tone.PLAIN)
    if len(set(state.shas)) > 1:
        shown = " ".join(short_sha(sha) if sha else "?" for sha in state.shas)
        return Cell(shown + mark, Tone.WARNING if not state.moving else Tone.ACTIVE)
    sha = short_sha(state.shas[0])
    if state.held and not state.moving:
        return Cell(f"{sha} pinned{mark}", Tone.WARNING)
    if narrow:
        return Cell(f"{sha} {deployed_cell(state, short=True).text}{mark}", tone)
    return Cell(f"{sha} {' '.join(c.name for c in state.components)}{mark}", tone)


def deployed_cell(state: EnvironmentState, *, short: bool = False) -> Cell:
    """Return when what serves went live, or the state of a deployment on its way."""
    moving = next((c.latest for c in state.components if c.moving and c.latest), None)
    if moving is not None and not short:
        return Cell(str(moving.state), Tone.ACTIVE)
    times = [c.live.ready_at or c.live.created_at for c in state.components if c.live]
    known = [at for at in times if at is not None]
    if not known:
        return _NONE
    return Cell(since(max(known), state.now) if short else ago(max(known), state.now))


def ci_cell(state: EnvironmentState, glyphs: Glyphs) -> Cell:
    """Return how many jobs pass of the commit that serves, else of the head; a count that is not fresh is never green (R66)."""
    ci = state.shown_ci
    if ci is None:
        if not state.ci_fresh.trusted:
            return _NONE if state.ci_fresh.look is Look.NOT_CONFIGURED else Cell(f"{glyphs.unknown}", Tone.UNKNOWN)
        return Cell("no run", Tone.MUTED)
    count = f"{ci.passed}/{ci.total}" if ci.total else _check_word(ci.state)
    age = state.ci_fresh.age
    if not state.ci_fresh.trusted:
        words = f"{glyphs.unknown} {age or count}"
        return Cell(words if width(words) <= _CI else words.replace(" min", "min"), Tone.UNKNOWN)
    return Cell(f"{glyphs.check(ci.state)} {count}", check_tone(ci.state))


def _check_word(state: CheckState) -> str:
    if state is CheckState.SUCCESS:
        return "ok"
    return "red" if state.red else str(state)


def check_tone(state: CheckState) -> Tone:
    """Return the tone of a check, a job or a run."""
    if state is CheckState.SUCCESS:
        return Tone.OK
    if state.red:
        return Tone.CRITICAL
    if state.passes:
        return Tone.MUTED
    return Tone.UNKNOWN if state is CheckState.UNKNOWN else Tone.ACTIVE


def health_cell(state: EnvironmentState, glyphs: Glyphs, narrow: bool) -> Cell:
    """Return what the probes say: the latency, or the part that is bad; what is not fresh is never green."""
    health, fresh = state.health, state.health_fresh
    if health is None:
        grey = fresh.look is Look.NOT_CONFIGURED
        return Cell("not set" if narrow else "not configured", Tone.MUTED) if grey else Cell("unknown", Tone.UNKNOWN)
    words = health_words(state, narrow=narrow)
    age = f" {fresh.age.replace(' ', '') if narrow else fresh.age}" if fresh.age else ""
    if narrow and age and health.level is Level.OK:
        words, age = fresh.age, " ago"
    if not fresh.trusted and health.level is not Level.CRITICAL:
        return Cell(f"{glyphs.unknown} {words}" + age, Tone.UNKNOWN)
    return Cell(f"{glyphs.level(health.level)} {words}" + age, LEVEL_TONES[health.level])


def health_words(state: EnvironmentState, *, narrow: bool = False) -> str:
    """Return the part that is bad, or the latency when nothing is."""
    health = state.health
    if health is None:
        return "unknown"
    if health.level is Level.OK:
        times = [p.latency_ms for p in (health.api, health.web) if p is not None and p.latency_ms is not None]
        return f"{times[0]} ms" if times else "healthy"
    bad = bad_parts(health)
    if bad:
        name, level = bad[0]
        more = f" +{len(bad) - 1}" if len(bad) > 1 else ""
        word = {Level.CRITICAL: "down", Level.WARNING: "degraded"}.get(level, "unknown")
        return f"{name}{more}" if narrow else f"{name} {word}{more}"
    for label, probe in (("API", health.api), ("page", health.web)):
        if probe is not None and probe.level is health.level:
            return f"{label} {_probe_words(probe)}"
    return str(health.level)


def _probe_words(probe: Probe) -> str:
    if not probe.running:
        return "refused"
    if probe.status is None:
        return probe.error or "no answer"
    return probe.words or f"HTTP {probe.status}"


def local_cell(facts: Facts, state: EnvironmentState, glyphs: Glyphs, narrow: bool) -> tuple[Cell, Cell, Cell, Cell]:
    """Return live, deployed, CI and health for the founder's own machine."""
    clone = facts.clone.value
    if clone is None:
        live = Cell("unknown", Tone.UNKNOWN)
    else:
        dirty = f"{clone.dirty} dirty" if clone.dirty else "clean"
        live = Cell(f"{short_sha(clone.head)} {dirty}", Tone.WARNING if clone.dirty else Tone.PLAIN)
    health = state.health
    if health is None:
        word = Cell("–", Tone.MUTED)
    elif not health.running:
        port = _port(state.environment.url or state.environment.api)
        word = Cell(f"{glyphs.queued} not up" if narrow else f"{glyphs.queued} {port}not running", Tone.MUTED)
    else:
        word = health_cell(state, glyphs, narrow)
    return live, _NONE, _NONE, word


def _port(url: str) -> str:
    _, _, port = url.partition("://")[2].partition("/")[0].rpartition(":")
    return f":{port} " if port.isdigit() else ""


def waiting_cell(facts: Facts, state: EnvironmentState, now: datetime) -> Cell:
    """Return what waits on the rung below: commits on staging for production, verification for staging, unpushed at home."""
    words, tone = waiting_words(facts, state)
    local = state.environment.local
    age = (freshness(facts.clone, "clone", now) if local else freshness(facts.promotion, "promotion", now)).age
    if not age or words == "–":
        return Cell(words, tone)
    # A count keeps its number beside its age; words that do not fit beside it give way, for they may be true no more.
    count = words.partition(" ")[0]
    said = f"{count}, {age} old" if count.isdigit() else f"? {age} old"
    whole = f"? {words} {age}"
    return Cell(whole if width(whole) <= _WAITING else said, Tone.UNKNOWN)


def waiting_words(facts: Facts, state: EnvironmentState) -> tuple[str, Tone]:
    """Return the words of :func:`waiting_cell` and their tone, without the age."""
    promotion = facts.promotion.value
    if state.environment.local:
        clone = facts.clone.value
        unpushed = _unpushed(facts)
        if clone is None or unpushed is None:
            return "–", Tone.MUTED
        return (f"{unpushed} unpushed", Tone.PLAIN) if unpushed else ("all pushed", Tone.MUTED)
    if state.environment.production:
        count = promotion.to_main if promotion else None
        if count is None:
            return "–", Tone.MUTED
        return (f"{count} on staging", Tone.PLAIN) if count else ("nothing", Tone.MUTED)
    if facts.verification is not None and state.head is not None:
        if facts.verification.sha == state.head:
            return "verified", Tone.OK
        return "not verified", Tone.PLAIN
    behind = promotion.staging_behind if promotion else None
    if behind:
        return f"{behind} behind main", Tone.PLAIN
    return ("not verified", Tone.PLAIN) if state.head is not None else ("–", Tone.MUTED)


def _unpushed(facts: Facts) -> int | None:
    clone = facts.clone.value
    if clone is None or clone.branch is None:
        return None
    branch = next((b for b in facts.branches.value or () if b.checked_out or b.name == clone.branch), None)
    if branch is not None and branch.unpushed is not None:
        return branch.unpushed
    return clone.divergence.ahead if clone.divergence else None
