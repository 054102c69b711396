"""Railway's answers on what surrounds the API: instances, volumes, domains, triggers, variables, tokens, its own status."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from strideiq_console.providers.railway.wire import WireNamed, WirePageInfo


class WireAutoDeploy(msgspec.Struct, rename="camel", frozen=True):
    """Whether a push deploys."""

    enabled: bool
    can_enable: bool | None = None
    reason: str | None = None


class WireAutoDeployStatus(msgspec.Struct, rename="camel", frozen=True):
    """``service_auto_deploy_status``."""

    service_instance_auto_deploy_status: WireAutoDeploy


class WireAutoDeploySet(msgspec.Struct, rename="camel", frozen=True):
    """``service_auto_deploy_set``."""

    service_instance_auto_deploy_update: WireAutoDeploy


class WireSource(msgspec.Struct, frozen=True):
    """What a service runs."""

    repo: str | None = None
    image: str | None = None


class WireInstanceDeployment(msgspec.Struct, rename="camel", frozen=True):
    """A deployment inside a service instance: fewer fields than elsewhere."""

    id: str
    status: str
    created_at: datetime
    meta: Any = None


class WireCertificate(msgspec.Struct, rename="camel", frozen=True):
    """A certificate that was issued."""

    expires_at: datetime | None = None


class WireRecord(msgspec.Struct, rename="camel", frozen=True):
    """A DNS record that Railway wants."""

    fqdn: str
    record_type: str
    required_value: str
    current_value: str = ""
    status: str = ""


class WireDomainStatus(msgspec.Struct, rename="camel", frozen=True):
    """Whether a custom domain is verified, and its certificate."""

    verified: bool
    certificate_status: str
    dns_records: list[WireRecord]
    certificate_error_message: str | None = None
    certificates: list[WireCertificate] | None = None


class WireCustomDomain(msgspec.Struct, rename="camel", frozen=True):
    """A domain of one's own."""

    domain: str
    sync_status: str
    status: WireDomainStatus


class WireServiceDomain(msgspec.Struct, rename="camel", frozen=True):
    """A domain that Railway gives."""

    domain: str
    sync_status: str


class WireDomains(msgspec.Struct, rename="camel", frozen=True):
    """The domains of a service instance."""

    service_domains: list[WireServiceDomain]
    custom_domains: list[WireCustomDomain]


class WireInstance(msgspec.Struct, rename="camel", frozen=True):
    """A service in one environment. ``pre_deploy_command`` is untyped JSON."""

    service_id: str
    service_name: str
    domains: WireDomains
    active_deployments: list[WireInstanceDeployment]
    region: str | None = None
    num_replicas: int | None = None
    healthcheck_path: str | None = None
    healthcheck_timeout: int | None = None
    start_command: str | None = None
    pre_deploy_command: Any = None
    sleep_application: bool | None = None
    source: WireSource | None = None
    latest_deployment: WireInstanceDeployment | None = None


class WireInstanceEdge(msgspec.Struct, frozen=True):
    """An edge around an instance."""

    node: WireInstance


class WireInstancePage(msgspec.Struct, rename="camel", frozen=True):
    """A page of instances."""

    edges: list[WireInstanceEdge]
    page_info: WirePageInfo


class WireVolume(msgspec.Struct, rename="camel", frozen=True):
    """A volume in one environment; sizes in MB."""

    id: str
    mount_path: str
    volume: WireNamed
    size_mb: int = msgspec.field(name="sizeMB")
    current_size_mb: float = msgspec.field(name="currentSizeMB")
    service_id: str | None = None
    region: str | None = None
    state: str | None = None


class WireVolumeEdge(msgspec.Struct, frozen=True):
    """An edge around a volume."""

    node: WireVolume


class WireVolumePage(msgspec.Struct, rename="camel", frozen=True):
    """A page of volumes."""

    edges: list[WireVolumeEdge]
    page_info: WirePageInfo


class WireTrigger(msgspec.Struct, rename="camel", frozen=True):
    """What deploys by itself."""

    branch: str
    repository: str
    check_suites: bool
    service_id: str | None = None


class WireTriggerEdge(msgspec.Struct, frozen=True):
    """An edge around a trigger."""

    node: WireTrigger


class WireTriggerPage(msgspec.Struct, frozen=True):
    """The first triggers; the document asks for no page information."""

    edges: list[WireTriggerEdge]


class WireEnvironment(msgspec.Struct, rename="camel", frozen=True):
    """One environment with all that runs in it."""

    service_instances: WireInstancePage
    volume_instances: WireVolumePage
    deployment_triggers: WireTriggerPage
    unmerged_changes_count: int | None = None


class WireEnvironmentDetail(msgspec.Struct, frozen=True):
    """``environment_detail``."""

    environment: WireEnvironment


class WireVariable(msgspec.Struct, rename="camel", frozen=True):
    """A variable's name; the schema has no value."""

    name: str
    is_sealed: bool
    service_id: str | None = None
    updated_at: datetime | None = None


class WireVariableEdge(msgspec.Struct, frozen=True):
    """An edge around a variable."""

    node: WireVariable


class WireVariablePage(msgspec.Struct, rename="camel", frozen=True):
    """A page of variables."""

    edges: list[WireVariableEdge]
    page_info: WirePageInfo


class WireVariables(msgspec.Struct, frozen=True):
    """The variables of an environment."""

    variables: WireVariablePage


class WireVariableNames(msgspec.Struct, frozen=True):
    """``variable_names``."""

    environment: WireVariables


class WireVariableValues(msgspec.Struct, frozen=True):
    """``variables_with_values``: untyped, as a value may be any JSON."""

    variables: dict[str, Any]
