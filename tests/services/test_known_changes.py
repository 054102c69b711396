"""What changed is read from what there is; what cannot be read is said, and hides nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from strideiq_console.domain.environment import Component
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import CloneError, Fault, FaultKind, OutsideError
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.variable import Variable
from strideiq_console.services.changes import read_changes
from strideiq_console.settings.model import Settings
from tests.presentation.facts import MAIN, NOW, STAGING, ago, calm, deployment, environments, reading

SETTINGS = Settings(environments=environments(), components=(Component("web", "vercel"), Component("api", "railway")))


class Answering:
    """Any port: each method answers what it was told, or raises it."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        answer = self._answers[name]

        async def said(*_: Any, **__: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        return said


def moved() -> Facts:
    listed = {}
    for part, provider in (("web", "vercel"), ("api", "railway")):
        now = deployment(part, "production", MAIN, at=ago(minutes=12))
        before = deployment(part, "production", STAGING, at=ago(days=1), live=False)
        listed[provider] = reading(provider, (now, before))
    return replace(calm(), deployments=listed)


def variable(name: str, hours: float | None) -> Variable:
    return Variable(name, "production", "vercel", updated_at=None if hours is None else NOW - timedelta(hours=hours))


async def test_variables_count_from_when_the_one_before_was_made() -> None:
    hosts: Any = {
        "vercel": Answering(variables=(variable("SINCE", 3), variable("BEFORE", 30))),
        "railway": Answering(variables=()),
    }
    found = await read_changes(Outside(hosting=hosts), SETTINGS, moved(), "production", NOW)
    assert [one.name for one in found.variables or ()] == ["SINCE"]
    assert found.commits is None
    assert found.unknown == ("commits: there is no clone here",)


async def test_one_provider_that_fails_leaves_the_other() -> None:
    broken = Answering(variables=OutsideError(Fault(FaultKind.TIMEOUT, "railway", "no answer")))
    hosts: Any = {"vercel": Answering(variables=(variable("SINCE", 3), variable("UNDATED", None))), "railway": broken}
    found = await read_changes(Outside(hosting=hosts), SETTINGS, moved(), "production", NOW)
    assert [one.name for one in found.variables or ()] == ["SINCE"]
    assert "variables of railway: they cannot be read" in found.unknown
    assert "variables of vercel: 1 do not say when they were changed" in found.unknown


async def test_a_clone_that_cannot_tell_is_said() -> None:
    clone: Any = Answering(is_ancestor=True, changes=CloneError("broken"), fetch=None)
    found = await read_changes(Outside(clone=clone), SETTINGS, moved(), "production", NOW)
    assert found.commits is None
    assert any(words.startswith("commits: the clone cannot tell") for words in found.unknown)


async def test_deployments_that_nobody_read_are_said() -> None:
    found = await read_changes(Outside(), SETTINGS, calm(deployments={}), "production", NOW)
    assert found.span is None
    assert "deployments of web: they have not been read yet" in found.unknown


async def test_old_deployments_are_not_taken_for_the_present() -> None:
    facts = moved()
    old = {name: replace(one, seen=ago(hours=2)) for name, one in facts.deployments.items()}
    found = await read_changes(Outside(), SETTINGS, replace(facts, deployments=old), "production", NOW)
    assert any("nothing newer is known" in words for words in found.unknown)
    assert found.span == (STAGING, MAIN)
