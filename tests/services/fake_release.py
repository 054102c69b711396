"""GitHub's releases and alerts over the fake outside."""

from __future__ import annotations

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.release import Release
from strideiq_console.domain.security_alert import AlertKind, AlertList, AlertSource
from tests.services.fake_outside import FakeOutside


class FakeReleases:
    """The part of ``release.Releases`` that a runbook uses."""

    def __init__(self, outside: FakeOutside) -> None:
        self.o = outside

    async def recent(self, *, limit: int = 20) -> tuple[Release, ...]:
        return tuple(reversed(self.o.releases))[:limit]

    async def create(self, *, tag: str, target: str, name: str, notes: str | None = None, draft: bool = False) -> Release:
        assert tag in self.o.origin_tags, "GitHub would make a lightweight tag of its own"
        if any(release.tag == tag for release in self.o.releases):
            raise OutsideError(Fault(FaultKind.REFUSED, "github", "already_exists"), status=422, known_not_done=True)
        made = Release(
            len(self.o.releases) + 1,
            tag,
            name,
            target,
            draft,
            False,
            "founder",
            notes or "",
            f"https://github.com/acme/strideiq/releases/tag/{tag}",
        )
        self.o.releases.append(made)
        self.o.did(f"POST releases {tag}")
        return made


class FakeAlerts:
    """Dependabot's alerts; switched off unless a test says otherwise."""

    def __init__(self, outside: FakeOutside) -> None:
        self.o = outside

    async def dependencies(self) -> AlertList:
        return self.o.alerts or AlertList(AlertKind.DEPENDENCY, AlertSource.OFF)
