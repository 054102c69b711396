"""Alertmanager's alerts, silences and state, by its API v2."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.domain.alert import Alert, AlertServer, AlertState, Listing, Silence, SilenceState
from strideiq_console.domain.policy.metric_names import MetricNames
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.prometheus import wire
from strideiq_console.providers.prometheus.promql import quoted
from strideiq_console.providers.prometheus.watching import Reading, listing, summary, worst_first
from strideiq_console.providers.wire import decode

_SILENCES = {"active": SilenceState.ACTIVE, "pending": SilenceState.PENDING, "expired": SilenceState.EXPIRED}
_OPERATORS = {(False, True): "=", (False, False): "!=", (True, True): "=~", (True, False): "!~"}


class Alertmanager:
    """One Alertmanager. ``environments`` maps the console's names to values of the environment label."""

    def __init__(self, *, client: HttpClient, environments: Mapping[str, str], names: MetricNames | None = None) -> None:
        self._client = client
        self._reading = Reading(client.source, names or MetricNames(), dict(environments))

    @property
    def source(self) -> str:
        """Return the provider's word."""
        return self._client.source

    async def alerts(self) -> Listing[Alert]:
        """Return every alert, silenced and inhibited ones too, worst first."""
        answer = await self._client.get("/api/v2/alerts")
        found = decode(self.source, "alerts", answer.json(), list[wire.AmAlertWire])
        return listing(worst_first(self._alert(one) for one in found))

    async def silences(self) -> Listing[Silence]:
        """Return silences that are active or to come, those that end first before the others; expired ones are left out."""
        answer = await self._client.get("/api/v2/silences")
        found = decode(self.source, "silences", answer.json(), list[wire.AmSilenceWire])
        made = [_silence(one) for one in found]
        there = [one for one in made if one.state is not SilenceState.EXPIRED]
        return listing(sorted(there, key=lambda one: (one.ends is None, one.ends, one.id)))

    async def status(self) -> AlertServer:
        """Return its version and whether its cluster is ready."""
        answer = await self._client.get("/api/v2/status")
        found = decode(self.source, "its status", answer.json(), wire.AmServerWire)
        # A lone server calls its cluster disabled: that is as ready as it gets.
        ready = {"ready": True, "disabled": True, "settling": False}.get(found.cluster.status)
        return AlertServer(clean_line(found.version_info.version, limit=60), ready, wire.at_iso(found.uptime))

    def _alert(self, one: wire.AmAlertWire) -> Alert:
        # "unprocessed" has not been looked at yet: until it is known to be hidden, it fires.
        states = {"active": AlertState.FIRING, "unprocessed": AlertState.FIRING, "suppressed": AlertState.SILENCED}
        labels = wire.clean_labels(one.labels)
        return Alert(
            name=labels.get("alertname", "") or "(no name)",
            state=states.get(one.status.state, AlertState.UNKNOWN),
            source=self.source,
            environment=self._reading.environment(one.labels),
            severity=self._reading.severity(one.labels),
            summary=summary(one.annotations),
            since=wire.at_iso(one.starts_at),
            labels=labels,
            fingerprint=clean_line(one.fingerprint, limit=80),
            silenced_by=tuple(clean_line(text, limit=80) for text in (one.status.silenced_by or ())[:20]),
            inhibited=bool(one.status.inhibited_by),
        )


def _silence(one: wire.AmSilenceWire) -> Silence:
    return Silence(
        id=clean_line(one.id, limit=80),
        state=_SILENCES.get(one.status.state, SilenceState.UNKNOWN),
        matchers=tuple(
            clean_line(f"{m.name}{_OPERATORS[m.is_regex, m.is_equal]}{quoted(m.value)}", limit=200) for m in one.matchers[:50]
        ),
        starts=wire.at_iso(one.starts_at),
        ends=wire.at_iso(one.ends_at),
        by=clean_line(one.created_by, limit=100),
        comment=clean_line(one.comment, limit=300),
    )
