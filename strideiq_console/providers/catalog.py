"""Which providers there are, and how each is made from settings and tokens. A new provider is one entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from strideiq_console.domain.code_host import CodeHost
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.ports import Clock, Clone, Deployments, Prober
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.providers.git import GitClone, remote_of, repository_of
from strideiq_console.providers.github import GitHub, connect
from strideiq_console.providers.http import EtagStore, Governor, HttpClient, urgent
from strideiq_console.providers.probe import HttpProber
from strideiq_console.providers.railway import Railway
from strideiq_console.providers.vercel import Vercel
from strideiq_console.settings.model import Settings

BEARER = ("Authorization", "Bearer ")
GITHUB_LIMIT = 5000
RAILWAY_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Setting:
    """What every provider is made with. ``transport`` is the world's, None for the network."""

    settings: Settings
    tokens: Mapping[str, Secret]
    clock: Clock
    redact: Redactor
    etags: EtagStore | None = None
    transport: Any = None


@dataclass(slots=True)
class Parts:
    """The providers that are configured; ``faults`` says for each source that is not what to do about it."""

    clone: Clone
    prober: Prober
    host: CodeHost | None = None
    deployments: dict[str, Deployments] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    clients: list[HttpClient] = field(default_factory=list)
    urgent: Callable[[], AbstractContextManager[None]] = urgent

    async def close(self) -> None:
        """Close every connection."""
        for client in self.clients:
            await client.close()


def build(setting: Setting) -> Parts:
    """Make every provider that settings and tokens allow; no request is made."""
    settings = setting.settings
    clone = GitClone(settings.clone, clock=setting.clock, main=settings.main, staging=settings.staging, redact=setting.redact)
    parts = Parts(clone, HttpProber(clock=setting.clock, transport=setting.transport))
    _github(setting, parts)
    _vercel(setting, parts)
    _railway(setting, parts)
    return parts


def _client(setting: Setting, source: str, base: str, token: Secret, governor: Governor, **more: Any) -> HttpClient:
    auth = (*more.pop("auth", BEARER), token)
    return HttpClient(
        source=source,
        base_url=base,
        clock=setting.clock,
        governor=governor,
        auth=auth,
        transport=setting.transport,
        redact=setting.redact,
        **more,
    )


def _missing(parts: Parts, source: str, cause: str, next_step: str) -> None:
    parts.faults[source] = Fault(FaultKind.NOT_CONFIGURED, source, cause, next_step=next_step)


def _github(setting: Setting, parts: Parts) -> None:
    settings, token = setting.settings, setting.tokens.get("github")
    if token is None:
        _missing(parts, "github", "no GitHub token", "set STRIDEIQ_GITHUB_TOKEN, or store one in the keyring")
        return
    repository = settings.github.repository or repository_of(remote_of(settings.clone) or "")
    if not repository:
        _missing(parts, "github", "no repository", 'set repository = "owner/name" in [github] of config.toml')
        return
    governor = Governor("github", setting.clock, limit=GITHUB_LIMIT)
    client = _connect(setting, token, governor)
    parts.clients.append(client)
    bot, bot_token = None, setting.tokens.get("github_bot")
    if bot_token is not None:
        bot = _connect(setting, bot_token, governor)
        parts.clients.append(bot)
    permanent = (settings.main, settings.staging)
    parts.host = GitHub(client=client, bot=bot, repository=repository, permanent=permanent)


def _connect(setting: Setting, token: Secret, governor: Governor) -> HttpClient:
    """Open one identity's way to GitHub; both share the governor, which spaces their writes."""
    return connect(
        api_url=setting.settings.github.api_url,
        token=token,
        clock=setting.clock,
        governor=governor,
        transport=setting.transport,
        etags=setting.etags,
        redact=setting.redact,
    )


def _vercel(setting: Setting, parts: Parts) -> None:
    vercel, token = setting.settings.vercel, setting.tokens.get("vercel")
    if token is None:
        _missing(parts, "vercel", "no Vercel token", "set STRIDEIQ_VERCEL_TOKEN, or store one in the keyring")
        return
    if not vercel.project:
        _missing(parts, "vercel", "no Vercel project", "set project in [vercel] of config.toml")
        return
    client = _client(setting, "vercel", vercel.api_url, token, Governor("vercel", setting.clock))
    parts.clients.append(client)
    parts.deployments["vercel"] = Vercel(
        client=client, project=vercel.project, team=vercel.team, environments=setting.settings.environments
    )


def _railway(setting: Setting, parts: Parts) -> None:
    railway, token = setting.settings.railway, setting.tokens.get("railway")
    if token is None:
        _missing(parts, "railway", "no Railway token", "set STRIDEIQ_RAILWAY_TOKEN, or store one in the keyring")
        return
    if not railway.project:
        _missing(parts, "railway", "no Railway project", "set project in [railway] of config.toml")
        return
    auth = ("Project-Access-Token", "") if railway.token_kind == "project" else BEARER  # noqa: S105 - a kind of token
    governor = Governor("railway", setting.clock, limit=RAILWAY_LIMIT)
    client = _client(setting, "railway", railway.api_url, token, governor, auth=auth)
    parts.clients.append(client)
    parts.deployments["railway"] = Railway(
        client=client, project=railway.project, service=railway.service, environments=dict(railway.environments)
    )
