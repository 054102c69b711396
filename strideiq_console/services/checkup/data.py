"""The database, the broker and the migrations: the right ones, within their limits, one head."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

from strideiq_console.domain.broker import Broker, BrokerState
from strideiq_console.domain.database import Database, DatabaseRevisions, Identity
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.reading import Level
from strideiq_console.domain.vulnerability import Audit, Auditor
from strideiq_console.services.checkup.examination import Examination, Patient
from strideiq_console.settings.outside import DatabaseSettings

NEARLY_FULL = 0.8
"""Share of the connections above which the document warns (R109)."""
Graph = Callable[[], Awaitable[RevisionGraph]]


def examinations(patient: Patient) -> Iterator[Examination]:
    """Yield the examinations of each database and broker, and of the migrations in the clone."""
    outside = patient.outside
    if outside.migrations is not None:
        yield _graph(outside.migrations)
    enrolled = {d.environment: d for d in patient.settings.outside.databases}
    for name, database in outside.databases.items():
        yield _database(name, database, enrolled.get(name), outside.migrations)
    for name, broker in outside.brokers.items():
        yield _broker(name, broker)
    for tool, auditor in outside.auditors.items():
        yield _audit(tool, auditor, patient)


def _graph(read: Graph) -> Examination:
    async def ask() -> tuple[Finding, ...]:
        return tuple(judge_graph(await read()))

    return Examination("migrations", "in the clone", ask)


def judge_graph(graph: RevisionGraph) -> Iterator[Finding]:
    """Yield what is wrong with the revisions; two heads stop every upgrade (R86)."""
    problems = graph.problems()
    for problem in problems:
        yield Finding("migrations", "in the clone", Level.WARNING, problem, "; ".join(graph.merge_words()))
    if not problems:
        head = ", ".join(graph.heads) or "no revision"
        yield Finding("migrations", "in the clone", Level.OK if graph.complete else Level.UNKNOWN, f"one head, {head}")


def _database(name: str, database: Database, enrolled: DatabaseSettings | None, read: Graph | None) -> Examination:
    async def ask() -> list[Finding]:
        identity = await database.identity()
        found = list(judge_identity(name, identity, enrolled))
        connections = await database.connections()
        ratio = connections.ratio
        level = Level.UNKNOWN if ratio is None else Level.WARNING if ratio > NEARLY_FULL else Level.OK
        found.append(Finding("connections", name, level, f"{connections.used} of {connections.maximum} are used"))
        revisions = await database.revisions()
        found.append(judge_revisions(name, revisions, await read() if read is not None else None))
        return found

    return Examination("database", name, ask)


def judge_identity(name: str, identity: Identity, enrolled: DatabaseSettings | None) -> Iterator[Finding]:
    """Yield whether it is the enrolled database, and whether its role could write (R84)."""
    where = f"{identity.database} at {identity.host or 'a socket'}, PostgreSQL {identity.server_version}"
    wanted = Identity(enrolled.name, enrolled.system_identifier or None, enrolled.host) if enrolled is not None else Identity()
    compared = identity.compare(wanted)
    if compared.differences:
        fix = f"correct the address, or enrol this one in [database.{name}] of config.toml"
        yield Finding("database", name, Level.CRITICAL, f"another database than enrolled: {'; '.join(compared.differences)}", fix)
    elif wanted == Identity() or not compared.same:
        why = "; ".join(compared.unknown) or "nothing is enrolled to compare it with"
        number = identity.system_identifier
        fix = f'set system_identifier = "{number}" in [database.{name}]' if number else f"set name and host in [database.{name}]"
        yield Finding("database", name, Level.UNKNOWN, f"{where}; {why}", fix)
    else:
        yield Finding("database", name, Level.OK, where)
    if identity.can_write:
        cause = "its role could write; the console opens read-only sessions all the same"
        yield Finding("database", name, Level.OK, cause, note="a role with SELECT alone would do")


def judge_revisions(name: str, revisions: DatabaseRevisions, graph: RevisionGraph | None) -> Finding:
    """Return whether the database stands at a revision that the clone knows."""
    current = revisions.current
    if current is None:
        return Finding("revision", name, Level.UNKNOWN, revisions.sentence())
    if graph is not None:
        strange = [revision for revision in current if revision not in graph.by_id]
        if strange:
            cause = f"{', '.join(strange)} is not among the clone's migrations"
            return Finding("revision", name, Level.WARNING, cause, "fetch the branch that holds it before any schema step")
    return Finding("revision", name, Level.OK, revisions.sentence())


def _broker(name: str, broker: Broker) -> Examination:
    async def ask() -> tuple[Finding, ...]:
        return (judge_broker(name, await broker.state()),)

    return Examination("broker", name, ask)


def judge_broker(name: str, state: BrokerState) -> Finding:
    """Return what waits in the queues and who works; a queue that cannot be read is unknown, never empty."""
    queues = ", ".join(f"{q.name} {q.waiting if q.waiting is not None else 'unknown'}" for q in state.queues)
    workers = state.workers.seen
    cause = f"{queues or 'no queue'}; workers {workers if workers is not None else 'unknown'}"
    if state.depth is None:
        return Finding("broker", name, Level.UNKNOWN, cause, note="; ".join(q.note for q in state.queues if q.waiting is None))
    if workers == 0:
        return Finding("broker", name, Level.WARNING, cause, "no worker is seen: see the worker's deployment", state.workers.note)
    return Finding("broker", name, Level.OK, cause, note=state.workers.note if workers is None else "")


def _audit(tool: str, auditor: Auditor, patient: Patient) -> Examination:
    async def ask() -> tuple[Finding, ...]:
        return (judge_audit(tool, await auditor.audit(), patient.now()),)

    return Examination("vulnerabilities", tool, ask)


def judge_audit(tool: str, audit: Audit, now: datetime) -> Finding:
    """Return what is open by severity (R70); an audit that saw only a part, or is old, is unknown and never clear."""
    note = "; ".join(audit.remarks(now))
    still = audit.open(now)
    if still:
        counts = ", ".join(f"{count} {severity}" for severity, count in audit.counts(now).items() if count)
        names = ", ".join(dict.fromkeys(v.package for v in still[:5]))
        step = f"update {names}, or waive by id in [audits.waivers] with a reason and an end"
        return Finding("vulnerabilities", tool, Level.WARNING, counts, step, note)
    if audit.clear(now):
        return Finding("vulnerabilities", tool, Level.OK, "none open", note=note)
    return Finding("vulnerabilities", tool, Level.UNKNOWN, audit.note or "not everything could be looked at", note=note)
