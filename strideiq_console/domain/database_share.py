"""Whether an environment has a database of its own, or production's (R11). No address is kept: only what comparing them gave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from strideiq_console.domain.reading import Level

if TYPE_CHECKING:  # a glance knows what comparing gave, and must not pay for what it was made of
    from strideiq_console.domain.database import Identity

_LOOPBACK = frozenset(("", "localhost", "127.0.0.1", "::1"))
_PORT = 5432


class Sharing(StrEnum):
    """What an environment's database is. ``SERVER``: another one on production's server; ``COPY``: a copied disk of its own."""

    OWN = "its own"
    COPY = "its own, begun as a copy of production's"
    SERVER = "on production's server"
    DATABASE = "production's"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DatabaseShare:
    """What comparing one environment's database with production's gave; ``why`` names no host and no secret."""

    environment: str
    sharing: Sharing
    why: str

    @property
    def shared(self) -> bool:
        """Say whether what is tried there reaches production's server."""
        return self.sharing in (Sharing.SERVER, Sharing.DATABASE)

    @property
    def level(self) -> Level:
        """Judge it: shared is critical, and what cannot be told is never good."""
        if self.shared:
            return Level.CRITICAL
        # Whether what was copied is a real user's is asked of whoever vouches for the data.
        return Level.OK if self.sharing in (Sharing.OWN, Sharing.COPY) else Level.UNKNOWN


def share_of(environment: str, mine: Identity | None, production: Identity | None) -> DatabaseShare:
    """Compare an environment's database with production's; None is one of which nothing is known, not even its address.

    The system identifier decides where both are known: it is the server's own number, whatever name leads to it. A standby has it
    too, whose rows are production's; so has a copy of its disk, which is told apart by when its server began. Without it the same
    address is proof enough of sharing, and another address none of the contrary: one server may have two names.
    """
    if mine is None or production is None:
        whose = "its" if mine is None else "production's"
        return DatabaseShare(environment, Sharing.UNKNOWN, f"{whose} address cannot be read")
    if mine.system_identifier and production.system_identifier:
        if mine.system_identifier != production.system_identifier:
            return DatabaseShare(environment, Sharing.OWN, "its system identifier is another than production's")
        return _of_one_number(environment, mine, production)
    if _place(mine) == _place(production):
        return DatabaseShare(environment, _which(mine, production), "both addresses name one host and port")
    why = "the addresses differ, but a server may have two, and its system identifier cannot be read"
    return DatabaseShare(environment, Sharing.UNKNOWN, why)


def _of_one_number(environment: str, mine: Identity, production: Identity) -> DatabaseShare:
    if mine.started is None or production.started is None:
        why = "both have one system identifier: it is the same server, a standby, or a copy of its disk"
    elif mine.started == production.started:
        why = "both have one system identifier, and began at one moment"
    elif mine.in_recovery is not False or production.in_recovery is not False:
        why = "both have one system identifier, and one may be the other's standby"
    else:
        why = "both have one system identifier, but its server began at another time"
        return DatabaseShare(environment, Sharing.COPY, why)
    return DatabaseShare(environment, _which(mine, production), why)


def _which(mine: Identity, production: Identity) -> Sharing:
    return Sharing.SERVER if mine.database and production.database and mine.database != production.database else Sharing.DATABASE


def _place(one: Identity) -> tuple[str, int]:
    """Return host and port such that two spellings of one are equal; without a host and a server's own address it is a socket."""
    host = (one.host or one.address).strip().lower().rstrip(".")
    return "localhost" if host in _LOOPBACK else host, one.port or _PORT
