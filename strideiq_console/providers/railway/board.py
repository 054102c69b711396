"""Railway's services, volumes, domains and triggers of one environment in the domain's words; pure but for the names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.dns import DnsRecord, Domain
from strideiq_console.domain.service import ServiceBoard, ServiceState, Trigger, VolumeState
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.railway.mapping import state_of, utc
from strideiq_console.providers.railway.wire import SOURCE
from strideiq_console.providers.railway.wire_project import (
    WireCustomDomain,
    WireEnvironment,
    WireInstance,
    WireServiceDomain,
    WireVolume,
)
from strideiq_console.providers.wire import line_or_none, sha_or_none

MB = 1_000_000
TRIGGERS = 50
_TYPE, _STATUS = "DNS_RECORD_TYPE_", "CERTIFICATE_STATUS_TYPE_"


def board_of(wire: WireEnvironment, environment: str, component: Callable[[str, str], str]) -> ServiceBoard:
    """Return the board of an environment. ``component`` words a service by its name and image."""
    instances = [edge.node for edge in wire.service_instances.edges]
    words = {i.service_id: component(i.service_name, (i.source.image if i.source else None) or "") for i in instances}
    volumes = [edge.node for edge in wire.volume_instances.edges]
    triggers = [edge.node for edge in wire.deployment_triggers.edges]
    cut = wire.service_instances.page_info.has_next_page or wire.volume_instances.page_info.has_next_page
    return ServiceBoard(
        environment,
        SOURCE,
        tuple(_service(i, environment, words[i.service_id]) for i in instances),
        tuple(_volume(v, environment, words.get(v.service_id or "", "")) for v in volumes),
        tuple(
            Trigger(
                environment,
                SOURCE,
                words.get(t.service_id or "", ""),
                clean_line(t.branch, limit=250),
                clean_line(t.repository, limit=250),
                t.check_suites,
            )
            for t in triggers
        ),
        tuple(domain for i in instances for domain in _domains(i, environment)),
        wire.unmerged_changes_count,
        complete=not cut and len(triggers) < TRIGGERS,
    )


def volume_of(wire: WireEnvironment, component: Callable[[str, str], str]) -> Sequence[WireVolume]:
    """Return the volumes that a database service uses."""
    database = {
        edge.node.service_id
        for edge in wire.service_instances.edges
        if component(edge.node.service_name, (edge.node.source.image if edge.node.source else None) or "") == "database"
    }
    return [edge.node for edge in wire.volume_instances.edges if edge.node.service_id in database]


def _service(wire: WireInstance, environment: str, component: str) -> ServiceState:
    latest = wire.latest_deployment
    state = state_of(latest.status) if latest else DeploymentState.UNKNOWN
    active = [state_of(d.status) for d in wire.active_deployments]
    # The commit that runs is that of the active deployment; the newest one may still be building, or have failed.
    running = wire.active_deployments[0] if wire.active_deployments else None
    meta = running.meta if running and isinstance(running.meta, Mapping) else {}
    source = wire.source
    return ServiceState(
        name=clean_line(wire.service_name, limit=100),
        component=component,
        environment=environment,
        provider=SOURCE,
        state=state,
        running=bool(active),
        sleeping=state is DeploymentState.SLEEPING or (bool(active) and all(s is DeploymentState.SLEEPING for s in active)),
        may_sleep=wire.sleep_application,
        replicas=wire.num_replicas,
        region=_text(wire.region, 60),
        source=_text((source.repo or source.image) if source else None, 300),
        sha=sha_or_none(meta.get("commitHash")),
        deployed_at=utc(running.created_at) if running else None,
        health_path=_text(wire.healthcheck_path, 250),
        health_timeout=wire.healthcheck_timeout,
        start_command=_text(wire.start_command, 500),
        pre_deploy_command=_command(wire.pre_deploy_command),
    )


def _volume(wire: WireVolume, environment: str, component: str) -> VolumeState:
    return VolumeState(
        clean_line(wire.id, limit=100),
        clean_line(wire.volume.name, limit=100),
        environment,
        SOURCE,
        component,
        round(wire.current_size_mb * MB),
        wire.size_mb * MB,
        clean_line(wire.mount_path, limit=300),
        _text(wire.region, 60),
        _text(wire.state, 40).lower(),
    )


def _domains(wire: WireInstance, environment: str) -> list[Domain]:
    custom = [_custom(domain, environment) for domain in wire.domains.custom_domains]
    names = {domain.name for domain in custom}
    given = [_given(domain, environment) for domain in wire.domains.service_domains]
    return custom + [domain for domain in given if domain.name not in names]


def _given(wire: WireServiceDomain, environment: str) -> Domain:
    active = wire.sync_status == "ACTIVE"
    return Domain(
        clean_line(wire.domain, limit=253), SOURCE, environment, True, active, note="" if active else _sync(wire.sync_status)
    )


def _custom(wire: WireCustomDomain, environment: str) -> Domain:
    status = wire.status
    ends = [at for certificate in status.certificates or [] if (at := utc(certificate.expires_at)) is not None]
    notes = [_text(status.certificate_error_message, 300)]
    if wire.sync_status != "ACTIVE":
        notes.append(_sync(wire.sync_status))
    wanted = tuple(
        DnsRecord(clean_line(r.fqdn, limit=253), clean_line(r.record_type.removeprefix(_TYPE), limit=20), _value(r.required_value))
        for r in status.dns_records
    )
    # Every record must be seen at the wanted value; a status that is new settles nothing.
    seen = [_propagated(r.status) for r in status.dns_records]
    configured = False if False in seen else None if None in seen or not seen else wire.sync_status == "ACTIVE"
    return Domain(
        name=clean_line(wire.domain, limit=253),
        provider=SOURCE,
        environment=environment,
        verified=status.verified,
        configured=configured,
        certificate=clean_line(status.certificate_status.removeprefix(_STATUS).replace("_", " ").lower(), limit=60),
        certificate_ends=max(ends, default=None),
        wanted=wanted,
        note="; ".join(note for note in notes if note),
    )


def _propagated(status: str) -> bool | None:
    return {"DNS_RECORD_STATUS_PROPAGATED": True, "DNS_RECORD_STATUS_REQUIRES_UPDATE": False}.get(status)


def _sync(status: str) -> str:
    return f"Railway says {clean_line(status.lower(), limit=40)}"


def _value(text: str) -> str:
    return clean_line(text, limit=1000)


def _text(text: str | None, limit: int) -> str:
    return line_or_none(text, limit=limit) or ""


def _command(raw: Any) -> str:
    """Return a pre-deploy command, which Railway gives as text or as a list of texts."""
    parts = raw if isinstance(raw, list) else [raw]
    return " && ".join(text for part in parts[:20] if (text := line_or_none(part, limit=300)))
