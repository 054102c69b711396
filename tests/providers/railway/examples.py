"""Small answers of our own to every document, so that the tests run without the contract pack. Ids and amounts are invented."""

from __future__ import annotations

from typing import Any

from tests.providers.hosting import SHA_A
from tests.providers.railway.places import DATABASE, END, PRODUCTION, PROJECT, REDIS, SERVICE, WORKSPACE

VOLUME = "7f0c3c1e-0000-4000-8000-000000000001"
TIME = "2026-01-09T10:00:00.000Z"
RAW = {"volumeInstanceSizeMB": 5000, "creatorId": None}
MADE = {"createdAt": TIME, "updatedAt": TIME}


def instance(name: str, service: str, **more: Any) -> dict[str, Any]:
    running = {"id": f"d-{name}", "status": "SUCCESS", "createdAt": TIME, "meta": {"commitHash": SHA_A}}
    links = {"url": None, "staticUrl": None, "canRollback": False, "canRedeploy": True, "statusUpdatedAt": TIME}
    base = {"id": f"i-{name}", "serviceId": service, "serviceName": name, "region": "us-west2", "numReplicas": 1}
    health = {"healthcheckPath": None, "healthcheckTimeout": None, "startCommand": None, "preDeployCommand": None}
    life = {"sleepApplication": False, "restartPolicyType": "ON_FAILURE", "source": {"repo": None, "image": None}}
    domains = {"domains": {"serviceDomains": [], "customDomains": []}}
    return {**base, **health, **life, **domains, "latestDeployment": {**running, **links}, "activeDeployments": [running], **more}


def custom_domain(name: str = "api.strideiq.run", **status: Any) -> dict[str, Any]:
    record = {"fqdn": name, "recordType": "DNS_RECORD_TYPE_CNAME", "requiredValue": "x.up.railway.app", "currentValue": ""}
    state = {
        "verified": True,
        "certificateStatus": "CERTIFICATE_STATUS_TYPE_VALID",
        "certificateErrorMessage": None,
        "certificates": [{"expiresAt": "2026-03-01T04:00:00Z", "issuedAt": "2025-12-01T00:00:00Z", "domainNames": [name]}],
        "dnsRecords": [{**record, "status": "DNS_RECORD_STATUS_PROPAGATED", "purpose": "DNS_RECORD_PURPOSE_TRAFFIC_ROUTE"}],
    }
    return {"id": "cd", "domain": name, "targetPort": 8000, "syncStatus": "ACTIVE", "status": {**state, **status}}


def page(nodes: list[dict[str, Any]], info: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"edges": [{"node": node} for node in nodes], "pageInfo": info or END}


def detail() -> dict[str, Any]:
    given = {"id": "sd", "domain": "api-production.up.railway.app", "targetPort": 8000, "syncStatus": "ACTIVE"}
    api = instance(
        "api",
        SERVICE,
        healthcheckPath="/health",
        healthcheckTimeout=300,
        startCommand="uvicorn main:app",
        preDeployCommand=["alembic upgrade head"],
        source={"repo": "acme/strideiq", "image": None},
        domains={"serviceDomains": [given], "customDomains": [custom_domain()]},
    )
    database = instance("Postgres", DATABASE, source={"repo": None, "image": "postgres:16"})
    redis = instance("Redis", REDIS, sleepApplication=True, activeDeployments=[])
    redis["latestDeployment"]["status"] = "SLEEPING"
    volume = {"id": VOLUME, "volumeId": "v", "serviceId": DATABASE, "mountPath": "/data", "region": None, "state": "READY"}
    sizes = {"sizeMB": 5000, "currentSizeMB": 812.4, "volume": {"id": "v", "name": "postgres-volume"}}
    trigger = {"id": "t", "branch": "main", "repository": "acme/strideiq", "provider": "github", "serviceId": SERVICE}
    return {
        "environment": {
            "id": PRODUCTION,
            "name": "production",
            "isEphemeral": False,
            "unmergedChangesCount": 2,
            "serviceInstances": page([api, database, redis]),
            "volumeInstances": page([{**volume, **sizes}]),
            "deploymentTriggers": {"edges": [{"node": {**trigger, "checkSuites": False}}]},
        }
    }


