"""What is measured reaches the verdict: alerts of the document, a storm of fixes, a month over its plan, a blind night."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.presentation.verdict import verdict

from .facts import MAIN, NOW, calm, fault, health, probe, reading, sha

WINDOW = timedelta(minutes=5)


def series(quantity: Quantity, value: float, *, minutes: int = 30, bad_for: int = 0, bad: float = 0.0) -> Series:
    at = [NOW - timedelta(minutes=m) for m in range(minutes, -1, -1)]
    samples = tuple(Sample(when, bad if bad_for and NOW - when <= timedelta(minutes=bad_for) else value) for when in at)
    return Series(quantity, "production", "prometheus", samples, window=WINDOW, n=600)


def measuring(*, errors_for: int = 0, p99_for: int = 0, **changes: Any) -> Facts:
    errors = series(Quantity.ERROR_RATE, 0.004, bad_for=errors_for, bad=0.072)
    slow = series(Quantity.P99, 640.0, bad_for=p99_for, bad=2400.0)
    asked = series(Quantity.REQUESTS, 600.0)
    present = tuple(replace(one, samples=one.samples[-1:]) for one in (errors, slow, asked))
    facts = calm(
        metrics={"production/prometheus": reading("prometheus", Metrics("production", "prometheus", present))},
        history={"production": reading("history", (errors, slow, asked), period=120)},
    )
    return replace(facts, **changes)


def test_errors_above_the_limit_are_the_verdict_with_their_deployment() -> None:
    found = verdict(measuring(errors_for=10), NOW)
    assert found.level is Level.CRITICAL
    assert found.sentence.startswith("Production: API errors 7.2 % (limit 5 %) for ")
    assert found.sentence.endswith(f"12 min after deploy {MAIN[:7]}.")
    assert [key for key, _ in found.hints] == ["d", "W b"]


def test_what_went_live_after_the_errors_began_is_not_blamed_for_them() -> None:
    assert "after deploy" not in verdict(measuring(errors_for=25), NOW).sentence, "it went live 12 min ago: it may be the rollback"


def test_errors_come_before_a_part_that_is_poor() -> None:
    redis = {
        "production": health("production", probe(Level.WARNING, parts=(("redis", Level.WARNING),))),
        "staging": health("staging"),
    }
    assert "API errors" in verdict(measuring(errors_for=10, health=redis), NOW).sentence
    assert "redis degraded" in verdict(measuring(health=redis), NOW).sentence


def test_a_slow_p99_is_a_warning() -> None:
    found = verdict(measuring(p99_for=10), NOW)
    assert (found.level, "API p99 2.4 s (limit 2 s)" in found.sentence) == (Level.WARNING, True)


def test_calm_values_are_no_finding() -> None:
    assert verdict(measuring(), NOW).level is Level.OK


def test_a_source_that_fails_is_blind_and_never_green() -> None:
    broken = Reading("prometheus", fault=fault(FaultKind.TIMEOUT, "prometheus", "no answer within 45 s"), tried=NOW)
    found = verdict(calm(metrics={"production/prometheus": broken}, history={"production": Reading("history")}), NOW)
    assert found.level is Level.UNKNOWN
    assert "blind" in found.sentence


def test_without_any_source_nothing_is_said_of_alerts() -> None:
    assert verdict(calm(), NOW).level is Level.OK


def fixes(count: int) -> Reading[tuple[Commit, ...]]:
    line = [sha(f"{n:02x}") for n in range(count + 1)]
    commits = [
        Commit(line[n], f"fix: try {n}", "founder", NOW - timedelta(minutes=5 + 8 * n), parents=(line[n + 1],))
        for n in range(count)
    ]
    return reading("git", tuple(commits), period=20)


def test_fix_after_fix_asks_whether_to_go_back() -> None:
    found = verdict(calm(mainline=fixes(4)), NOW)
    assert (found.level, found.sentence.startswith("4 fixes reached main in the last ")) == (Level.WARNING, True)
    assert verdict(calm(mainline=fixes(2)), NOW).level is Level.OK
