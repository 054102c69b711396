"""What runs in one environment: page, API, worker, beat, database, redis, with their volumes and triggers (R73, R75)."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.reading import Reading
from strideiq_console.domain.service import ServiceBoard, ServiceState, Trigger, VolumeState
from strideiq_console.presentation.age import ago, since
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.environment_state import EnvironmentState, LiveComponent
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.provenance import provenance_cell
from strideiq_console.presentation.unfolded import look_of, notice_of

_COLUMNS = (Column("", 2), Column("part", 11), Column("runs on", 10), Column("state", 14), Column("commit", 9), Column("since"))
EXPECTED = ("api", "worker", "beat", "database", "redis")
"""What StrideIQ is made of beside its page. The architecture document forgets worker and beat (R73)."""

FULL = 0.8


def services_table(state: EnvironmentState, found: Reading[ServiceBoard], now: datetime, glyphs: Glyphs) -> Table:
    """Return every part: those that deployments tell of, then the services and volumes that Railway names."""
    board = found.value
    named = {service.component for service in board.services} if board is not None else set()
    rows = [_component(one, now, glyphs) for one in state.components if one.name not in named]
    if board is not None:
        rows += [_service(service, now, glyphs) for service in board.services]
        rows += [_volume(volume, glyphs) for volume in board.volumes]
        if board.complete:
            rows += [_absent(name, board.provider) for name in EXPECTED if name not in named]
    notice = notice_of(found, f"what runs in {state.environment.name}", now)
    if board is not None and not board.complete and not notice:
        notice = "Railway answered only in part: a part that is missing here may run all the same."
    if state.environment.local:
        notice = "What runs on the own machine is not looked at."
    return Table(_COLUMNS, tuple(rows), look_of(found), notice, f"{len(rows)} parts")


def _component(one: LiveComponent, now: datetime, glyphs: Glyphs) -> Row:
    live, trusted = one.live, one.fresh.trusted
    tone = Tone.CRITICAL if one.failed else Tone.ACTIVE if one.moving else Tone.OK if live and trusted else Tone.UNKNOWN
    mark = {Tone.CRITICAL: glyphs.bad, Tone.ACTIVE: glyphs.partial, Tone.OK: glyphs.ok}.get(tone, glyphs.unknown)
    latest = one.latest
    words = str(latest.state) if latest is not None and (one.failed or one.moving) else "serves" if live else "unknown"
    commit = short_sha(one.sha) if one.sha else "unknown"
    cells = (Cell(mark, tone), Cell(one.name), Cell(one.provider, Tone.MUTED), Cell(words, tone), Cell(commit))
    return Row(f"part/{one.name}", (*cells, Cell(since(one.live_at, now), Tone.MUTED)), live.url if live else "")


def _judged(one: ServiceState, glyphs: Glyphs) -> tuple[str, str, Tone]:
    if one.state in (DeploymentState.FAILED, DeploymentState.CRASHED):
        running = ", older runs" if one.running and one.state is DeploymentState.FAILED else ""
        return glyphs.bad, f"{one.state}{running}", Tone.CRITICAL
    if one.sleeping:
        return glyphs.warn, "sleeping", Tone.WARNING
    if one.state.moving:
        return glyphs.partial, str(one.state), Tone.ACTIVE
    if one.running is False:
        return glyphs.bad, "not running", Tone.CRITICAL
    if one.running or one.state is DeploymentState.READY:
        return glyphs.ok, "runs", Tone.OK
    return glyphs.unknown, str(one.state), Tone.UNKNOWN


def _service(one: ServiceState, now: datetime, glyphs: Glyphs) -> Row:
    mark, words, tone = _judged(one, glyphs)
    commit = Cell(short_sha(one.sha), Tone.PLAIN if one.sha else Tone.MUTED)
    cells = (Cell(mark, tone), Cell(one.component), Cell(one.provider, Tone.MUTED), Cell(words, tone), commit)
    return Row(f"service/{one.name}", (*cells, Cell(since(one.deployed_at, now), Tone.MUTED)))


def _volume(one: VolumeState, glyphs: Glyphs) -> Row:
    share = one.share
    full = share is not None and share > FULL
    tone = Tone.WARNING if full else Tone.PLAIN
    words = "size unknown" if share is None else f"{share * 100:.0f} % full"
    mark = Cell(glyphs.warn, Tone.WARNING) if full else Cell(glyphs.none, Tone.MUTED)
    cells = (mark, Cell("volume"), Cell(one.provider, Tone.MUTED), Cell(words, tone), Cell("–", Tone.MUTED), Cell(one.component))
    return Row(f"volume/{one.id}", cells)


def _absent(name: str, provider: str) -> Row:
    """Say that nothing of this name runs; whether something else does its work is for the founder to know."""
    blank = Cell("–", Tone.MUTED)
    return Row(f"absent/{name}", (blank, Cell(name, Tone.MUTED), Cell(provider, Tone.MUTED), Cell("none found"), blank, blank))


def service_detail(
    state: EnvironmentState, found: Reading[ServiceBoard], key: str, now: datetime, glyphs: Glyphs
) -> tuple[Line, ...]:
    """Return what is known of one part."""
    kind, _, name = key.partition("/")
    board = found.value
    source = provenance_cell(found, "railway", now)
    if kind == "part":
        component = next((one for one in state.components if one.name == name), None)
        return _component_lines(component, now) if component is not None else ()
    if board is None:
        return ()
    if kind == "volume":
        volume = next((one for one in board.volumes if one.id == name), None)
        return _volume_lines(volume, source) if volume is not None else ()
    if kind == "absent":
        said = f"{board.provider} runs nothing that is called {name} in {board.environment}."
        why = {"worker": "Without a worker nothing that is queued is done.", "beat": "Without beat nothing is scheduled."}
        return ((Cell(said),), *(((Cell(why[name], Tone.MUTED),),) if name in why else ()), (source,))
    service = next((one for one in board.services if one.name == name), None)
    return _service_lines(service, board, source, now, glyphs) if service is not None else ()


def _fact(label: str, value: str, tone: Tone = Tone.PLAIN) -> Line:
    return text(Cell(f"{label:<11}", Tone.MUTED), Cell(value, tone))


def _component_lines(one: LiveComponent, now: datetime) -> tuple[Line, ...]:
    live = one.live
    lines = [text(Cell(one.name, Tone.ACCENT), f"  {one.provider}"), ()]
    lines.append(
        _fact("serves", f"{one.sha or 'a commit that the provider does not name'} {live.subject if live else ''}".rstrip())
    )
    lines.append(_fact("live", ago(one.live_at, now)))
    if live is not None and live.url:
        lines.append(_fact("page", live.url))
    lines.append((Cell(" " * 11), provenance_cell(one.reading, f"deployments/{one.provider}", now)))
    return tuple(lines)


def _service_lines(one: ServiceState, board: ServiceBoard, source: Cell, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    mark, words, tone = _judged(one, glyphs)
    lines = [text(Cell(f"{mark} {one.component}: {words}", tone), f"  {one.name}"), ()]
    told = (
        ("commit", one.sha[:12] if one.sha else ""),
        ("runs", one.source),
        ("deployed", ago(one.deployed_at, now) if one.deployed_at else ""),
        ("copies", "" if one.replicas is None else str(one.replicas)),
        ("region", one.region),
        (
            "health",
            f"{one.health_path} within {one.health_timeout} s" if one.health_path and one.health_timeout else one.health_path,
        ),
        ("starts by", one.start_command),
        ("before it", one.pre_deploy_command),
    )
    lines += [_fact(label, value) for label, value in told if value]
    if one.may_sleep:
        lines.append(_fact("sleep", "it may go to sleep when nobody asks: the first request then waits", Tone.WARNING))
    lines += [_trigger(trigger) for trigger in board.triggers if trigger.component == one.component]
    lines += [_fact("name", f"{domain.name}") for domain in board.domains if one.component == "api" and domain.name]
    if board.unmerged:
        lines.append((Cell(f"{glyphs.warn} {board.unmerged} staged changes of the environment were never applied", Tone.WARNING),))
    lines.append((Cell(" " * 11), source))
    return tuple(lines)


def _trigger(one: Trigger) -> Line:
    if one.waits_for_ci:
        return _fact("deploys", f"each push to {one.branch}, once its CI has passed")
    return _fact("deploys", f'each push to {one.branch} at once, also one whose CI is red: "Wait for CI" is off', Tone.WARNING)


def _volume_lines(one: VolumeState, source: Cell) -> tuple[Line, ...]:
    share = one.share
    used = f"{one.used / 1e9:.2f} of {one.size / 1e9:.2f} GB" + (f" ({share * 100:.0f} %)" if share is not None else "")
    full = share is not None and share > FULL
    lines = [text(Cell(f"volume {one.name}", Tone.ACCENT), f"  of {one.component}"), ()]
    lines.append(_fact("used", used, Tone.WARNING if full else Tone.PLAIN))
    lines += [
        _fact(label, value) for label, value in (("mounted", one.mount), ("region", one.region), ("state", one.state)) if value
    ]
    lines.append((Cell(" " * 11), source))
    return tuple(lines)
