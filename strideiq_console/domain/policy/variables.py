"""The environment variables of the architecture document's section 5, by name (R77-R80)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from strideiq_console.domain.finding import Finding
from strideiq_console.domain.reading import Level
from strideiq_console.domain.variable import ValueDigest, Variable


@dataclass(frozen=True, slots=True)
class Wanted:
    """A variable that a component needs. ``aliases`` are names that do as well; ``separate``: environments must not share it."""

    name: str
    component: str
    aliases: tuple[str, ...] = ()
    separate: bool = False


WANTED = (
    Wanted("NEXT_PUBLIC_API_URL", "web", separate=True),
    Wanted("NEXT_PUBLIC_BASE_URL", "web", separate=True),
    Wanted("DATABASE_URL", "api", ("POSTGRES_HOST",), separate=True),
    Wanted("REDIS_URL", "api", ("CELERY_BROKER_URL",), separate=True),
    Wanted("SECRET_KEY", "api", separate=True),
    Wanted("STRAVA_CLIENT_ID", "api"),
    Wanted("STRAVA_CLIENT_SECRET", "api"),
    Wanted("OPENAI_API_KEY", "api"),
    Wanted("ENCRYPTION_KEY", "api", ("TOKEN_ENCRYPTION_KEY",), separate=True),
)
PUBLIC = "NEXT_PUBLIC_"
_SECRET_WORD = re.compile(r"SECRET|TOKEN|PASSWORD|PRIVATE|CREDENTIAL|_KEY\b|_KEY_")
_HARMLESS = re.compile(r"PUBLISHABLE|PUBLIC_KEY|ANON_KEY|SITE_KEY|_KEY_ID")


def missing(variables: Iterable[Variable], environment: str, component: str) -> tuple[Wanted, ...]:
    """Return what the component needs in the environment and has not, under any of its names."""
    mine = [v for v in variables if v.environment == environment and v.component in (component, None)]
    names = {variable.name for variable in mine}
    wanted = [w for w in WANTED if w.component == component]
    return tuple(w for w in wanted if names.isdisjoint((w.name, *w.aliases)))


def judge_values(digests: Iterable[ValueDigest], hosts: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Yield what environments share and must not (R78), placeholders, and addresses that lead to another environment (R79).

    ``hosts`` are the host names of each environment. A value that cannot be read is unknown, never different.
    """
    known = tuple(digests)
    for name in dict.fromkeys(d.name for d in known):
        mine = [d for d in known if d.name == name]
        readable = [d for d in mine if d.digest is not None]
        shared = [d.environment for d in readable if sum(e.digest == d.digest for e in readable) > 1]
        if shared:
            words = f"{' and '.join(dict.fromkeys(shared))} hold the same value"
            yield Finding("values", name, Level.CRITICAL, words, "give each environment a value of its own")
        elif len(readable) < len(mine):
            yield Finding("values", name, Level.UNKNOWN, "a sealed value cannot be compared")
        elif len(mine) > 1:
            yield Finding("values", name, Level.OK, "each environment has its own")
        yield from _odd_values(mine, hosts)


def _odd_values(digests: Iterable[ValueDigest], hosts: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    for digest in digests:
        subject = f"{digest.name} in {digest.environment}"
        if digest.placeholder:
            yield Finding("values", subject, Level.CRITICAL, "holds a placeholder", "set its real value")
        strangers = [name for name, known in hosts.items() if name != digest.environment and digest.host in known]
        if strangers:
            yield Finding("values", subject, Level.CRITICAL, f"leads to {strangers[0]}", "set this environment's own address")


def exposed(variables: Iterable[Variable]) -> tuple[str, ...]:
    """Return the names of public variables that look like secrets: whatever they hold is in every visitor's browser (R80)."""
    names = (variable.name for variable in variables if variable.name.startswith(PUBLIC))
    found = (n for n in names if _SECRET_WORD.search(n.removeprefix(PUBLIC)) and not _HARMLESS.search(n))
    return tuple(dict.fromkeys(found))
