"""What measures and watches: Prometheus, Alertmanager, the API's own page, commands, and values entered by hand."""

from __future__ import annotations

from strideiq_console.domain.environment import Environment
from strideiq_console.providers.catalog.parts import Parts, Setting, missing
from strideiq_console.providers.command import Command
from strideiq_console.providers.http import Governor
from strideiq_console.providers.manual import Manual
from strideiq_console.providers.prometheus import Alertmanager, Prometheus, Scrape
from strideiq_console.providers.prometheus.scrape import ACCEPT


def prometheus(setting: Setting, parts: Parts) -> None:
    """Make the server of metrics."""
    settings = setting.settings.outside.prometheus
    if not settings.url:
        missing(parts, "prometheus", "no Prometheus", "set url in [prometheus] of config.toml")
        return
    client = setting.client("prometheus", settings.url, setting.tokens.get("prometheus"), Governor("prometheus", setting.clock))
    parts.clients.append(client)
    server = Prometheus(client=client, environments=dict(settings.environments), names=setting.settings.metric_names)
    outside = parts.outside
    outside.metrics["prometheus"] = server
    outside.watch = server
    outside.alerts = (*outside.alerts, server)


def alertmanager(setting: Setting, parts: Parts) -> None:
    """Make the server of alerts."""
    url = setting.settings.outside.alertmanager_url
    if not url:
        missing(parts, "alertmanager", "no Alertmanager", "set url in [alertmanager] of config.toml")
        return
    client = setting.client("alertmanager", url, setting.tokens.get("alertmanager"), Governor("alertmanager", setting.clock))
    parts.clients.append(client)
    environments = dict(setting.settings.outside.prometheus.environments)
    server = Alertmanager(client=client, environments=environments, names=setting.settings.metric_names)
    parts.outside.alerts = (*parts.outside.alerts, server)
    parts.outside.silences = server


def pages(setting: Setting, parts: Parts) -> None:
    """Make the readers of the API's own pages of metrics, where no server collects them."""
    if "prometheus" in parts.outside.metrics:
        return
    for environment in setting.settings.environments:
        if environment.api and environment.metrics and not environment.local:
            parts.outside.metrics[f"page of {environment.name}"] = _page(setting, parts, environment)


def _page(setting: Setting, parts: Parts, environment: Environment) -> Scrape:
    source = f"metrics page of {environment.name}"
    client = setting.client(source, environment.api, None, Governor(source, setting.clock), headers={"Accept": ACCEPT})
    parts.clients.append(client)
    names = setting.settings.metric_names
    return Scrape(client=client, clock=setting.clock, environment=environment.name, names=names, path=environment.metrics)


def commands(setting: Setting, parts: Parts) -> None:
    """Make the founder's own read-only commands; in a world nothing of this machine is run."""
    if setting.transport is not None:
        return
    for command in setting.settings.outside.commands:
        parts.outside.metrics[f"command {command.name}"] = Command(
            name=command.name,
            argv=command.run,
            environment=command.environment,
            clock=setting.clock,
            environ=setting.environ,
            pass_environment=command.variables,
            cwd=setting.settings.clone,
            timeout=command.timeout,
            redact=setting.redact,
        )


def manual(setting: Setting, parts: Parts) -> None:
    """Make the values that somebody wrote down."""
    entries = [m.entry for m in setting.settings.outside.manual if m.value is not None]
    if entries:
        parts.outside.metrics["manual"] = Manual(entries=entries, clock=setting.clock)
