"""GitHub, Vercel and Railway."""

from __future__ import annotations

from strideiq_console.domain.outside import Inspect
from strideiq_console.domain.secret import Secret
from strideiq_console.domain.token_report import TokenReport
from strideiq_console.providers.catalog.parts import BEARER, Parts, Setting, missing, no_token
from strideiq_console.providers.git import remote_of, repository_of
from strideiq_console.providers.github import GitHub, connect
from strideiq_console.providers.http import Governor, HttpClient
from strideiq_console.providers.railway import Railway
from strideiq_console.providers.vercel import Vercel

GITHUB_LIMIT = 5000
GITHUB_BURSTS = [(500, 60.0)]
"""900 points a minute, of which a read is one and a write five; beyond that GitHub speaks of a secondary limit."""
RAILWAY_LIMITS = {"free": 100, "hobby": 1000, "pro": 10000}
RAILWAY_BURSTS = {"free": [(10, 1.0)], "hobby": [(10, 1.0)], "pro": [(50, 1.0)]}
VERCEL_WINDOW = 60.0
"""Seconds after which Vercel's buckets are mostly full again."""
PROJECT_TOKEN = ("Project-Access-Token", "")


def github(setting: Setting, parts: Parts) -> None:
    """Make the code host, with the bot's identity where there is one."""
    settings, token = setting.settings, setting.tokens.get("github")
    if token is None:
        no_token(parts, "github", "GitHub")
        return
    repository = settings.github.repository or repository_of(remote_of(settings.clone) or "")
    if not repository:
        missing(parts, "github", "no repository", 'set repository = "owner/name" in [github] of config.toml')
        return
    governor = Governor("github", setting.clock, limit=GITHUB_LIMIT, bursts=GITHUB_BURSTS)
    client = _connect(setting, token, governor)
    parts.clients.append(client)
    bot, bot_token = None, setting.tokens.get("github_bot")
    if bot_token is not None:
        bot = _connect(setting, bot_token, governor)
        parts.clients.append(bot)
    host = GitHub(client=client, bot=bot, repository=repository, permanent=(settings.main, settings.staging))
    parts.outside.host = host
    parts.outside.inspectors["github"] = host.tokens.inspect
    if bot is not None:
        parts.outside.inspectors["github_bot"] = _bot_doctor(host)


def _bot_doctor(host: GitHub) -> Inspect:
    async def inspect() -> TokenReport:
        report = await host.tokens.inspect_bot()
        assert report is not None, "it was made with a bot"  # noqa: S101
        return report

    return inspect


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


def vercel(setting: Setting, parts: Parts) -> None:
    """Make the host of the web component."""
    settings, token = setting.settings.vercel, setting.tokens.get("vercel")
    if token is None:
        no_token(parts, "vercel", "Vercel")
        return
    if not settings.project:
        missing(parts, "vercel", "no Vercel project", "set project in [vercel] of config.toml")
        return
    client = setting.client("vercel", settings.api_url, token, Governor("vercel", setting.clock, window=VERCEL_WINDOW))
    parts.clients.append(client)
    host = Vercel(client=client, project=settings.project, team=settings.team, environments=setting.settings.environments)
    parts.outside.deployments["vercel"] = parts.outside.hosting["vercel"] = host
    parts.outside.inspectors["vercel"] = host.inspect


def railway(setting: Setting, parts: Parts) -> None:
    """Make the host of the API: with one token for all environments, or a project token for each."""
    settings = setting.settings.railway
    token = setting.tokens.get("railway")
    own = {name: t for name, _ in settings.environments if (t := setting.tokens.get(f"railway_{name}")) is not None}
    if token is None and not own:
        no_token(parts, "railway", "Railway")
        return
    if not settings.project:
        missing(parts, "railway", "no Railway project", "set project in [railway] of config.toml")
        return
    plan = settings.plan
    governor = Governor("railway", setting.clock, limit=RAILWAY_LIMITS[plan], bursts=RAILWAY_BURSTS[plan])
    kind = PROJECT_TOKEN if settings.token_kind == "project" else BEARER  # noqa: S105 - a kind of token
    client = setting.client("railway", settings.api_url, token, governor, auth=kind) if token is not None else None
    clients = {n: setting.client("railway", settings.api_url, t, governor, auth=PROJECT_TOKEN) for n, t in own.items()}
    parts.clients += [*([client] if client is not None else []), *clients.values()]
    production = next((e for e in setting.settings.environments if e.production), None)
    host = Railway(
        client=client,
        clients=clients,
        project=settings.project,
        service=settings.service,
        environments=dict(settings.environments),
        database=settings.database,
        plan=settings.plan,
        health=production.health if production is not None else "/health",
    )
    outside = parts.outside
    outside.deployments["railway"] = outside.hosting["railway"] = host
    outside.containers, outside.project, outside.volumes = host, host.project, host.volumes
    outside.inspectors["railway"] = host.inspect
    outside.metrics["railway"] = host