def line(second: int, text: str = "started", **more: Any) -> dict[str, Any]:
    at = f"2026-01-09T10:00:{second:02d}.123456789Z"
    return {"timestamp": at, "severity": "info", "message": text, **more}


def tagged(second: int, text: str = "started", **more: Any) -> dict[str, Any]:
    tags = {"serviceId": SERVICE, "deploymentId": "d1", "deploymentInstanceId": "i1"}
    return line(second, text, **{"attributes": [{"key": "logger", "value": "api"}], "tags": tags, **more})


def request(second: int, path: str, status: int = 200, **more: Any) -> dict[str, Any]:
    at = f"2026-01-09T11:59:{second:02d}.5Z"
    size = {"txBytes": 512, "rxBytes": 128, "edgeRegion": "us-west2", "responseDetails": "", "upstreamErrors": ""}
    timing = {"totalDuration": 41, "upstreamRqDuration": 38, "requestId": f"r{second}"}
    return {
        "timestamp": at,
        "method": "GET",
        "host": "api.strideiq.run",
        "path": path,
        "httpStatus": status,
        **timing,
        **size,
        **more,
    }


def statuses(**counts: int) -> list[dict[str, Any]]:
    return [{"statusCode": int(k[1:]), "samples": [{"ts": 1767955800, "value": v}]} for k, v in counts.items()]


def measured() -> dict[str, Any]:
    values = {"CPU_USAGE": 0.5, "CPU_LIMIT": 8, "MEMORY_USAGE_GB": 0.41, "MEMORY_LIMIT_GB": 8}
    more = {"DISK_USAGE_GB": 0.81, "NETWORK_RX_GB": 0.002, "NETWORK_TX_GB": 0.004}
    resources = [
        {"measurement": name, "values": [{"ts": 1767956400, "value": value}, {"ts": 1767956340, "value": value / 2}]}
        for name, value in {**values, **more}.items()
    ]
    samples = [{"ts": 1767956100, "p50": 41, "p95": 210.5, "p99": 830}]
    counted = {"statuses": statuses(_200=340, _404=6, _500=3), "health": statuses(_200=40)}
    return {"resources": resources, "durations": {"samples": samples}, **counted}


def billing(plan: str = "HOBBY") -> dict[str, Any]:
    invoice = {"invoiceId": "in_1", "status": "paid", "periodStart": "2025-12-01", "periodEnd": "2026-01-01", "total": 1642}
    customer = {
        "id": "c",
        "state": "ACTIVE",
        "currentUsage": 11.42,
        "creditBalance": 0,
        "appliedCredits": 0,
        "remainingUsageCreditBalance": 0,
        "isTrialing": False,
        "trialDaysRemaining": 0,
        "billingPeriod": {"start": "2026-01-05T00:00:00Z", "end": "2026-02-05T00:00:00Z"},
        "usageLimit": {"softLimit": 25, "hardLimit": None, "isOverLimit": False},
        "invoices": [{**invoice, "amountDue": 16.42, "amountPaid": 16.42, "hostedURL": "https://invoice.example/1"}],
        "subscriptions": [],
    }
    return {"workspace": {"id": WORKSPACE, "name": "StrideIQ", "plan": plan, "customer": customer}}


def variable(name: str, service: str | None = SERVICE, sealed: bool = False) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "serviceId": service,
        "isSealed": sealed,
        "references": [],
        "createdAt": TIME,
        "updatedAt": TIME,
    }


