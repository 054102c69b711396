"""The machine's clock: off when every provider says so; one provider alone is off itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from strideiq_console.domain.reading import Level
from strideiq_console.services.checkup import machine

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("skews", "found"),
    [
        ({"github": 0.0, "vercel": 0.0}, [("this machine", Level.OK)]),
        ({"github": 1.9, "vercel": -1.9}, [("this machine", Level.OK)]),
        ({"github": 10.0, "vercel": 10.1}, [("this machine", Level.WARNING)]),
        ({"github": -10.0}, [("this machine", Level.WARNING)]),
        ({"github": 10.0, "vercel": 0.0}, [("this machine", Level.OK), ("github", Level.WARNING)]),
        ({}, [("this machine", Level.UNKNOWN)]),
    ],
    ids=["right", "nearly", "behind", "ahead", "one alone", "nobody"],
)
def test_who_is_off(skews: dict[str, float], found: list[tuple[str, Level]]) -> None:
    told = list(machine.judge({name: skew * MINUTE for name, skew in skews.items()}))
    assert [(finding.subject, finding.level) for finding in told] == found
    assert all(bool(finding.next_step) == (finding.level is not Level.OK) for finding in told)


def test_the_words_say_which_way() -> None:
    (behind,) = machine.judge({"github": 10 * MINUTE, "vercel": 11 * MINUTE})
    assert behind.cause.startswith("10 min behind github, vercel")
    (ahead,) = machine.judge({"github": -10 * MINUTE})
    assert ahead.cause.startswith("10 min ahead of github")
    assert "network time" in ahead.next_step
