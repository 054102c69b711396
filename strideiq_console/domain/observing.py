"""The ports of what watches StrideIQ: measured values, their history, alerts, and the server's own targets and rules.

What ``domain.ports`` says of reads holds here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol, runtime_checkable

from strideiq_console.domain.alert import Alert, Listing, Rule, Silence, Target
from strideiq_console.domain.metric import Metrics, Quantity, Series


class MetricsSource(Protocol):
    """A source of measured values: Prometheus, or a metrics page read straight from the API."""

    @property
    def source(self) -> str:
        """Return the word that its readings and faults carry."""
        ...

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Return the present values; percentiles, rates and errors sum up the last ``window``, or what the series says instead."""
        ...


@runtime_checkable
class MetricsHistory(Protocol):
    """A source that remembers."""

    async def recent(
        self, environment: str, quantities: Sequence[Quantity], span: timedelta, *, points: int = 60
    ) -> tuple[Series, ...]:
        """Return the last ``span`` of several quantities, with as few requests as they can be told with.

        One that is not exported has no series. OutsideError when the source does not answer; nothing is returned in part.
        """
        ...

    async def history(self, environment: str, quantity: Quantity, span: timedelta, *, points: int = 60) -> tuple[Series, ...]:
        """Return the last ``span`` in about so many samples, one series a part; empty when it is not exported."""
        ...


class AlertSource(Protocol):
    """A source of alerts that are pending, firing or silenced."""

    @property
    def source(self) -> str:
        """Return the word that its alerts and faults carry."""
        ...

    async def alerts(self) -> Listing[Alert]:
        """Return what is raised now, worst first."""
        ...


class SilenceSource(Protocol):
    """A source of silences."""

    async def silences(self) -> Listing[Silence]:
        """Return silences that are active or to come; expired ones are left out."""
        ...


class ScrapeWatch(Protocol):
    """The monitoring server's own state: without it, no alert is no good news."""

    async def targets_down(self) -> Listing[Target]:
        """Return the targets whose last scrape did not work; incomplete when nothing is watched at all."""
        ...

    async def rules(self) -> Listing[Rule]:
        """Return the rules with their state."""
        ...