def answers() -> dict[str, Any]:
    """Return the data of every operation but the deployments and the topology, which the fake makes itself."""
    event = {"id": "e", "step": "HEALTHCHECK", "createdAt": TIME, "completedAt": "2026-01-09T10:01:30Z", "payload": {"error": None}}
    entry = {"id": "a", "action": "deployed", "object": "deployment", "severity": "INFO", "createdAt": TIME}
    backup = {
        "id": "b1",
        "externalId": "x",
        "name": "daily",
        "createdAt": TIME,
        "expiresAt": None,
        "scheduleId": "s1",
        "usedMB": 120,
    }
    schedule = {"id": "s1", "kind": "DAILY", "cron": "0 4 * * *", "name": "daily", "retentionSeconds": None, "createdAt": TIME}
    volume = {"id": VOLUME, "volumeId": "v", "serviceId": DATABASE, "environmentId": PRODUCTION, "mountPath": "/data"}
    staged = {"id": "p", "status": "STAGED", "message": "restore", "createdAt": TIME, "updatedAt": TIME, "lastAppliedError": None}
    tags = {"projectId": PROJECT, "environmentId": PRODUCTION, "serviceId": SERVICE, "volumeId": None}
    scope = {"project": {"id": PROJECT, "name": "strideiq"}, "environment": {"id": PRODUCTION, "name": "production"}}
    whole = {"id": "t", "name": "console", "displayToken": "****", "projectId": PROJECT, "environmentId": PRODUCTION, **scope}
    made = {"id": "new", "status": "QUEUED", "createdAt": TIME, "environmentId": PRODUCTION, "serviceId": SERVICE}
    workspace = {"id": WORKSPACE, "name": "StrideIQ"}
    planned = {**workspace, "plan": "HOBBY"}
    found = {
        "DeploymentEvents": {"deploymentEvents": page([event])},
        "BuildLogs": {"buildLogs": [line(1, "step 1")]},
        "DeploymentLogs": {"deploymentLogs": [tagged(1)]},
        "EnvironmentLogs": {"environmentLogs": [tagged(1)]},
        "HttpLogs": {"httpLogs": [request(1, "/v1/activities")]},
        "EnvironmentMetrics": measured(),
        "ResourceMetrics": {"metrics": [{**m, "tags": {"region": None}} for m in measured()["resources"]]},
        "ServiceLimits": {"serviceInstanceLimits": {"containers": {"cpu": 8, "memoryBytes": 8_000_000_000}}},
        "EnvironmentDetail": detail(),
        "VariableNames": {"environment": {"id": PRODUCTION, "name": "production", "variables": page([variable("DATABASE_URL")])}},
        "VariablesWithValues": {"variables": {"LOG_LEVEL": "info"}},
        "VolumeBackups": {
            "volumeInstance": {**volume, "sizeMB": 5000, "currentSizeMB": 812.4, "state": "READY"},
            "volumeInstanceBackupList": [
                {**backup, "expiresAt": None, "referencedMB": 812, "volumeInstanceSizeMB": 5000, "creatorId": None}
            ],
            "volumeInstanceBackupScheduleList": [schedule],
        },
        "EnvironmentStagedChanges": {"environmentStagedChanges": staged},
        "WorkflowStatus": {"workflowStatus": {"status": "Complete", "error": None}},
        "Usage": {"usage": [{"measurement": "CPU_USAGE", "value": 43200, "tags": tags}]},
        "EstimatedUsage": {"estimatedUsage": [{"measurement": "MEMORY_USAGE_GB", "estimatedValue": 43200, "projectId": PROJECT}]},
        "WorkspaceBilling": billing(),
        "ServiceAutoDeployStatus": {"serviceInstanceAutoDeployStatus": {"enabled": True, "canEnable": True, "reason": None}},
        "PlatformStatus": {"platformStatus": {"isStable": True, "incident": None, "maintenance": None}},
        "ActivityEvents": {"events": page([{**entry, "environmentId": PRODUCTION, "activityPayload": {"commitMessage": "feat"}}])},
        "AccountWhoami": {"me": {"id": "f", "name": "founder", "email": "f@strideiq.run", "workspaces": [planned]}},
        "ApiTokenWhoami": {"apiToken": {"workspaces": [workspace]}},
        "ProjectTokenWhoami": {"projectToken": whole},
        "DeploymentRedeploy": {"deploymentRedeploy": made},
        "ServiceInstanceDeploy": {"serviceInstanceDeployV2": "new"},
        "ServiceAutoDeploySet": {"serviceInstanceAutoDeployUpdate": {"enabled": False}},
        "VolumeBackupCreate": {"volumeInstanceBackupCreate": {"workflowId": "w1"}},
        "VolumeBackupRestore": {"volumeInstanceBackupRestore": {"workflowId": "w2"}},
        "EnvironmentCommitStaged": {"environmentPatchCommitStaged": "w3"},
    }
    yes = {"DeploymentRollback", "DeploymentRestart", "DeploymentCancel", "DeploymentApprove"}
    agreed = {name: {name[0].lower() + name[1:]: True} for name in yes}
    return {**found, **agreed, "VolumeBackupLock": {"volumeInstanceBackupLock": True}}
