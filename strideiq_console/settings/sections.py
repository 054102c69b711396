"""Reads the tables of outside systems beyond GitHub and the hosting providers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.policy.metric_names import MetricNames, name_fault
from strideiq_console.domain.vulnerability import Waiver
from strideiq_console.settings import checks
from strideiq_console.settings.manual import manual
from strideiq_console.settings.outside import (
    STATUS_PAGES,
    AlembicEnvironment,
    AlembicSettings,
    AuditSettings,
    CloudflareSettings,
    CommandSettings,
    DatabaseSettings,
    DnsSettings,
    OutsideSettings,
    PrometheusSettings,
    RedisSettings,
)
from strideiq_console.settings.table import Table, nearest

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,99}\Z")
_ADDRESS = re.compile(r"[A-Za-z0-9.-]{1,253}:[0-9]{1,5}/[A-Za-z0-9_.-]{1,63}\Z")
_SERVER = re.compile(r"[0-9a-fA-F.:]{2,45}\Z")


def outside(root: Table, names: tuple[str, ...], shared: tuple[str, ...]) -> OutsideSettings:
    """Read every section. ``names`` are all environments, ``shared`` those that are not this machine."""
    return OutsideSettings(
        cloudflare=_cloudflare(root.table("cloudflare")),
        prometheus=_prometheus(root.table("prometheus"), shared),
        alertmanager_url=_alertmanager(root.table("alertmanager")),
        status=_status(root.table("status")),
        dns=_dns(root.table("dns")),
        databases=tuple(_database(t, n) for n, t in _of_environments(root.table("database"), names)),
        brokers=tuple(_redis(t, n) for n, t in _of_environments(root.table("redis"), names)),
        commands=tuple(_command(t, n, names) for n, t in _named(root.table("commands"))),
        manual=tuple(m for n, t in _named(root.table("manual")) if (m := manual(t, n, names)) is not None),
        alembic=_alembic(root.table("alembic"), names),
        audits=_audits(root.table("audits")),
    )


def metric_names(table: Table) -> MetricNames:
    """Read ``[metric_names]``; a name outside Prometheus' grammar is a fault, so that no setting carries a query."""
    default = MetricNames()
    found: dict[str, object] = {}
    for entry in fields(MetricNames):
        before = getattr(default, entry.name)
        value: object = table.texts(entry.name) or before if isinstance(before, tuple) else table.text(entry.name, before)
        fault = name_fault(entry.name, value)
        if fault:
            table.fault(entry.name, fault)
            value = before
        found[entry.name] = value
    table.close()
    try:
        return MetricNames(**found)  # type: ignore[arg-type]
    except ConfigurationError:  # each fault has been noted with its line
        return default


def _cloudflare(table: Table) -> CloudflareSettings:
    default = CloudflareSettings()
    found = CloudflareSettings(
        table.url("api_url", default.api_url) or default.api_url,
        table.text("zone", "", checks.host_fault),
        table.text("account", "", checks.identifier_fault),
        table.date("expires"),
    )
    table.close()
    return found


def _prometheus(table: Table, names: tuple[str, ...]) -> PrometheusSettings:
    url = table.url("url")
    inner = table.table("environments")
    pairs = dict(PrometheusSettings().environments)
    for name in dict.fromkeys((*pairs, *inner.names)):
        if name in inner.names and name not in names:
            inner.text(name)
            inner.fault(name, "unknown environment", nearest(name, names))
            continue
        pairs[name] = inner.text(name, pairs.get(name, name), limit=100)
    inner.close()
    table.close()
    return PrometheusSettings(url, tuple(pairs.items()))


def _alertmanager(table: Table) -> str:
    url = table.url("url")
    table.close()
    return url


def _status(table: Table) -> Mapping[str, str]:
    found = {name: table.url(name, url) for name, url in STATUS_PAGES.items()}
    table.close()
    return {name: url for name, url in found.items() if url}


def _dns(table: Table) -> DnsSettings:
    names = table.texts("names")
    for name in names:
        if checks.host_fault(name):
            table.fault("names", "must hold host names only")
            names = ()
    server = table.text("server", "", _server_fault)
    table.close()
    return DnsSettings(names, server)


def _of_environments(table: Table, names: tuple[str, ...]) -> list[tuple[str, Table]]:
    found = []
    for name in table.names:
        inner = table.table(name)
        if name in names:
            found.append((name, inner))
        else:
            table.fault(name, "unknown environment", nearest(name, names))
    table.close()
    return found


