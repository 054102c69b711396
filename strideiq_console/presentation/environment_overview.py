"""Everything that is known of one environment on one page: what is wrong first, then each fact with its source and age."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import Probe
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.reading import Level, Look, Reading
from strideiq_console.presentation.age import ago
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone, text
from strideiq_console.presentation.environment_cells import check_tone, waiting_words
from strideiq_console.presentation.environment_data import data_facts
from strideiq_console.presentation.environment_measures import month_words, months, p99_line, schema_words, slowest
from strideiq_console.presentation.environment_problems import problem_lines, went_early
from strideiq_console.presentation.environment_state import EnvironmentState, LiveComponent
from strideiq_console.presentation.environment_status import NAMES, status_level
from strideiq_console.presentation.freshness import Freshness, together
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.provenance import measured_provenance, provenance_cell

_LABEL = 10


def parts_of(state: EnvironmentState) -> list[Freshness]:
    """Return what an environment's look is made of: its providers and its probes."""
    return [*(component.fresh for component in state.components), state.health_fresh]


def overview(facts: Facts, state: EnvironmentState, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the page of an environment."""
    environment = state.environment
    lines: list[Line] = [text(Cell(environment.name, Tone.ACCENT), f"  {environment.purpose}")]
    lines += problem_lines(state, glyphs)
    lines += () if environment.local else theirs(facts, state, glyphs)
    lines.append(())
    if environment.local:
        lines += _own_machine(facts, state)
    else:
        for component in state.components:
            lines += _component(component, state)
        lines += _ci(facts, state, glyphs)
    lines += _probes(state, glyphs)
    if not environment.local:
        lines += _measured(facts, state, glyphs)
    lines.append(())
    lines += _settings(facts, state, glyphs)
    lines += notice_lines(parts_of(state))
    return tuple(lines)


def notice_lines(parts: Sequence[Freshness]) -> tuple[Line, ...]:
    """Return why nothing newer is known, below a blank line: what has not been read once, each other source by itself."""
    unread = together(part for part in parts if part.look in (Look.NEVER_SEEN, Look.STALE))
    others = (part.notice for part in parts if part.look not in (Look.NEVER_SEEN, Look.STALE) and part.notice)
    notices = dict.fromkeys((*((unread.notice,) if unread.notice else ()), *others))
    return ((), *((Cell(notice, Tone.MUTED),) for notice in notices)) if notices else ()


def theirs(facts: Facts, state: EnvironmentState, glyphs: Glyphs) -> Iterator[Line]:
    """Say what the pages of the providers say that this environment stands on, where that is not good: theirs, not ours (R73)."""
    for name in dict.fromkeys(("github", *(component.provider for component in state.components), "cloudflare")):
        reading = facts.status.get(name)
        level = status_level(reading, name, state.now) if reading is not None else Level.UNKNOWN
        if reading is not None and reading.value is not None and level in (Level.WARNING, Level.CRITICAL):
            words = f"{glyphs.warn} {NAMES.get(name, name)} says: {reading.value.words} (theirs, not ours)"
            yield (Cell(words, Tone.WARNING),)


def fact(label: str, value: str | Cell, source: Cell | None = None) -> Line:
    """Return a line of a label, its value, and where that comes from."""
    more = (Cell("  "), source) if source is not None and source.text else ()
    return (Cell(f"{label:<{_LABEL}}", Tone.MUTED), value if isinstance(value, Cell) else Cell(value), *more)


def _component(component: LiveComponent, state: EnvironmentState) -> Iterator[Line]:
    live, latest = component.live, component.latest
    if live is None:
        value = Cell("nothing live is known", Tone.UNKNOWN)
    else:
        sha = short_sha(live.sha) if live.sha else "commit unknown"
        value = Cell(f"{sha} {live.subject}".rstrip() + f"  live {ago(component.live_at, state.now)}")
    source = provenance_cell(component.reading, f"deployments/{component.provider}", state.now)
    yield fact(component.name, value, source)
    if latest is not None and latest is not live:
        tone = Tone.CRITICAL if component.failed else Tone.ACTIVE if component.moving else Tone.MUTED
        newest = f"newest: {short_sha(latest.sha)} {latest.state} {ago(latest.created_at, state.now)}"
        yield fact("", Cell(newest, tone))
    until = live.rollback_until if live is not None else None
    if until is not None:
        yield fact("", Cell(f"its image is kept until {until:%Y-%m-%d}", Tone.MUTED))


def _ci(facts: Facts, state: EnvironmentState, glyphs: Glyphs) -> Iterator[Line]:
    source = provenance_cell(facts.runs, "runs", state.now)
    if not state.live_ci and state.ci is None:
        yield fact("CI", Cell("no run of what serves is known", Tone.MUTED), source)
    told = {count.sha for count in state.live_ci}
    ahead = () if state.ci is None or state.ci.sha in told else (state.ci,)
    for count in (*state.live_ci, *ahead):
        jobs = f", {count.passed} of {count.total} jobs" if count.total else ""
        where = "" if count.sha in told else " (head, not live)"
        tone = check_tone(count.state) if state.ci_fresh.trusted else Tone.UNKNOWN
        mark = glyphs.check(count.state) if state.ci_fresh.trusted else glyphs.unknown
        yield fact("CI", Cell(f"{mark} {short_sha(count.sha)} {count.state}{jobs}{where}", tone), source)
    early = went_early(state)
    if early:
        yield fact("", Cell(early, Tone.MUTED))
    if state.head:
        at = f", {ago(state.head_at, state.now)}" if state.head_at else ""
        git = provenance_cell(facts.branches, "branches", state.now)
        yield fact("head", f"{short_sha(state.head)} of {state.environment.branch}{at}", git)


def _probes(state: EnvironmentState, glyphs: Glyphs) -> Iterator[Line]:
    health = state.health
    source = provenance_cell(state.health_reading, f"health/{state.environment.name}", state.now)
    probes = (("page", health.web), ("API", health.api)) if health is not None else ()
    for label, probe in probes:
        if probe is not None:
            yield fact(label, _probe_cell(probe, glyphs, fresh=state.health_fresh.trusted, local=state.environment.local), source)
            yield from (fact("", Cell(f"{glyphs.level(level)} {name}: {level}", LEVEL_TONES[level])) for name, level in probe.parts)
            if probe.redirects:
                yield fact("", Cell(f"by way of {' > '.join(probe.redirects)}", Tone.MUTED))
    if health is None:
        yield fact("health", Cell("unknown", Tone.UNKNOWN), source)


def _probe_cell(probe: Probe, glyphs: Glyphs, *, fresh: bool, local: bool) -> Cell:
    if local and not probe.running:
        return Cell(f"{glyphs.queued} not running", Tone.MUTED)
    took = f"  {probe.latency_ms} ms" if probe.latency_ms is not None else ""
    tls = f"  TLS {probe.tls_days} d" if probe.tls_days is not None else ""
    level = probe.level if fresh or probe.level is Level.CRITICAL else Level.UNKNOWN
    return Cell(f"{glyphs.level(level)} {probe.error or probe.words}{took}{tls}", LEVEL_TONES[level])


def _measured(facts: Facts, state: EnvironmentState, glyphs: Glyphs) -> Iterator[Line]:
    now, name = state.now, state.environment.name
    found = slowest(facts, state, now)
    yield fact("p99", p99_line(found, glyphs, facts.rules), measured_provenance(found))
    told = {key: reading for key, reading in facts.costs.items() if reading.value is not None}
    source = next((provenance_cell(r, f"costs/{key}", now) for key, r in told.items()), None)
    yield fact("month", month_words(months(facts, now).get(name)), source)
    words, tone = waiting_words(facts, state)
    yield fact("waiting", Cell(words, tone), provenance_cell(facts.promotion, "promotion", now))
    words, tone = schema_words(state)
    yield fact("schema", Cell(words, tone), provenance_cell(facts.ladder, "ladder", now))


def _own_machine(facts: Facts, state: EnvironmentState) -> Iterator[Line]:
    clone = facts.clone.value
    source = provenance_cell(facts.clone, "clone", state.now)
    if clone is None:
        yield fact("clone", Cell("unknown", Tone.UNKNOWN), source)
        return
    where = clone.branch or ("detached: no branch is checked out" if clone.head else "empty: no commit yet")
    yield fact("branch", where, source)
    yield fact("commit", short_sha(clone.head))
    state_words = f"{clone.dirty} unsaved files" if clone.dirty else "clean"
    yield fact("tree", Cell(state_words, Tone.WARNING if clone.dirty else Tone.PLAIN))
    if clone.divergence is not None and clone.upstream:
        side = clone.divergence
        yield fact("origin", f"{side.ahead} ahead, {side.behind} behind {clone.upstream}")
    fetched = f"fetched {ago(clone.fetched_at, state.now)}" if clone.fetched_at else "not fetched since it was cloned: git fetch"
    yield fact("", Cell(fetched, Tone.MUTED if clone.fetched_at else Tone.UNKNOWN))
    if clone.shallow:
        yield fact("", Cell("shallow: counts may be too low", Tone.UNKNOWN))
    yield fact("schema", Cell(*schema_words(state)), provenance_cell(facts.ladder, "ladder", state.now))


def _settings(facts: Facts, state: EnvironmentState, glyphs: Glyphs) -> Iterator[Line]:
    environment = state.environment
    for label, value in (("address", environment.url), ("API at", environment.api)):
        if value:
            yield fact(label, value)
    if environment.branch and not environment.local:
        yield fact("deploys", environment.branch, _protected(facts.protections, environment.branch, state))
    yield from (fact(*one) for one in data_facts(facts, environment, state.now, glyphs))
    if environment.testers:
        yield fact("testers", environment.testers)
    verified = facts.verification
    if verified is not None and not environment.local and not environment.production:
        here = " (what is there now)" if verified.sha == state.head else " (not what is there now)"
        yield fact("verified", f"{short_sha(verified.sha)} by {verified.by or 'nobody named'} {ago(verified.at, state.now)}{here}")


def _protected(reading: Reading[tuple[Protection, ...]], branch: str, state: EnvironmentState) -> Cell:
    """Return whether GitHub guards the branch; not readable is unknown and never "no" (R5)."""
    found = next((one for one in reading.value or () if one.branch == branch), None)
    if found is None:
        return provenance_cell(reading, "protections", state.now)
    if found.pull_request is None and found.force_push is None:
        return Cell(f"protection not known{': ' + found.note if found.note else ''}", Tone.UNKNOWN)
    guarded = bool(found.pull_request) and found.force_push is False
    return Cell("protected", Tone.OK) if guarded else Cell("not fully protected: 2 shows what is missing", Tone.WARNING)
