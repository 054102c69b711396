"""Railway's answers on tokens, money, its own status and its journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from strideiq_console.providers.railway.wire import WireNamed, WirePageInfo


class WireMe(msgspec.Struct, frozen=True):
    """The person behind an account token."""

    email: str
    workspaces: list[WireNamed]
    name: str | None = None


class WireAccount(msgspec.Struct, frozen=True):
    """``account_whoami``."""

    me: WireMe


class WireWorkspaces(msgspec.Struct, frozen=True):
    """The workspaces of an account or workspace token."""

    workspaces: list[WireNamed]


class WireApiToken(msgspec.Struct, rename="camel", frozen=True):
    """``api_token_whoami``."""

    api_token: WireWorkspaces


class WireProjectScope(msgspec.Struct, rename="camel", frozen=True):
    """The one environment of one project that a project token reaches."""

    project: WireNamed
    environment: WireNamed
    name: str = ""


class WireProjectToken(msgspec.Struct, rename="camel", frozen=True):
    """``project_token_whoami``."""

    project_token: WireProjectScope


class WireTags(msgspec.Struct, rename="camel", frozen=True):
    """What an amount of usage belongs to."""

    environment_id: str | None = None
    service_id: str | None = None


class WireUsage(msgspec.Struct, frozen=True):
    """One measurement's sum."""

    measurement: str
    value: float
    tags: WireTags


class WireUsages(msgspec.Struct, frozen=True):
    """``usage``."""

    usage: list[WireUsage]


class WireEstimate(msgspec.Struct, rename="camel", frozen=True):
    """One measurement's projection."""

    measurement: str
    estimated_value: float
    project_id: str


class WireEstimates(msgspec.Struct, rename="camel", frozen=True):
    """``estimated_usage``."""

    estimated_usage: list[WireEstimate]


class WirePeriod(msgspec.Struct, frozen=True):
    """A billing period."""

    start: datetime
    end: datetime


class WireLimit(msgspec.Struct, rename="camel", frozen=True):
    """Limits in dollars."""

    soft_limit: int
    is_over_limit: bool
    hard_limit: int | None = None


class WireInvoice(msgspec.Struct, rename="camel", frozen=True):
    """An invoice; ``amountDue`` and ``amountPaid`` are dollars, the scale of ``total`` is not documented."""

    invoice_id: str
    period_start: str
    period_end: str
    amount_due: float
    amount_paid: float
    status: str | None = None
    hosted_url: str | None = msgspec.field(name="hostedURL", default=None)


class WireCustomer(msgspec.Struct, rename="camel", frozen=True):
    """Who pays."""

    state: str
    current_usage: float
    credit_balance: float
    is_trialing: bool
    trial_days_remaining: int
    billing_period: WirePeriod
    invoices: list[WireInvoice]
    usage_limit: WireLimit | None = None


class WireWorkspace(msgspec.Struct, frozen=True):
    """A workspace with its customer."""

    name: str
    plan: str
    customer: WireCustomer


class WireBilling(msgspec.Struct, frozen=True):
    """``workspace_billing``."""

    workspace: WireWorkspace


class WireIncident(msgspec.Struct, rename="camel", frozen=True):
    """An incident of Railway."""

    status: str
    message: str
    url: str
    created_at: datetime | None = None


class WireMaintenance(msgspec.Struct, frozen=True):
    """Planned work of Railway."""

    status: str
    message: str
    url: str
    start: datetime | None = None


class WirePlatform(msgspec.Struct, rename="camel", frozen=True):
    """What Railway says of itself."""

    is_stable: bool
    incident: WireIncident | None = None
    maintenance: WireMaintenance | None = None


class WirePlatformStatus(msgspec.Struct, rename="camel", frozen=True):
    """``platform_status``."""

    platform_status: WirePlatform


class WireActivity(msgspec.Struct, rename="camel", frozen=True):
    """One entry of the project's journal; the payload is untyped JSON."""

    action: str
    object: str
    severity: str
    created_at: datetime
    environment_id: str | None = None
    activity_payload: Any = None


class WireActivityEdge(msgspec.Struct, frozen=True):
    """An edge around an entry."""

    node: WireActivity


class WireActivityPage(msgspec.Struct, rename="camel", frozen=True):
    """A page of entries."""

    edges: list[WireActivityEdge]
    page_info: WirePageInfo


class WireEvents(msgspec.Struct, frozen=True):
    """``activity_events``."""

    events: WireActivityPage
