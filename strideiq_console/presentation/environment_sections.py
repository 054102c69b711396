"""The sections of the opened environments panel, as a table: what each shows, and what it reads on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.reading import Reading
from strideiq_console.presentation.cell import Line, Table
from strideiq_console.presentation.environment_deployments import deployment_detail, deployments_table
from strideiq_console.presentation.environment_ladder import ladder_detail, ladder_table
from strideiq_console.presentation.environment_names import names_detail, names_table
from strideiq_console.presentation.environment_services import service_detail, services_table
from strideiq_console.presentation.environment_state import EnvironmentState
from strideiq_console.presentation.environment_status import status_detail, status_table
from strideiq_console.presentation.glyphs import Glyphs


@dataclass(frozen=True, slots=True)
class Section:
    """One section. ``each``: it is about one environment, not about all; ``reads`` names where its list comes from on demand.

    ``""`` reads nothing: the facts hold all of it.
    """

    name: str
    title: str
    each: bool = True
    reads: str = ""


SECTIONS = (
    Section("overview", "Overview", each=False),
    Section("ladder", "Ladder", each=False, reads="git"),
    Section("parts", "Parts", reads="railway"),
    Section("deployments", "Deployments"),
    Section("names", "Names", reads="dns"),
    Section("providers", "Providers", each=False),
)


@dataclass(frozen=True, slots=True)
class SectionParts:
    """How a section's list and preview are made, of the facts, the environment, and what was read on demand."""

    table: Callable[[Facts, EnvironmentState, Reading[Any], Glyphs], Table]
    detail: Callable[[Facts, EnvironmentState, Reading[Any], str, Glyphs], tuple[Line, ...]]


_PARTS = {
    "ladder": SectionParts(
        lambda facts, state, held, glyphs: ladder_table(facts, held, state.now, glyphs),
        lambda facts, state, held, key, glyphs: ladder_detail(facts, held, key, state.now, glyphs),
    ),
    "parts": SectionParts(
        lambda facts, state, held, glyphs: services_table(state, held, state.now, glyphs),
        lambda facts, state, held, key, glyphs: service_detail(state, held, key, state.now, glyphs),
    ),
    "deployments": SectionParts(
        lambda facts, state, held, glyphs: deployments_table(facts, state.environment, state.now, glyphs),
        lambda facts, state, held, key, glyphs: deployment_detail(facts, key, state.now, glyphs),
    ),
    "names": SectionParts(
        lambda facts, state, held, glyphs: names_table(facts, state.environment, held, state.now, glyphs),
        lambda facts, state, held, key, glyphs: names_detail(facts, state.environment, held, key, state.now, glyphs),
    ),
    "providers": SectionParts(
        lambda facts, state, held, glyphs: status_table(facts, state.now, glyphs),
        lambda facts, state, held, key, glyphs: status_detail(facts, key, state.now, glyphs),
    ),
}


def section_of(name: str) -> Section:
    """Return a section by name, the first one for a name that is none."""
    return next((one for one in SECTIONS if one.name == name), SECTIONS[0])


def section_parts(name: str) -> SectionParts:
    """Return how a section is made; the first one has none, it is the panel itself. Raises KeyError for it."""
    return _PARTS[name]


def section_feeds(facts: Facts, name: str, environment: str) -> tuple[str, ...]:
    """Return the feeds that a section is made of, so that reading it again asks nobody else."""
    deployed = [f"{kind}/{host}" for host in facts.deployments for kind in ("deployments", "pins")]
    made = {
        "overview": [
            "clone",
            "branches",
            "promotion",
            "runs",
            "ladder",
            "databases",
            *deployed,
            *(f"health/{place}" for place in facts.health),
        ],
        "ladder": ["clone", "branches", "promotion"],
        "parts": deployed,
        "deployments": deployed,
        "names": ["names", f"health/{environment}"],
        "providers": [f"status/{page}" for page in facts.status],
    }
    return tuple(made[name])
