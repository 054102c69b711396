"""The environments opened: a page of each, the promotion ladder, parts, deployments with their logs, names, status pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import ConsoleError, Fault, FaultKind, OutsideError
from strideiq_console.domain.reading import Reading
from strideiq_console.domain.unfolded import LogKind
from strideiq_console.presentation.acts import Act
from strideiq_console.presentation.cell import Line, Row, Table
from strideiq_console.presentation.environment_acts import deployment_acts
from strideiq_console.presentation.environment_deployments import deployment_of, fitting_log
from strideiq_console.presentation.environment_sections import SECTIONS, Section, section_feeds, section_of, section_parts
from strideiq_console.presentation.environment_state import environment_state
from strideiq_console.presentation.environments import beside
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.header import Header
from strideiq_console.ui.widgets.section_line import SectionLine
from strideiq_console.ui.widgets.sorting import Sorting

_NOWHERE = Environment("", "", "", "", "")
"""Stands in where no environment is configured at all."""


class EnvironmentsZoom(ZoomScreen):
    """The environments with their sections. What a section shows is read when it is opened, and kept until the zoom is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "turn(1)", "next section", id="zoom.next-section"),
        Binding("left_square_bracket", "turn(-1)", "previous section", show=False, id="zoom.previous-section"),
        Binding("l", "log", "log", id="row.log", tooltip="the log of the deployment that the row is about"),
        Binding("d", "changes_here", "what changed", id="zoom.changes", tooltip="what changed in the environment of this section"),
    ]

    def __init__(self, spec: PanelSpec, *more: Any, at: str = "", **words: Any) -> None:
        self._first = replace(spec, table=beside)
        super().__init__(self._first, *more, at=at, **words)
        self._section: Section = SECTIONS[0]
        self._place = at
        self._held: dict[str, Reading[Any]] = {}
        self._reading: set[str] = set()
        self._stood: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """Lay the sections out below the header."""
        for widget in super().compose():
            yield widget
            if isinstance(widget, Header):
                yield SectionLine([(one.name, one.title) for one in SECTIONS], self.glyphs)

    def on_mount(self) -> None:
        """Mark the section; the base has put the cursor on its row."""
        if self.query(SectionLine):
            self._say()

    @property
    def place(self) -> Environment:
        """Return the environment that the sections are about: the one that the cursor last stood on."""
        if self._section is SECTIONS[0] and self.row is not None:
            self._place = self.row.key
        found = self.services.facts().environments
        return next((one for one in found if one.name == self._place), found[0] if found else _NOWHERE)

    def action_turn(self, by: int) -> None:
        """Go to the next or the previous section."""
        self._go_to(SECTIONS[(SECTIONS.index(self._section) + by) % len(SECTIONS)])

    async def action_changes_here(self) -> None:
        """Ask what changed in the environment that is looked at, also where the row names none."""
        place = "" if self.place.local else self.place.name
        await self.run_action(f"app.changes({place!r})")

    def action_section(self, name: str) -> None:
        """Go to a section by name."""
        self._go_to(section_of(name))

    @on(SectionLine.Chosen)
    def _clicked(self, event: SectionLine.Chosen) -> None:
        self._go_to(section_of(event.name))

    def _go_to(self, section: Section) -> None:
        if section is self._section or not self.services.facts().environments:
            return
        place = self.place
        self._stood[self._section.name] = self.row.key if self.row else ""
        self._section = section
        self._show_all_rows()
        self.spec = self._spec_of(section, place)
        self.panel.become(self.spec)
        self.panel.view.stand_on(self._stood.get(section.name, "") or (self.panel.view.rows[0].key if self.panel.view.rows else ""))
        self.panel.view.focus()
        self.show_detail()
        self._say()
        self._read(section, place, again=False)

    def _show_all_rows(self) -> None:
        """Take filter, marks and sorting of the section that is left away: they mean nothing in another list."""
        field = self.query_one("#filter", Input)
        field.value = ""
        field.display = False
        self.panel.view.narrow_to("")
        self.panel.view.unmark()
        self.panel.view.sort_by(Sorting())

    def _spec_of(self, section: Section, place: Environment) -> PanelSpec:
        """Return the panel of a section over what is held of it; the first one is the panel itself."""
        if section is SECTIONS[0]:
            return self._first
        make = section_parts(section.name)

        def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
            return make.table(facts, environment_state(facts, place, now), self._held_of(section, place), glyphs)

        def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
            return make.detail(facts, environment_state(facts, place, now), self._held_of(section, place), key, glyphs)

        title = f"{section.title} · {place.name}" if section.each else section.title
        return PanelSpec(self._first.number, self._first.name, title, table, detail, self._first.feeds, headings=True)

    def _held_of(self, section: Section, place: Environment) -> Reading[Any]:
        return self._held.get(_key(section, place), Reading(section.reads))

    def _read(self, section: Section, place: Environment, *, again: bool) -> None:
        """Read what a section shows on demand, unless it is held already or on its way."""
        key = _key(section, place)
        if not section.reads or key in self._reading or (key in self._held and not again):
            return
        if section.each and place.local:
            return  # nothing outside knows the own machine
        unfolding = self.services.unfolding
        readers: dict[str, Callable[[], Awaitable[Any]]] = {
            "ladder": unfolding.ladder,
            "parts": lambda: unfolding.board(place.name),
            "names": lambda: unfolding.names(place.name),
        }
        self._reading.add(key)
        self._say()
        self._fetch(key, section, readers[section.name])

    @work(group="jobs", exit_on_error=False)
    async def _fetch(self, key: str, section: Section, read: Callable[[], Awaitable[Any]]) -> None:
        clock, before = self.services.clock, self._held.get(key, Reading(section.reads))
        try:
            value = await read()
        except ConsoleError as error:
            # What was read before stays: a failure empties no list.
            self._held[key] = before.failed(_fault(error, section.reads), clock.now())
        else:
            now = clock.now()
            self._held[key] = Reading(section.reads, value, now, None, now)
        finally:
            self._reading.discard(key)
        if self.is_attached and self.query(SectionLine):
            self.panel.renew()
            self.show_detail()
            self._say()

    def _say(self) -> None:
        """Mark the section; at the right stands what is being read, else which environment it is about."""
        section, place = self._section, self.place
        busy = _key(section, place) in self._reading
        self.set_class(section is SECTIONS[0], "-page")
        about = f"reading {section.reads}…" if busy else place.name if section.each else ""
        self.query_one(SectionLine).point_at(section.name, about, busy=busy)

    def preview_title(self, row: Row | None) -> str:
        """Return which environment, or which row, the preview is about."""
        return (row.key if self._section is SECTIONS[0] else "Details") if row is not None else "Details"

    def acts(self) -> tuple[Act, ...]:
        """Return what can be done: with a deployment its logs first, then what its environment offers."""
        facts, now = self.services.facts(), self.services.clock.now()
        chosen = self.chosen_keys()
        if self._section is SECTIONS[0]:
            return super().acts()
        logs = deployment_acts(self._deployment) if len(chosen) == 1 else ()
        here = f"section('{self._section.name}')"
        return (*logs, *(act for act in self._first.acts(facts, (self.place.name,), now) if act.action != here))

    @property
    def _deployment(self) -> Deployment | None:
        """Return the deployment that the row is about: itself, or what serves a part."""
        if self.row is None:
            return None
        facts, key = self.services.facts(), self.row.key
        if self._section.name == "deployments":
            return deployment_of(facts, key)
        if self._section.name == "parts":
            state = environment_state(facts, self.place, self.services.clock.now())
            name = self.row.cells[1].text
            return next((one.live for one in state.components if one.name == name), None)
        return None

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        if action in ("log", "read"):
            if action == "log" and self._section is SECTIONS[0]:
                return "" if self.row is not None else "there is no row"
            return "" if self._deployment is not None else "the cursor stands on nothing that was deployed"
        return super().why_not(action)

    def open_row(self, row: Row) -> None:
        """Go on to the deployments of an environment, or to the log of a deployment."""
        if self._section is SECTIONS[0]:
            self.action_section("deployments")
        elif self._deployment is not None:
            self.action_log()

    def action_log(self) -> None:
        """Read the log that explains the deployment; from the first section go to the deployments."""
        if self._section is SECTIONS[0]:
            self.action_section("deployments")
        elif self._deployment is not None:
            self._open_log(fitting_log(self._deployment))

    def action_read(self, kind: str) -> None:
        """Read one kind of log of the deployment under the cursor."""
        self._open_log(LogKind[kind])

    def _open_log(self, kind: LogKind) -> None:
        if self._deployment is not None:
            source = self.services.unfolding.log(self._deployment, kind)
            self.app.push_screen(LogScreen(source, self.services, self.glyphs))

    def action_renew(self) -> None:
        """Read this section again, and the feeds that it is made of."""
        self._read(self._section, self.place, again=True)
        self.services.refresh(*section_feeds(self.services.facts(), self._section.name, self.place.name))
        self.app.notify(f"Reading {self._section.title.lower()} again.", timeout=2, markup=False)

    def action_back(self) -> None:
        """Clear the filter, then go to the first section, then back to the dashboard."""
        field = self.query_one("#filter", Input)
        if self._section is SECTIONS[0] or (field.display and (field.has_focus or field.value)):
            super().action_back()
        else:
            self._go_to(SECTIONS[0])


def _key(section: Section, place: Environment) -> str:
    return f"{section.name}/{place.name}" if section.each else section.name


def _fault(error: ConsoleError, source: str) -> Fault:
    """Return why nothing was read, as a fault that can stand beside what was read before."""
    if isinstance(error, OutsideError):
        return error.fault
    return Fault(FaultKind.LOCAL, source, error.cause, error.consequence, error.next_step)
