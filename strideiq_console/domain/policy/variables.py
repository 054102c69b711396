"""The environment variables of the architecture document's section 5, by name (R77-R80)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from strideiq_console.domain.variable import Variable


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


def exposed(variables: Iterable[Variable]) -> tuple[str, ...]:
    """Return the names of public variables that look like secrets: whatever they hold is in every visitor's browser (R80)."""
    names = (variable.name for variable in variables if variable.name.startswith(PUBLIC))
    found = (n for n in names if _SECRET_WORD.search(n.removeprefix(PUBLIC)) and not _HARMLESS.search(n))
    return tuple(dict.fromkeys(found))
