"""The settings of outside systems beyond GitHub and the hosting providers: frozen, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from strideiq_console.domain.manual_entry import ManualEntry
from strideiq_console.domain.vulnerability import Waiver

STATUS_PAGES: Mapping[str, str] = {
    "github": "https://www.githubstatus.com",
    "vercel": "https://www.vercel-status.com",
    "railway": "https://status.railway.com",
    "cloudflare": "https://www.cloudflarestatus.com",
}


@dataclass(frozen=True, slots=True)
class CloudflareSettings:
    """``zone`` is the domain, ``""`` when not configured; ``account`` is found by the zone when it is not set.

    ``expires`` is when the domain's registration ends, for one that is registered elsewhere.
    """

    api_url: str = "https://api.cloudflare.com/client/v4"
    zone: str = ""
    account: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class PrometheusSettings:
    """``environments`` maps the console's environments to the value of the environment label; ``""``: all series are of it."""

    url: str = ""
    environments: tuple[tuple[str, str], ...] = (("production", "production"), ("staging", "staging"))


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """``names`` are resolved beside the environments' own hosts. ``server`` is asked too and compared (split DNS, VPN)."""

    names: tuple[str, ...] = ()
    server: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """What an environment's PostgreSQL must be, so that a deed never meets another one; ``""`` is not compared."""

    environment: str
    system_identifier: str = ""
    name: str = ""
    host: str = ""
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RedisSettings:
    """``queues`` are Celery's; none: those that the broker knows. ``plain`` allows an unencrypted connection beyond loopback."""

    environment: str
    queues: tuple[str, ...] = ()
    plain: bool = False


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """A read-only command that prints measured values as JSON. ``run`` is an argument list; there is no shell."""

    name: str
    run: tuple[str, ...]
    environment: str
    timeout: int = 10
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ManualSettings:
    """A value that somebody wrote down on a day, good until another; None for what only has a day (``domain/attested.py``)."""

    name: str
    quantity: str
    environment: str
    value: Decimal | None
    entered: date
    expires: date
    note: str = ""
    evidence: str = ""

    @property
    def entry(self) -> ManualEntry:
        """Return it as the rest of the console knows it, by its quantity's word."""
        value = float(self.value) if self.value is not None else None
        return ManualEntry(self.quantity, self.entered, self.expires, value, self.environment, "", self.note, self.evidence)


@dataclass(frozen=True, slots=True)
class AlembicEnvironment:
    """How one environment's schema is moved. ``execute`` is ``print`` or ``run``; ``variables`` reach the command.

    ``lock_timeout`` and ``statement_timeout`` are seconds of the session (0: the server's own), ``timeout`` those of the whole
    command. ``address`` is ``HOST:PORT/DATABASE`` as alembic names the database, where that differs from the console's own.
    """

    environment: str = ""
    command: tuple[str, ...] = ("alembic",)
    execute: str = "print"
    variables: tuple[str, ...] = ()
    lock_timeout: int = 5
    statement_timeout: int = 300
    timeout: int = 900
    address: str = ""


@dataclass(frozen=True, slots=True)
class AlembicSettings:
    """``folder`` holds alembic.ini, relative to the clone. ``environments`` are those that differ from ``default``."""

    folder: str = ""
    default: AlembicEnvironment = field(default_factory=AlembicEnvironment)
    environments: tuple[AlembicEnvironment, ...] = ()

    def of(self, environment: str) -> AlembicEnvironment:
        """Return how an environment's schema is moved."""
        return next((e for e in self.environments if e.environment == environment), self.default)

    @property
    def command(self) -> tuple[str, ...]:
        """Return the command of environments that have none of their own."""
        return self.default.command

    @property
    def execute(self) -> str:
        """Return ``print`` or ``run``, for environments that say neither."""
        return self.default.execute


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """The two audits: argument lists, and the folders of the clone in which they run; an empty list switches one off."""

    npm: tuple[str, ...] = ("npm", "audit", "--json")
    npm_folder: str = ""
    pip: tuple[str, ...] = ("pip-audit", "--format", "json")
    pip_folder: str = ""
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class OutsideSettings:
    """All of them together."""

    cloudflare: CloudflareSettings = field(default_factory=CloudflareSettings)
    prometheus: PrometheusSettings = field(default_factory=PrometheusSettings)
    alertmanager_url: str = ""
    status: Mapping[str, str] = field(default_factory=lambda: dict(STATUS_PAGES))
    dns: DnsSettings = field(default_factory=DnsSettings)
    databases: tuple[DatabaseSettings, ...] = ()
    brokers: tuple[RedisSettings, ...] = ()
    commands: tuple[CommandSettings, ...] = ()
    manual: tuple[ManualSettings, ...] = ()
    alembic: AlembicSettings = field(default_factory=AlembicSettings)
    audits: AuditSettings = field(default_factory=AuditSettings)
