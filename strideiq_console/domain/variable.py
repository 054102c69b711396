"""Environment variables by name, never by value (R77-R80)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable's name where one provider keeps it. ``sealed`` means that its value never comes back.

    ``secret`` is true for what the provider treats as a secret, false for a plain one, None where it makes no difference.
    ``component`` is None for one that all components of the environment share. ``branch`` limits a preview variable to a branch.
    """

    name: str
    environment: str
    provider: str
    component: str | None = None
    sealed: bool = False
    secret: bool | None = None
    branch: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ValueDigest:
    """A keyed digest of one value, to compare environments in memory (R78). The key lives as long as the process; never stored.

    ``digest`` is None for a value that cannot be read. ``placeholder`` marks values such as ``<…>`` or ``...`` (R79), ``host``
    is the host name of a value that is an address, so that it can be matched with the environment; never user, password or path.
    """

    name: str
    environment: str
    provider: str
    digest: str | None
    component: str | None = None
    placeholder: bool = False
    host: str | None = None
