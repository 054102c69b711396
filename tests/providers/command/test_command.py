"""A command's JSON becomes metrics; whatever else it does is a fault that names the command and the field."""

from __future__ import annotations

import json
import os
import random
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.metric import Metrics, Quantity
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.command import Command
from tests.providers.hosting import NOW, StillClock

WINDOW = timedelta(days=1)
CANARY = "canary-of-the-founder"


def command(source: str, *, timeout: float = 20.0, **words: Any) -> Command:
    words = {"environ": {"PATH": os.defpath, "STRIDEIQ_GITHUB_TOKEN": CANARY, "SECRET_KEY": CANARY}, "redact": Redactor()} | words
    argv = (sys.executable, "-c", source)
    return Command(name="business", argv=argv, environment="production", clock=StillClock(), timeout=timeout, **words)


async def printed(value: Any) -> Metrics:
    text = value if isinstance(value, str) else json.dumps(value)
    return await command(f"print({text!r})").metrics("production", WINDOW)


async def fault_of(source: str, **words: Any) -> Any:
    with pytest.raises(OutsideError) as caught:
        await command(source, **words).metrics("production", WINDOW)
    return caught.value.fault


async def test_entries_become_series_with_their_times_parts_and_gaps() -> None:
    metrics = await printed(
        {
            "metrics": [
                {"quantity": "daily_active_users", "value": 214, "at": "2026-01-09T06:00:00Z"},
                {"quantity": "daily_active_users", "value": None, "at": "2026-01-08T06:00:00+00:00"},
                {"quantity": "queue_depth", "value": 3, "part": "sync\u202e", "extra": {"x": 1}},
                {"quantity": "strava_sync_success", "value": 0.97, "n": 120, "note": "24 h"},
            ],
            "note": "from the\nreporting copy",
        }
    )
    users, depth, sync = metrics.series
    assert [(s.at.day, s.value) for s in users.samples] == [(8, None), (9, 214.0)]
    assert (depth.quantity, depth.value, depth.samples[0].at) == (Quantity.QUEUE_DEPTH, 3.0, NOW)
    assert "\u202e" not in depth.part
    assert (sync.n, sync.note, metrics.note) == (120, "24 h", "from the reporting copy")
    assert (metrics.environment, metrics.source, metrics.complete) == ("production", "command", True)
    assert (await command("raise SystemExit(9)").metrics("staging", WINDOW)).series == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no valid JSON"),
        ("<html>", "no valid JSON"),
        ("[]", "`object`"),
        ('{"metric": []}', "metrics"),
        ('{"metrics": [{"quantity": "daily_active_users"}]}', "value"),
        ('{"metrics": [{"quantity": "users", "value": 1}]}', "$.metrics[0].quantity"),
        ('{"metrics": [{"quantity": "requests", "value": "1"}]}', "$.metrics[0].value"),
        ('{"metrics": [{"quantity": "requests", "value": true}]}', "$.metrics[0].value"),
        ('{"metrics": [{"quantity": "requests", "value": NaN}]}', "NaN"),
        ('{"metrics": [{"quantity": "requests", "value": 1e999}]}', "out of range"),
        ('{"metrics": [{"quantity": "requests", "value": -1}]}', "below 0 - at `$.metrics[0]`"),
        ('{"metrics": [{"quantity": "error_rate", "value": 5}]}', "above 1"),
        ('{"metrics": [{"quantity": "requests", "value": 1, "value": 2}]}', "duplicate key"),
        ('{"metrics": [{"quantity": "requests", "value": 1, "at": "2026-01-09T12:00:00"}]}', "$.metrics[0].at"),
        ('{"metrics": [{"quantity": "requests", "value": 1, "at": "2026-01-09T12:20:00Z"}]}', "in the future"),
        ('{"metrics": [{"quantity": "requests", "value": 1, "n": -1}]}', "$.metrics[0].n"),
        ('{"metrics": [{"quantity": "requests", "value": 1}, {"quantity": "requests", "value": 2}]}', "twice"),
        ('{"metrics": ' + "[" * 300 + "]" * 300 + "}", "deeper than 100"),
        ('{"metrics": [' + ",".join(['{"quantity":"requests","value":1}'] * 501) + "]}", "500"),
        ('{"metrics": [{"quantity": "requests", "value": ' + "9" * 400 + "}]}", "the command business"),
    ],
    ids=[
        "empty", "html", "list", "no-metrics", "no-value", "quantity", "text", "bool", "nan", "infinite", "negative", "share",
        "duplicate", "naive", "future", "n", "twice", "deep", "many", "huge",
    ],
)  # fmt: skip
async def test_what_is_no_answer_names_the_command_and_the_field(text: str, words: str) -> None:
    with pytest.raises(OutsideError) as caught:
        await printed(text)
    fault = caught.value.fault
    assert (fault.kind, fault.source) == (FaultKind.MALFORMED, "command")
    assert fault.cause.startswith("the command business: ")
    assert words in fault.cause
    assert fault.next_step


