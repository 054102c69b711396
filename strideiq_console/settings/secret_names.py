"""Which secrets the console can be given, what each is, and its environment variable (DESIGN section 10)."""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableMapping

from strideiq_console.domain.environment import LOCAL

TOKENS = {
    "github": "the founder's token at GitHub",
    "github_bot": "the token of the bot that opens pull requests at GitHub",
    "vercel": "the token at Vercel",
    "railway": "the account, workspace or project token at Railway",
    "cloudflare": "the read-only token at Cloudflare",
    "prometheus": "a bearer token for Prometheus",
    "alertmanager": "a bearer token for Alertmanager",
}
PER_ENVIRONMENT = {
    "railway": "the project token at Railway for {environment}",
    "database": "the address of {environment}'s PostgreSQL with its password",
    "redis": "the address of {environment}'s Redis with its password",
}
_ADDRESSES = ("database", "redis")
_VARIABLE = re.compile(r"STRIDEIQ_[A-Z0-9_]+_TOKEN|STRIDEIQ_(?:DATABASE|REDIS)_[A-Z0-9_]+_URL")


def secret_names(environments: Iterable[str]) -> tuple[str, ...]:
    """Return every name that a secret may have, the tokens first: ``github``, …, ``database_production``."""
    places = tuple(environments)
    pairs = ((kind, place) for kind in PER_ENVIRONMENT for place in places)
    return (*TOKENS, *(f"{kind}_{place}" for kind, place in pairs if (kind, place) != ("railway", LOCAL)))


def describe(name: str) -> str:
    """Return what a secret is, in words."""
    kind, _, environment = name.partition("_")
    return TOKENS.get(name) or PER_ENVIRONMENT.get(kind, name).format(environment=environment)


def is_address(name: str) -> bool:
    """Say whether a secret is an address with a password in it, and no token."""
    return name not in TOKENS and name.partition("_")[0] in _ADDRESSES


def variable(name: str) -> str:
    """Return the environment variable: ``STRIDEIQ_GITHUB_BOT_TOKEN``, ``STRIDEIQ_DATABASE_PRODUCTION_URL``."""
    return f"STRIDEIQ_{name.upper().replace('-', '_')}_{'URL' if is_address(name) else 'TOKEN'}"


def take_out(environ: MutableMapping[str, str]) -> None:
    """Remove every secret from an environment, so that no child inherits one."""
    for key in [key for key in environ if _VARIABLE.fullmatch(key)]:
        del environ[key]
