"""What a front end may ask of the outside when somebody looks: read on demand, never for a glance, and never written down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from strideiq_console.domain.fault import BlockedError, OutsideError
from strideiq_console.domain.outside import Inspect, Outside
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.token_report import TokenFinding
from strideiq_console.services.board import Board
from strideiq_console.settings.model import Settings
from strideiq_console.store.store import Store

if TYPE_CHECKING:  # a glance asks nothing, and must not pay for what it could ask
    from strideiq_console.domain.changes import Changes
    from strideiq_console.domain.ci import Job
    from strideiq_console.domain.code_host import CodeHost
    from strideiq_console.domain.facts import Facts
    from strideiq_console.domain.finding import Finding
    from strideiq_console.domain.metric import Quantity, Series
    from strideiq_console.domain.policy.new_migration import NewMigration
    from strideiq_console.domain.policy.rollback import Candidate, Offer
    from strideiq_console.domain.policy.rollback import Facts as RollbackFacts
    from strideiq_console.domain.worktree import FileChange
    from strideiq_console.services.branch_reads import BranchReads
    from strideiq_console.services.ci_reads import CiReads
    from strideiq_console.services.engine import Engine
    from strideiq_console.services.unfolding import Unfolding


class Asking:
    """The reads on demand of a :class:`~strideiq_console.services.console.Console`.

    ``read_only`` is ``""``, or the sentence why nothing can be carried out; then ``engine`` is None.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        board: Board,
        store: Store | None,
        engine: Engine | None,
        read_only: str,
        outside: Outside | None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.board = board
        self.engine = engine
        self.read_only = read_only
        self._store = store
        self._outside = outside or Outside()
        self._ci: CiReads | None = None

    def facts(self) -> Facts:
        """Return what is known at this moment."""
        raise NotImplementedError

    async def unsaved(self, place: str) -> tuple[FileChange, ...]:
        """Return what is unsaved in a work tree. Raises CloneError, or BlockedError without a clone."""
        if self._outside.clone is None:
            raise BlockedError("there is no clone here", next_step="strideiq setup")
        return await self._outside.clone.unsaved(place)

    async def new_migration(self, text: str) -> NewMigration:
        """Return how to make a migration that a text names, and what is in its way (R89); UsageError for a text without a word."""
        from strideiq_console.services.new_migration import read_new_migration

        return await read_new_migration(self._outside, self.settings, text)

    async def examine(self, *, deadline: float) -> tuple[Finding, ...]:
        """Walk through every provider that is configured, each examination for at most ``deadline`` seconds."""
        from strideiq_console.services.checkup import walk
        from strideiq_console.services.checkup.examination import Patient

        patient = Patient(self._outside, self.settings, self.clock.now)
        return await walk.examine(walk.examinations(patient), deadline=deadline)

    async def inspect_tokens(self, name: str = "") -> tuple[TokenFinding, ...]:
        """Ask each provider about its token, all at once; a refused token is a finding, never raised."""
        import asyncio

        async def one(key: str, inspect: Inspect) -> TokenFinding:
            try:
                return TokenFinding(key, await inspect(), None)
            except OutsideError as error:
                return TokenFinding(key, None, error.fault)

        wanted = [(key, inspect) for key, inspect in self._outside.inspectors.items() if not name or key == name]
        return tuple(await asyncio.gather(*(one(key, inspect) for key, inspect in wanted)))

    async def rollback_candidates(self) -> tuple[Candidate, ...]:
        """Return the last ten commits that production was deployed with, newest first; BlockedError where nobody can tell."""
        from strideiq_console.services.rollback.candidates import candidates

        return await candidates(self._acting().ports)

    async def rollback_offer(
        self, target: str, components: Collection[str] = (), blamed: str | None = None
    ) -> tuple[RollbackFacts, Offer]:
        """Return what is known of going back to ``target`` (a full commit name), every way and every closed one (R96).

        ``components`` empty: all of them; ``blamed``: one commit to take back instead of all since the target, which may be ``""``
        then. Raises UsageError for a blamed commit that main does not hold, BlockedError for one without a parent.
        """
        from strideiq_console.services.rollback.facts import offer
        from strideiq_console.services.rollback.naming import blamed_of

        ports = self._acting().ports
        if blamed is not None and not target:
            target = (await blamed_of(ports, blamed)).parents[0]
        return await offer(ports, target, components, blamed)

    @property
    def branches(self) -> BranchReads:
        """Return what is read of a branch only when somebody looks: its commits, files and patch."""
        from strideiq_console.services.branch_reads import BranchReads

        return BranchReads(self._outside, self.facts().branches.value or ())

    @property
    def unfolding(self) -> Unfolding:
        """Return what reads on demand: for a panel that was opened, never for a dashboard or a glance."""
        from strideiq_console.services.unfolding import Unfolding

        return Unfolding(self.settings, self._outside, self.clock)

    async def history(self, environment: str, quantity: Quantity, span: timedelta) -> tuple[Series, ...]:
        """Return the last ``span`` of a quantity, one series a source and part, from a source that remembers or from the store.

        OutsideError when it cannot be asked and nothing was kept; BlockedError where nothing remembers.
        """
        from strideiq_console.services.history import past
        from strideiq_console.services.metering import history_port

        port = history_port(self.settings, self._outside, environment)
        samples = self._store.samples if self._store is not None else None
        return await past(port, samples, self.clock.now(), environment, quantity, span)

    def known_changes(self, environment: str) -> Changes:
        """Return what is known already of what changed in an environment. Raises BlockedError for one that is not served."""
        from strideiq_console.services.changes import known_changes

        return known_changes(self.settings, self.facts(), environment, self.clock.now())

    async def changes(self, environment: str) -> Changes:
        """Return what changed in an environment since what it served before. Raises BlockedError for one that is not served."""
        from strideiq_console.services.changes import read_changes

        return await read_changes(self._outside, self.settings, self.facts(), environment, self.clock.now())

    def _acting(self) -> Engine:
        if self.engine is None:
            raise BlockedError(self.read_only or "nothing can be carried out here", next_step="strideiq doctor says more")
        return self.engine

    async def jobs(self, run_id: int) -> tuple[Job, ...]:
        """Return the jobs of a run. Raises OutsideError, or BlockedError without a code host."""
        return await self._code_host().workflow_runs.jobs(run_id)

    @property
    def ci(self) -> CiReads:
        """Return what is read of CI only when somebody looks."""
        if self._ci is None:
            from strideiq_console.services.ci_reads import CiReads

            self._ci = CiReads(self._outside, self.clock, main=self.settings.main, stretch=self.board.stretch)
        return self._ci

    def _code_host(self) -> CodeHost:
        if self._outside.host is None:
            raise BlockedError("GitHub is not configured", next_step="strideiq secrets set github, then start again")
        return self._outside.host