def _named(table: Table) -> list[tuple[str, Table]]:
    found = []
    for name in table.names:
        inner = table.table(name)
        if checks.NAME.match(name):
            found.append((name, inner))
        else:
            table.fault(name, "must be a name: 1 to 40 of a-z, 0-9 and '-'")
    table.close()
    return found


def _database(table: Table, name: str) -> DatabaseSettings:
    found = DatabaseSettings(
        name,
        table.text("system_identifier", "", _digits_fault),
        table.text("name", limit=63),
        table.text("host", limit=255),
        table.texts("tables"),
    )
    table.close()
    return found


def _redis(table: Table, name: str) -> RedisSettings:
    found = RedisSettings(name, table.texts("queues"), table.flag("plain", default=False))
    table.close()
    return found


def _command(table: Table, name: str, names: tuple[str, ...]) -> CommandSettings:
    run = table.texts("run", repeats=True)
    if not run:
        table.fault("run", 'must be a list of arguments, such as ["railway", "run", "stats"]')
    found = CommandSettings(
        name,
        run,
        table.choice("environment", "production", names),
        _bounded(table, "timeout", 10, 1, 120),
        _variables(table),
    )
    table.close()
    return found


def _alembic(table: Table, names: tuple[str, ...]) -> AlembicSettings:
    folder = table.text("folder", "", checks.folder_fault)
    default = _moving(table, AlembicEnvironment())
    own = tuple(_environment(t, n, default) for n, t in _of_environments(table.table("environments"), names))
    table.close()
    return AlembicSettings(folder, default, own)


def _environment(table: Table, name: str, default: AlembicEnvironment) -> AlembicEnvironment:
    address = table.text("address", "", _address_fault)
    found = replace(_moving(table, default), environment=name, address=address)
    table.close()
    return found


def _moving(table: Table, default: AlembicEnvironment) -> AlembicEnvironment:
    """Read what every environment may say for itself; what it does not say is as in ``default``."""
    return AlembicEnvironment(
        command=table.texts("command", repeats=True) or default.command,
        execute=table.choice("execute", default.execute, ("print", "run")),
        variables=_variables(table, default.variables),
        lock_timeout=_bounded(table, "lock_timeout", default.lock_timeout, 0, 60),
        statement_timeout=_bounded(table, "statement_timeout", default.statement_timeout, 0, 3600),
        timeout=_bounded(table, "timeout", default.timeout, 10, 7200),
    )


def _audits(table: Table) -> AuditSettings:
    default = AuditSettings()
    waivers = []
    for name, inner in _waivers(table.table("waivers")):
        reason, expires = inner.text("reason", limit=500), inner.date("expires")
        if len(reason) < 10:
            inner.missing("reason", "must say why, in 10 characters or more")
        if expires is None:
            inner.missing("expires", "must be a date: a waiver without an end is forgotten")
        inner.close()
        if len(reason) >= 10 and expires is not None:
            waivers.append(Waiver(name, reason, expires))
    found = AuditSettings(
        table.texts("npm", default=default.npm, repeats=True),
        table.text("npm_folder", "", checks.folder_fault),
        table.texts("pip", default=default.pip, repeats=True),
        table.text("pip_folder", "", checks.folder_fault),
        tuple(waivers),
    )
    table.close()
    return found


def _waivers(table: Table) -> list[tuple[str, Table]]:
    found = [(name, table.table(name)) for name in table.names]
    table.close()
    return found


def _variables(table: Table, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    names = table.texts("variables", default=default)
    if any(not _VARIABLE.match(name) for name in names):
        table.fault("variables", "must hold names of environment variables, such as DATABASE_URL")
        return ()
    if any(name.startswith("STRIDEIQ_") for name in names):
        table.fault("variables", "must not hold the console's own tokens")
        return ()
    return names


def _bounded(table: Table, key: str, default: int, low: int, high: int) -> int:
    value = table.whole(key, default)
    if low <= value <= high:
        return value
    table.fault(key, f"must be from {low} to {high}")
    return default


def _server_fault(value: str) -> str | None:
    return None if not value or _SERVER.match(value) else "must be the IP address of a DNS server"


def _address_fault(value: str) -> str | None:
    return None if not value or _ADDRESS.match(value) else "must be HOST:PORT/DATABASE, without a user or a password"


def _digits_fault(value: str) -> str | None:
    return (
        None if not value or (value.isascii() and value.isdigit()) else "must be the number that PostgreSQL calls system identifier"
    )
