"""What stands in an environment: the services with what runs of them, their domains, volumes, and what deploys by a push."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import cloudflare, deploys
from strideiq_console.sandbox.railway import backups, deployments, nodes, resources
from strideiq_console.sandbox.railway.call import Call, environment_id, service_id
from strideiq_console.sandbox.railway.graphql import Node
from strideiq_console.sandbox.railway.ids import BRANCHES, DOMAINS, IMAGES, PROJECT, REGION, REPOSITORY, iso, made

Record = dict[str, Any]
DAY = 86_400.0
PORT = 8000
_VALID = 90 * DAY  # how long a certificate holds; it is renewed a month before
_RENEWED = 60 * DAY


def instances(call: Call, name: str) -> list[Node]:
    """Return the services of an environment."""
    return [_api(call, name), *(_database(call, name, service) for service in IMAGES)]


def volumes(call: Call, name: str) -> list[Node]:
    """Return the volumes of an environment."""
    return [backups.volume(call, name, service) for service in resources.VOLUMES]


def triggers(call: Call, name: str) -> list[Node]:
    """Return what deploys by a push; nothing where that is switched off."""
    if not call.memory.get("auto_deploy", {}).get(name, True):
        return []
    fields = {
        "id": made(f"trigger {name}"),
        "branch": BRANCHES[name],
        "repository": REPOSITORY,
        "provider": "github",
        "serviceId": service_id("api"),
        "environmentId": environment_id(name),
        "projectId": PROJECT,
        "checkSuites": True,
        "validCheckSuites": 1,
    }
    return [Node("DeploymentTrigger", fields)]


def _api(call: Call, name: str) -> Node:
    mine = [e for e in deploys.records(call.state) if e["provider"] == "railway" and e["environment"] == name]
    live = deploys.live(call.state, name, "api")
    active = [] if live is None or live["state"] not in ("ready", "crashed") else [deployments.node(call, live)]
    own = {
        "healthcheckPath": "/health",
        "healthcheckTimeout": 300,
        "startCommand": "uvicorn app.main:app --host 0.0.0.0 --port $PORT",
        "preDeployCommand": ["alembic upgrade head"],
        "sleepApplication": False,
        "restartPolicyType": "ON_FAILURE",
        "source": Node("ServiceSource", {"repo": REPOSITORY, "image": None}),
        "latestDeployment": deployments.node(call, mine[-1]) if mine else None,
        "activeDeployments": active,
        "domains": Node("AllDomains", {"serviceDomains": [_given(name)], "customDomains": [_custom(call, name)]}),
    }
    return Node("ServiceInstance", _around(call, name, "api") | own)


def _database(call: Call, name: str, service: str) -> Node:
    newest = deployments.databases(call, name, service)[0]
    own = {
        "healthcheckPath": None,
        "healthcheckTimeout": None,
        "startCommand": None,
        "preDeployCommand": None,
        "sleepApplication": False,
        "restartPolicyType": "ALWAYS",
        "source": Node("ServiceSource", {"repo": None, "image": IMAGES[service]}),
        "latestDeployment": newest,
        "activeDeployments": [newest],
        "domains": Node("AllDomains", {"serviceDomains": [], "customDomains": []}),
    }
    return Node("ServiceInstance", _around(call, name, service) | own)


def _around(call: Call, name: str, service: str) -> Record:
    born = iso(call.state["repository"]["created_at"])
    return {
        "id": made(f"service instance {service} {name}"),
        "serviceId": service_id(service),
        "serviceName": service,
        "service": nodes.service(service),
        "environmentId": environment_id(name),
        "region": REGION,
        "numReplicas": 1,
        "createdAt": born,
        "updatedAt": born,
    }


def _given(name: str) -> Node:
    fields = {"id": made(f"service domain {name}"), "domain": _target(name), "targetPort": PORT, "syncStatus": "ACTIVE"}
    return Node("ServiceDomain", fields | _belongs(name))


def _custom(call: Call, name: str) -> Node:
    fields = {
        "id": made(f"custom domain {name}"),
        "domain": DOMAINS[name],
        "targetPort": PORT,
        "syncStatus": "ACTIVE",
        "isRailwayDomain": False,
        "status": _status(call, name),
    }
    return Node("CustomDomain", fields | _belongs(name))


def _status(call: Call, name: str) -> Node:
    """Return what Railway sees of a domain; its record is the one that the world's Cloudflare shows."""
    domain = DOMAINS[name]
    said = call.memory.get("domains", {}).get(domain, {})
    record = next((row for row in cloudflare.records(call.state) if row["name"] == domain), None)
    current = "" if record is None else str(record["content"])
    right = current == _target(name)
    dns = {
        "fqdn": domain,
        "hostlabel": domain.removesuffix(f".{cloudflare.ZONE}"),
        "zone": cloudflare.ZONE,
        "recordType": "DNS_RECORD_TYPE_CNAME",
        "requiredValue": _target(name),
        "currentValue": current,
        "status": "DNS_RECORD_STATUS_PROPAGATED" if right else "DNS_RECORD_STATUS_REQUIRES_UPDATE",
        "purpose": "DNS_RECORD_PURPOSE_TRAFFIC_ROUTE",
    }
    word = str(said.get("certificate", "VALID"))
    fields = {
        "verified": bool(said.get("verified", right)),
        "certificateStatus": f"CERTIFICATE_STATUS_TYPE_{word}",
        "certificateErrorMessage": said.get("error"),
        "certificates": [_certificate(call, name, said)] if word == "VALID" else [],
        "dnsRecords": [Node("DNSRecords", dns)],
    }
    return Node("CustomDomainStatus", fields)


def _certificate(call: Call, name: str, said: Record) -> Node:
    """Return the certificate of a time: a new one every two months, unless the world says when it ends."""
    born = float(call.state["repository"]["created_at"])
    issued = born + (call.now - born) // _RENEWED * _RENEWED
    expires = call.now + float(said["expires_in"]) * DAY if "expires_in" in said else issued + _VALID
    fields = {
        "issuedAt": iso(expires - _VALID),
        "expiresAt": iso(expires),
        "domainNames": [DOMAINS[name]],
        "fingerprintSha256": made(f"certificate {name} {issued}").replace("-", "") * 2,
        "keyType": "KEY_TYPE_ECDSA",
    }
    return Node("CertificatePublicData", fields)


def _target(name: str) -> str:
    return f"api-{name}.up.railway.app"


def _belongs(name: str) -> Record:
    return {"environmentId": environment_id(name), "serviceId": service_id("api"), "projectId": PROJECT}