async def test_failing_hanging_flooding_and_missing_commands_are_faults() -> None:
    failed = await fault_of("import sys; print('no route\\x1b[2J', file=sys.stderr); sys.exit(3)")
    assert failed.kind is FaultKind.LOCAL
    assert "ended with code 3: no route" in failed.cause
    assert "\x1b" not in failed.cause
    assert (await fault_of("import os; os.kill(os.getpid(), 9)")).cause.endswith("was ended by signal 9: it said nothing")
    assert (await fault_of("import time; time.sleep(60)", timeout=0.5)).kind is FaultKind.TIMEOUT
    assert (await fault_of("print('x' * 300_000)")).kind is FaultKind.TOO_LARGE
    missing = Command(name="b", argv=["no-such-program"], environment="production", clock=StillClock(), environ={})
    with pytest.raises(OutsideError) as caught:
        await missing.metrics("production", WINDOW)
    assert caught.value.fault.kind is FaultKind.NOT_CONFIGURED


async def test_the_child_gets_no_token_and_only_what_is_named(tmp_path: Path) -> None:
    seen = "import os, json; print(json.dumps({'metrics': [], 'note': ' '.join(sorted(os.environ)) + os.getcwd()}))"
    note = (await command(seen, cwd=tmp_path).metrics("production", WINDOW)).note
    assert "STRIDEIQ" not in note
    assert "SECRET_KEY" not in note
    named = command(
        "import os, sys; sys.exit(os.environ['SECRET_KEY'])", pass_environment=("SECRET_KEY",), redact=Redactor([Secret(CANARY)])
    )
    with pytest.raises(OutsideError) as caught:
        await named.metrics("production", WINDOW)
    assert "•••" in caught.value.fault.cause
    assert CANARY not in caught.value.fault.sentence()


VALUES = (
    None,
    True,
    0,
    -1,
    1.5,
    2**70,
    10**400,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\x1b[2J",
    "9999-12-31T23:59:59Z",
    [],
    {},
    [[]],
    {"": {}},
)
WHOLE = {
    "metrics": [
        {"quantity": "requests", "value": 1, "at": "2026-01-09T06:00:00Z", "part": "api", "n": 3, "note": "x"},
        {"quantity": "error_rate", "value": 0.5},
    ],
    "note": "n",
}


def mutated(value: Any, dice: random.Random) -> Any:
    """Return the value with a few of its parts dropped, doubled, retyped or replaced."""
    if dice.random() < 0.12:
        return dice.choice(VALUES)
    if isinstance(value, dict):
        kept = {k: mutated(v, dice) for k, v in value.items() if dice.random() > 0.1}
        return kept | ({dice.choice(["extra", "value", ""]): dice.choice(VALUES)} if dice.random() < 0.1 else {})
    if isinstance(value, list):
        return [mutated(item, dice) for item in value for _ in range(dice.choice((0, 1, 1, 1, 2)))]
    return value


@settings(max_examples=2000, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_two_thousand_mutated_payloads_are_metrics_or_a_named_fault(seed: int) -> None:
    payload = json.dumps(mutated(WHOLE, random.Random(seed))).encode()  # noqa: S311 - nothing secret is made
    outcome: Metrics | str
    try:
        outcome = command("")._read(payload)
    except OutsideError as error:
        outcome = error.fault.cause
    if isinstance(outcome, str):
        assert outcome.startswith("the command business: it printed ")
        assert is_clean(outcome)
        return
    assert all(s.value is None or 0 <= s.value < float("inf") for s in outcome.series)
    assert all(is_clean(s.part + s.note) for s in outcome.series)
