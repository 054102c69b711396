"""Going back: the commits that production can go back to at the left, the ways to the highlighted one at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.policy.rollback import Candidate, Facts, Offer, previous
from strideiq_console.domain.runbook.rollback import AUTO, PROMOTE, WAYS
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.environment_state import environment_state
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.rollback_screen import (
    Chosen,
    alone,
    backup_words,
    candidate_table,
    detail,
    known_candidates,
)
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import ExecutionStarted
from strideiq_console.ui.screens.planned import DRY, plan_dialog
from strideiq_console.ui.screens.reading import fault_dialog
from strideiq_console.ui.screens.rows import RowScreen, plainly
from strideiq_console.ui.widgets.footer import KeyLine
from strideiq_console.ui.widgets.frame import frame
from strideiq_console.ui.widgets.header import Header
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine

ROLLBACK = "rollback"
"""The runbook that has this screen of its own, where the way back is chosen."""
WHICH = ("all", "web", "api")
_Key = tuple[str, str, bool]
"""A commit, which components go back to it, and whether it is taken back alone instead."""


class CandidateTable(TableView):
    """The commits that production can go back to."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "roll back", id="row.open", tooltip="take the chosen way")]


class RollbackScreen(RowScreen):
    """Chooses a way back and starts it. Nothing waits: what is known is shown, and what is read replaces it."""

    AUTO_FOCUS = "TableView"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(n), f"way({n})", f"way {n}", show=False, id=f"rollback.way-{n}", tooltip=f"take way {n}")
            for n in range(1, 6)
        ),
        Binding(
            "c", "alone", "only this commit", id="rollback.alone", tooltip="take this commit back alone, or go back to it again"
        ),
        Binding("escape", "leave", "back", id="rollback.leave"),
        Binding(
            "P", "promote", "end the pin", id="rollback.promote", tooltip="promote what main holds, so that pushes go live again"
        ),
        Binding("space", "which", "components", id="rollback.components", tooltip="all components, the web alone, the API alone"),
        Binding("r", "renew", "read again", id="rollback.renew"),
        Binding("D", "dry_run", "plan only", id="rollback.dry-run", tooltip="show the whole plan, and enter nothing"),
    ]

    def __init__(self, services: Console, engine: Engine, glyphs: Glyphs, *, dry: bool = False) -> None:
        super().__init__(services, glyphs)
        self._engine = engine
        self._dry = dry
        self._table = CandidateTable(glyphs)
        self._candidates: tuple[Candidate, ...] = ()
        self._offers: dict[_Key, tuple[Facts | None, Offer]] = {}
        self._faults: dict[_Key, str] = {}
        self._which = 0
        self._alone = False
        self._way = 0
        self._moved = False

    def compose(self) -> ComposeResult:
        """Lay candidates and ways out."""
        yield Header(self.services, self.glyphs, with_verdict=False, title=(Cell("Roll production back", Tone.CRITICAL),))
        with Container(id="rollback"):
            with Vertical(id="candidates", classes="panel"):
                yield self._table
            with VerticalScroll(id="ways", classes="panel"):
                yield safe.PlainStatic("", id="text")
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what is known, and read what is not."""
        if not self.is_attached or not self.query(TableView):
            return  # taken away before it was drawn
        safe.title(self.query_one("#candidates"), "Go back to")
        safe.title(self.query_one("#ways"), "Ways: 1-5 chooses, enter asks you to confirm")
        frame(self.query_one("#ways"), production=True)
        now = self.services.clock.now()
        self._show(known_candidates(self.services.facts(), self._environment, now), "reading what can be gone back to…")
        self._read()

    @property
    def _environment(self) -> str:
        found = (one.name for one in self.services.settings.environments if one.production)
        return next(found, "production")

    @property
    def _pinned(self) -> bool | None:
        """Say whether production is kept from serving new builds; None: nobody knows, and planning will tell."""
        now, facts = self.services.clock.now(), self.services.facts()
        states = (environment_state(facts, one, now) for one in facts.environments if one.name == self._environment)
        return next((state.pinned for state in states), None)

    def _show(self, candidates: tuple[Candidate, ...], notice: str = "") -> None:
        self._candidates = candidates
        table = candidate_table(candidates, self.services.clock.now(), self.glyphs, notice=self.glyphs.plain(notice))
        self._table.show(table)
        before = previous(candidates)
        if before is not None and not self._moved:
            self._table.stand_on(before.sha)
        self._draw()

    @work(group="candidates", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        try:
            found = await self.services.rollback_candidates()
        except ConsoleError as error:
            self._show(self._candidates, error.sentence())
            return
        self._show(found, "" if found else "No provider names a commit that production was deployed with.")
        self._plan_highlighted()

    @property
    def candidate(self) -> Candidate | None:
        """Return the candidate under the cursor."""
        key = self._table.row.key if self._table.row else None
        return next((one for one in self._candidates if one.sha == key), None)

    @property
    def _offer(self) -> Offer | None:
        known = self._offers.get(self._key())
        return known[1] if known is not None else None

    def _key(self) -> _Key:
        return (self.candidate.sha if self.candidate else "", "all" if self._alone else WHICH[self._which], self._alone)

    @on(TableView.Moved)
    def _highlighted(self) -> None:
        self._way = 0
        for ways in self.query("#ways"):
            ways.scroll_home(animate=False)
        self._draw()
        self._plan_highlighted()

    @work(group="offer", exclusive=True, exit_on_error=False)
    async def _plan_highlighted(self) -> None:
        key = self._key()
        sha, parts, by_itself = key
        if not sha or key in self._offers:
            return
        self._faults.pop(key, None)
        try:
            if by_itself:
                facts, found = await self.services.rollback_offer("", (), sha)
                self._offers[key] = facts, alone(found)
            else:
                self._offers[key] = await self.services.rollback_offer(sha, () if parts == "all" else (parts,))
        except ConsoleError as error:
            self._faults[key] = error.sentence()
        self._draw()

    def _draw(self) -> None:
        if not self.is_attached or not self.query("#text"):
            return  # not drawn yet, or taken away already
        facts, offer = self._offers.get(self._key(), (None, None))
        now = self.services.clock.now()
        lines = detail(
            self.candidate,
            offer,
            Chosen(self._way, WHICH[self._which], self._alone),
            now,
            self.glyphs,
            fault=self._faults.get(self._key(), ""),
            backup=backup_words(facts, now),
            pinned=self._pinned is True,
        )
        self.query_one("#text", safe.PlainStatic).show(plainly(lines, self.glyphs))
        self.refresh_bindings()

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        if action in ("way", "dry_run", "alone", "which") and self.candidate is None:
            return "there is nothing to go back to"
        if action == "which" and self._alone:
            return "one commit is taken back on main, whatever served it"
        if action == "promote" and self._pinned is False:
            return "nothing is pinned"
        return super().why_not(action)

    def action_way(self, number: int) -> None:
        """Take another way, where it is open."""
        self._moved = True
        offer = self._offer
        if offer is not None and number <= len(offer.plans):
            self._way = number - 1
            self._draw()
        else:
            self.app.notify(f"There is no way {number} here.", severity="warning", timeout=3)

    def action_which(self) -> None:
        """Choose which components go back."""
        self._moved = True
        self._which = (self._which + 1) % len(WHICH)
        self._way = 0
        self._draw()
        self._plan_highlighted()

    def action_alone(self) -> None:
        """Take the highlighted commit back alone, or go back to it as a whole again."""
        self._moved = True
        self._alone = not self._alone
        self._way = 0
        self._draw()
        self._plan_highlighted()

    def action_renew(self) -> None:
        """Ask the providers again."""
        self._offers.clear()
        self._read()

    @on(TableView.Chosen)
    def _enter(self, event: TableView.Chosen) -> None:
        event.stop()
        self._begin_chosen(dry=self._dry)

    def action_dry_run(self) -> None:
        """Show the plan of the chosen way."""
        self._begin_chosen(dry=True)

    def action_promote(self) -> None:
        """End a pin: promote what main holds; its confirmation opens by itself."""
        self._begin({"way": PROMOTE}, dry=self._dry)

    def _inputs(self, candidate: Candidate) -> dict[str, str]:
        offer, way = self._offer, AUTO
        if offer is not None and self._way < len(offer.plans):
            kinds = {kind: name for name, kind in WAYS.items()}
            way = kinds[offer.plans[self._way].kind]
        if self._alone:
            return {"blame": candidate.sha, "way": way}
        return {"target": candidate.sha, "way": way, "components": WHICH[self._which]}

    def _begin_chosen(self, *, dry: bool) -> None:
        candidate = self.candidate
        if candidate is not None:
            self._begin(self._inputs(candidate), dry=dry)

    @work(group="begin", exclusive=True, exit_on_error=False)
    async def _begin(self, inputs: dict[str, str], *, dry: bool) -> None:
        """Plan and enter the plan; its confirmation opens by itself, and only that does anything."""
        self.app.notify("Planning the way back…", timeout=2)
        try:
            plan = await self._engine.plan(ROLLBACK, inputs)
            if dry:
                await self.app.push_screen_wait(plan_dialog(plan, self.glyphs, self.services.clock, title=DRY))
                return
            execution = await self._engine.start(plan)
        except ConsoleError as error:
            await self.app.push_screen_wait(fault_dialog(error, self.services.clock, title="No rollback"))
            return
        self.post_message(ExecutionStarted(execution, at_once=True))

    def action_leave(self) -> None:
        """Go back; nothing was entered."""
        self.dismiss(None)
