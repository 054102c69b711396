"""What is looked at on a public site beyond its health, and what was found (R13, R112, R113)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.finding import Finding, level_of
from strideiq_console.domain.reading import Level

HTTPS = "https"
CERTIFICATE = "certificate"
WWW = "www"
HEADERS = "headers"
CORS = "cors"
COOKIES = "cookies"
RATE_LIMIT = "rate limit"

Headers = tuple[tuple[str, str], ...]
"""Headers as they came, names in lower case; a repeated header is there as often as it came."""


@dataclass(frozen=True, slots=True)
class SiteTarget:
    """The addresses of one environment that a probe of the site asks; ``""`` and ``()`` leave a check out.

    ``pages`` are compared with the five headers; ``secure`` are the addresses whose hosts must lead from http to https and whose
    certificates are watched. ``preflight`` is an address of the API, ``strangers`` are further origins that it must refuse, such as
    staging's. ``login`` is a page that sets the session's cookie, ``limited`` an address that is not exempt from the rate limit,
    ``www`` the address that must lead to ``apex``.
    """

    environment: str
    pages: tuple[str, ...] = ()
    secure: tuple[str, ...] = ()
    preflight: str = ""
    strangers: tuple[str, ...] = ()
    login: str = ""
    limited: str = ""
    www: str = ""
    apex: str = ""


@dataclass(frozen=True, slots=True)
class SiteReport:
    """All findings on one environment, and when they were made."""

    environment: str
    findings: tuple[Finding, ...]
    at: datetime | None = None

    @property
    def level(self) -> Level:
        """Return the worst level of what applies; unknown when nothing does."""
        return level_of(self.findings)

    def of(self, check: str) -> tuple[Finding, ...]:
        """Return the findings of one check, such as :data:`HEADERS`."""
        return tuple(f for f in self.findings if f.check == check)

    def level_of(self, check: str) -> Level | None:
        """Return the worst level of one check, None when it does not apply or was not made."""
        found = [f for f in self.of(check) if f.level is not None]
        return level_of(found) if found else None


class SiteProbe(Protocol):
    """Looks at a site from outside, as a visitor would. Never raises for the network: a finding says what failed."""

    async def site(self, target: SiteTarget) -> SiteReport:
        """Make every check that the target names, each address asked once and one after the other."""
        ...
