"""The feed that compares databases: by who answers, else by the address, and not at all where there are no two."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from strideiq_console.domain.database import Identity
from strideiq_console.domain.database_share import Sharing
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.outside import Outside
from strideiq_console.services import feeds
from strideiq_console.services.shares import read_shares
from strideiq_console.services.source import Source
from strideiq_console.services.surroundings import sources
from tests.services.fake_outside import SETTINGS

DOWN = OutsideError(Fault(FaultKind.UNREACHABLE, "postgres", "refused", next_step="look"))
PRODUCTION = Identity("strideiq", "1", "pg-production", 5432)


@dataclass
class Answers:
    """A database that says who it is, or an error in its place; ``address`` is what its address names."""

    answer: Identity | OutsideError
    address: Identity | OutsideError = DOWN

    async def identity(self) -> Identity:
        return self._said(self.answer)

    async def configured(self) -> Identity:
        return self._said(self.address)

    @staticmethod
    def _said(what: Identity | OutsideError) -> Identity:
        if isinstance(what, OutsideError):
            raise what
        return what


@pytest.mark.parametrize(
    ("staging", "production", "sharing"),
    [
        pytest.param(Answers(Identity("strideiq", "2", "pg-staging")), Answers(PRODUCTION), Sharing.OWN, id="both answer"),
        pytest.param(Answers(Identity("strideiq", "1", "pg-other")), Answers(PRODUCTION), Sharing.DATABASE, id="one server"),
        pytest.param(
            Answers(DOWN, Identity("strideiq", None, "pg-production")),
            Answers(PRODUCTION),
            Sharing.DATABASE,
            id="down, one address",
        ),
        pytest.param(Answers(DOWN, PRODUCTION), Answers(DOWN, PRODUCTION), Sharing.DATABASE, id="both down, one address"),
        pytest.param(
            Answers(DOWN, Identity("strideiq", None, "pg-staging")),
            Answers(PRODUCTION),
            Sharing.UNKNOWN,
            id="down, another address",
        ),
        pytest.param(Answers(DOWN), Answers(PRODUCTION), Sharing.UNKNOWN, id="no address"),
    ],
)
async def test_who_does_not_answer_is_compared_by_the_address_alone(
    staging: Answers, production: Answers, sharing: Sharing
) -> None:
    databases = {"production": production, "staging": staging}
    (found,) = await read_shares(databases, "production", ("staging",))  # type: ignore[arg-type]
    assert (found.environment, found.sharing) == ("staging", sharing)


def feed(*names: str) -> Source:
    outside = Outside(databases={name: Answers(Identity("strideiq", name, name)) for name in names})  # type: ignore[misc]
    return next(source for source in sources(SETTINGS, outside) if source.feed is feeds.DATABASES)


async def test_each_other_environment_is_compared_also_the_own_machine() -> None:
    reader = feed("local", "production", "staging").reader
    assert reader is not None
    assert [(one.environment, one.sharing) for one in await reader()] == [("local", Sharing.OWN), ("staging", Sharing.OWN)]


@pytest.mark.parametrize(("known", "lacking"), [((), "production"), (("production",), "staging"), (("staging",), "production")])
def test_without_two_there_is_nothing_to_compare_and_a_next_step(known: tuple[str, ...], lacking: str) -> None:
    found = feed(*known)
    assert found.reader is None
    assert found.missing is not None
    assert (found.missing.kind, found.missing.next_step) == (FaultKind.NOT_CONFIGURED, f"strideiq secrets set database_{lacking}")
