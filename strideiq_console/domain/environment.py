"""Environments of the architecture document's section 1, and what runs in them."""

from __future__ import annotations

from dataclasses import dataclass

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment as configured. ``url`` and ``api`` are base addresses (``""``: none), ``health`` a path on ``api``.

    ``metrics`` is a path on ``api`` with measured values, ``limited`` one that says its rate limit, ``sign_in`` a path on ``url``
    that sets cookies; ``""``: there is none.

    ``word`` is what a level 3 confirmation wants typed. ``production`` marks the one that real users see.
    """

    name: str
    url: str
    api: str
    health: str
    branch: str
    purpose: str = ""
    data: str = ""
    testers: str = ""
    protected: bool = False
    production: bool = False
    metrics: str = ""
    sign_in: str = ""
    limited: str = ""

    @property
    def local(self) -> bool:
        """Say whether it is the founder's own machine, where "not running" is no incident."""
        return self.name == LOCAL

    @property
    def word(self) -> str:
        """Return the word that confirms a production deed."""
        return self.name


@dataclass(frozen=True, slots=True)
class Component:
    """A deployable part of StrideIQ and the provider that runs it: ``web`` on Vercel, ``api`` on Railway."""

    name: str
    provider: str
