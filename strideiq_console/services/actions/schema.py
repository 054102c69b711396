"""Looks at a schema around its moves: one head, the enrolled database, the revision that the plan expects (R85, R86, R88)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.fault import DivergedError
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.promotion import GOOD_PROBES_IN_A_ROW
from strideiq_console.domain.reading import Level
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Ask, Findings, Ports, Seen, Watch, happened, not_yet
from strideiq_console.services.actions.deployments import PROBE_EVERY
from strideiq_console.services.actions.schema_grounds import database_of, graph_of, named_files, order_of, proved, rows_of


class _Judgement(Watch):
    """A look whose judgement is complete at once: what it finds is its result, what it lacks are its reasons."""

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Judge again."""
        found = await self.check(ports, ask)
        return happened(**found.already) if found.already is not None else not_yet("; ".join(found.reasons))


class CheckHeads(_Judgement):
    """Look whether the migration files of ``files`` (``""``: the work tree) are understood and have one head. Gives ``head``.

    The files are read by their syntax tree: nothing of the founder's code is imported (S10).
    """

    verb = Verb.CHECK_HEADS
    end_state = "one head, and no file that is unclear"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Read the files."""
        graph = await graph_of(ports, ask.get("files"))
        reasons = head_reasons(graph)
        if reasons:
            return Findings(reasons=reasons)
        return Findings(already={"head": graph.heads[0], "files": len(graph.revisions)})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is looked at."""
        return (
            Effect(f"look whether the migration files of {named_files(ask.get('files'))} have one head, without importing any"),
        )


def head_reasons(graph: RevisionGraph) -> tuple[str, ...]:
    """Return why no schema is moved with these files: every head with its file, the command that joins them, what is unclear."""
    if not graph.revisions:
        return (*graph.problems(), "there are no migration files")
    words = graph.merge_words()
    if not words:
        return graph.problems()
    command, option, message, *heads = words
    proposal = f"join them first: alembic {command} {option} {message!r} {' '.join(heads)}"
    return (*graph.problems(), proposal)


class ProveDatabase(_Judgement):
    """Prove that the step's environment leads to the enrolled database (T8). Gives ``database``, ``system`` and ``rows``.

    ``revisions`` (space-separated, of the commit ``files``) are what is to be applied: the environment before this one must have
    them already.
    """

    verb = Verb.PROVE_DATABASE
    end_state = "the database that answers is the enrolled one, and it is this environment's turn"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Compare every enrolled value, then the order of the environments."""
        environment = ask.step.environment
        seen, reasons = await proved(ports, environment)
        named = ask.get("database")
        if named and seen.database and named != seen.database:
            reasons = (*reasons, f"the plan is about the database {named}; {seen.database} answers")
        notes: tuple[str, ...] = ()
        wanted = ask.get("revisions").split()
        if wanted:
            order = await order_of(ports, environment, wanted, await graph_of(ports, ask.get("files")))
            reasons, notes = (*reasons, *order.reasons), order.notes
        if reasons:
            return Findings(reasons=reasons, notes=notes)
        rows = await rows_of(database_of(ports, environment))
        found = {"database": seen.database, "system": seen.system_identifier or "", "rows": " ".join(sorted(rows))}
        return Findings(already=found, notes=notes)

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is proven."""
        return (Effect(f"compare the database of {ask.step.environment} with the enrolled one: {ask.get('database')}"),)


class CheckRevision(Watch):
    """Look whether the version table holds exactly ``rows`` (space-separated). Gives ``rows``.

    ``health`` not empty: the environment must answer well three times in a row too. A part that is poor and has nothing to do
    with the schema (Redis, in the incident that the schema is moved back for) holds nothing up: it is told as ``poor``.
    """

    verb = Verb.CHECK_REVISION
    end_state = "the version table holds what the plan expects, and the environment is healthy where that was asked for"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Read the version table. Raises DivergedError for another revision, BlockedError where it cannot be told."""
        environment, wanted = ask.step.environment, sorted(ask.get("rows").split())
        rows = sorted(await rows_of(database_of(ports, environment)))
        if rows != wanted:
            raise DivergedError(
                f"{environment} is at {_named(rows)}, not at {_named(wanted)}",
                consequence=f"planned: {ask.step.title}; expected: {_named(wanted)}; actual: {_named(rows)}",
                next_step="see who moved it (a start of the API may upgrade), then plan again",
            )
        return Findings() if ask.get("health") else Findings(already={"rows": " ".join(rows)})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is expected."""
        where = ask.step.environment
        found = [Effect(f"read the revision of {where}: {_named(ask.get('rows').split())} is expected")]
        environment = ports.settings.environment(where)
        if ask.get("health") and environment is not None and environment.api:
            found.append(
                Effect(f"wait until the health of {where} is good three times", f"GET {environment.api}{environment.health}")
            )
        return tuple(found)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask the environment itself."""
        environment, poor = ports.settings.environment(ask.step.environment), ""
        if ask.get("health") and environment is not None and environment.api:
            for turn in range(GOOD_PROBES_IN_A_ROW):
                if turn:
                    await ports.clock.sleep(PROBE_EVERY)
                probe = await ports.prober.probe(environment.api + environment.health, health=True)
                if probe.level is not Level.OK and not probe.poor_beside_database:
                    return not_yet(f"{environment.name} health: {probe.words}")
                poor = probe.words if probe.level is not Level.OK else poor
        rows = await rows_of(database_of(ports, ask.step.environment))
        wanted = sorted(ask.get("rows").split())
        if sorted(rows) != wanted:
            return not_yet(f"{ask.step.environment} is at {_named(sorted(rows))}, not at {_named(wanted)}")
        return happened(rows=" ".join(wanted), **({"poor": poor} if poor else {}))


def _named(rows: list[str]) -> str:
    return ", ".join(rows) or "nothing"
