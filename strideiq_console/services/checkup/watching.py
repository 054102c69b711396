"""What watches StrideIQ, and what the providers say of themselves: metrics, targets, rules, alerts, status pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from strideiq_console.domain.alert import AlertState
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.metric import Metrics, Quantity
from strideiq_console.domain.observing import AlertSource, MetricsSource, ScrapeWatch
from strideiq_console.domain.provider_status import StatusSource
from strideiq_console.domain.reading import Level
from strideiq_console.services.checkup.examination import Examination, Patient

WINDOW = timedelta(hours=1)


def examinations(patient: Patient) -> Iterator[Examination]:
    """Yield the examinations of every source of values and alerts, and of the status pages."""
    outside = patient.outside
    for name, source in outside.metrics.items():
        for environment in patient.served:
            yield _metrics(name, source, environment)
    if outside.watch is not None:
        yield _watch(outside.watch)
    for alerts in outside.alerts:
        yield _alerts(alerts)
    if outside.status is not None:
        for provider in patient.settings.outside.status:
            yield _status(outside.status, provider)


def _metrics(name: str, source: MetricsSource, environment: Environment) -> Examination:
    async def ask() -> tuple[Finding, ...]:
        return (judge_metrics(name, await source.metrics(environment.name, WINDOW)),)

    return Examination("metrics", f"{environment.name} from {name}", ask)


def judge_metrics(name: str, metrics: Metrics) -> Finding:
    """Return what a source gives, and what it was asked for and does not export."""
    subject = f"{metrics.environment} from {name}"
    given = list(dict.fromkeys(str(s.quantity) for s in metrics.series if s.value is not None))
    lacking = "; ".join(f"{quantity}: {why}" for quantity, why in metrics.missing[:6])
    if not given:
        return Finding("metrics", subject, Level.WARNING, "it answers and gives no value", lacking)
    p99 = metrics.value(Quantity.P99)
    head = f"p99 {p99:.0f} ms; " if p99 is not None else ""
    unread = metrics.endpoints is None and not metrics.endpoints_complete
    part = "" if metrics.endpoints_complete or unread else ", the endpoints in part"
    partly = part if metrics.complete and not unread else ", some could not be read"
    level = Level.OK if metrics.complete and not unread else Level.UNKNOWN
    return Finding("metrics", subject, level, f"{head}{len(given)} values{partly}", note=lacking)


def _watch(watch: ScrapeWatch) -> Examination:
    async def ask() -> list[Finding]:
        down, rules = await watch.targets_down(), await watch.rules()
        found = [
            Finding("prometheus", f"{t.job} {t.instance}", Level.WARNING, f"is {t.health}: {t.error or 'no reason told'}")
            for t in down.items
        ]
        found += [
            Finding("prometheus", f"rule {r.name}", Level.WARNING, "cannot be evaluated: it guards nothing", "correct the rule")
            for r in rules.items
            if r.healthy is False
        ]
        if not found:
            words = f"every target answers, {len(rules.items)} rules"
            found.append(Finding("prometheus", "targets", Level.OK if down.complete else Level.UNKNOWN, words, note=down.note))
        return found

    return Examination("prometheus", "targets", ask)


def _alerts(source: AlertSource) -> Examination:
    async def ask() -> tuple[Finding, ...]:
        listed = await source.alerts()
        firing = [alert for alert in listed.items if alert.state is AlertState.FIRING]
        if firing:
            names = ", ".join(dict.fromkeys(alert.name for alert in firing[:5]))
            return (Finding("alerts", source.source, Level.WARNING, f"{len(firing)} firing: {names}", "see strideiq show alerts"),)
        return (Finding("alerts", source.source, Level.OK if listed.complete else Level.UNKNOWN, "none firing", note=listed.note),)

    return Examination("alerts", source.source, ask)


def _status(status: StatusSource, provider: str) -> Examination:
    async def ask() -> tuple[Finding, ...]:
        page = await status.of(provider)
        level = Level.WARNING if page.level is Level.CRITICAL else page.level
        theirs = "their trouble, not ours: wait, and look at the page" if page.level in (Level.WARNING, Level.CRITICAL) else ""
        return (Finding("status", provider, level, page.words, theirs, page.url),)

    return Examination("status", provider, ask)
