from __future__ import annotations

from datetime import timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.runbook.model import Effect, Plan, Step, Verb
from strideiq_console.store import codec
from tests.store.samples import T0, plan

TEXT = st.text(max_size=30)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=4).map(tuple)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(timezones=ZONES)
EFFECTS = st.lists(st.builds(Effect, TEXT, TEXT), max_size=3).map(tuple)
WORDS = st.lists(TEXT, max_size=3).map(tuple)
STEPS = st.builds(
    Step,
    id=TEXT,
    verb=st.sampled_from(Verb),
    title=TEXT,
    why=TEXT,
    level=st.integers(0, 4),
    arguments=PAIRS,
    environment=TEXT,
    question=TEXT,
    optional=st.booleans(),
    effects=EFFECTS,
)
PLANS = st.builds(
    Plan,
    runbook=TEXT,
    title=TEXT,
    inputs=PAIRS,
    facts=PAIRS,
    scopes=WORDS,
    steps=st.lists(STEPS, max_size=4).map(tuple),
    made_at=TIMES,
    notes=WORDS,
)


@settings(max_examples=150, deadline=None)
@given(PLANS)
def test_a_plan_comes_back_equal_with_the_same_fingerprint(made: Plan) -> None:
    back = codec.plan_of(codec.plan_text(made), "x")
    assert back == made
    assert back.fingerprint == made.fingerprint
    assert codec.plan_text(back) == codec.plan_text(made)


def test_a_plan_of_an_older_console_without_later_fields_is_read() -> None:
    text = codec.plan_text(plan())
    for later_field in ('"effects":[],', '"question":"",', '"environment":"",'):
        text = text.replace(later_field, "")
    assert codec.plan_of(text, "x") == plan()


@given(TIMES)
def test_a_time_comes_back_and_sorts_as_text(at) -> None:  # type: ignore[no-untyped-def]
    assert codec.time_of(codec.time_text(at)) == at
    assert (codec.time_text(at) < codec.time_text(T0)) == (at < T0)


def test_a_fault_comes_back_and_an_unreadable_one_is_dropped() -> None:
    fault = Fault(FaultKind.RATE_LIMITED, "github", "limit", "waits", "wait", T0, T0, "id")
    assert codec.fault_of(codec.fault_text(fault)) == fault
    assert codec.fault_of(None) is None
    assert codec.fault_of('{"kind":"of a later console"}') is None
