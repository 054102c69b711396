"""Maps what Prometheus says of its targets, rules and alerts to the console's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from strideiq_console.domain.alert import Alert, AlertState, Listing, Rule, RuleState, Target, TargetHealth
from strideiq_console.domain.policy.metric_names import MetricNames
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.prometheus import wire
from strideiq_console.providers.prometheus.api import Told

T = TypeVar("T")
MAX_ITEMS = 500
_ORDER = (AlertState.FIRING, AlertState.UNKNOWN, AlertState.PENDING, AlertState.SILENCED, AlertState.RESOLVED)
_SEVERITIES = ("page", "critical", "error", "warning", "info", "none")
_TEXTS = ("summary", "description", "message")


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose alerts are read, how labels are called, and which label value is which environment."""

    source: str
    names: MetricNames
    environments: Mapping[str, str]

    def environment(self, labels: Mapping[str, str]) -> str | None:
        """Return the console's environment of labels; None when they name none that it knows."""
        value = labels.get(self.names.environment, "")
        return next((name for name, known in self.environments.items() if value and known == value), None)

    def severity(self, labels: Mapping[str, str]) -> str:
        """Return the severity that labels name, in lower case."""
        return clean_line(labels.get(self.names.severity, ""), limit=40).lower()


def summary(annotations: Mapping[str, str]) -> str:
    """Return the sentence of an alert, ``""`` when it carries none."""
    return next((clean_line(annotations[key].strip(), limit=300) for key in _TEXTS if annotations.get(key, "").strip()), "")


def listing(items: Iterable[T], told: Told | None = None, *, complete: bool = True, note: str = "") -> Listing[T]:
    """Return at most 500 items; what was cut or warned of makes the list incomplete."""
    everything = tuple(items)
    notes = [note, told.note if told else ""]
    if len(everything) > MAX_ITEMS:
        notes.append(f"{len(everything) - MAX_ITEMS} of {len(everything)} are not shown")
    whole = complete and (told is None or told.complete) and len(everything) <= MAX_ITEMS
    return Listing(everything[:MAX_ITEMS], whole, "; ".join(one for one in notes if one))


def worst_first(found: Iterable[Alert]) -> list[Alert]:
    """Return alerts in the order in which they matter: firing first, then by severity, then by name."""

    def weight(alert: Alert) -> tuple[int, int, str, str]:
        known = alert.severity in _SEVERITIES
        return (_ORDER.index(alert.state), _SEVERITIES.index(alert.severity) if known else 3, alert.name, alert.fingerprint)

    return sorted(found, key=weight)


def alerts(found: Iterable[wire.AlertWire], reading: Reading, told: Told) -> Listing[Alert]:
    """Return the alerts of Prometheus' own rules."""
    return listing(worst_first(_alert(one, reading) for one in found), told)


def _alert(one: wire.AlertWire, reading: Reading) -> Alert:
    states = {"firing": AlertState.FIRING, "pending": AlertState.PENDING}
    labels = wire.clean_labels(one.labels)
    return Alert(
        name=labels.get("alertname", "") or "(no name)",
        state=states.get(one.state, AlertState.UNKNOWN),
        source=reading.source,
        environment=reading.environment(one.labels),
        severity=reading.severity(one.labels),
        summary=summary(one.annotations),
        since=wire.at_iso(one.active_at),
        value=wire.number(one.value),
        labels=labels,
        fingerprint=",".join(f"{name}={value}" for name, value in labels.items()),
    )


def rules(found: wire.RulesWire, reading: Reading, told: Told) -> Listing[Rule]:
    """Return the rules of all groups."""
    more = bool(found.group_next_token)
    made = [_rule(group.name, rule) for group in found.groups for rule in group.rules]
    return listing(made, told, complete=not more, note="the server has more groups" if more else "")


def _rule(group: str, rule: wire.RuleWire) -> Rule:
    alerting = rule.type != "recording"
    known = {"inactive": RuleState.INACTIVE, "pending": RuleState.PENDING, "firing": RuleState.FIRING}
    return Rule(
        group=clean_line(group, limit=100),
        name=clean_line(rule.name, limit=100),
        state=known.get(rule.state, RuleState.UNKNOWN) if alerting else RuleState.INACTIVE,
        query=clean_line(rule.query, limit=500),
        alerting=alerting,
        healthy={"ok": True, "err": False}.get(rule.health),
        error=clean_line(rule.last_error, limit=300),
        hold_seconds=rule.duration,
        alerts=len(rule.alerts or ()),
        evaluated=wire.at_iso(rule.last_evaluation),
    )


def targets_down(found: Iterable[wire.TargetWire], reading: Reading, told: Told) -> Listing[Target]:
    """Return the targets that are not up, those that are down first."""
    everything = [_target(one, reading) for one in found]
    bad = [one for one in everything if one.health is not TargetHealth.UP]
    bad.sort(key=lambda one: (one.health is not TargetHealth.DOWN, one.job, one.instance))
    words = f"{len(everything)} targets are watched" if everything else "no target is watched at all"
    return listing(bad, told, complete=bool(everything), note=words)


def _target(one: wire.TargetWire, reading: Reading) -> Target:
    health = {"up": TargetHealth.UP, "down": TargetHealth.DOWN}.get(one.health, TargetHealth.UNKNOWN)
    return Target(
        job=clean_line(one.labels.get("job", ""), limit=100),
        instance=clean_line(one.labels.get("instance", ""), limit=200),
        health=health,
        environment=reading.environment(one.labels),
        error=clean_line(one.last_error, limit=300),
        scraped=wire.at_iso(one.last_scrape),
    )
