"""What is read of the database before its code goes back: its revision, whether it is the enrolled one, its newest backup."""

from __future__ import annotations

import asyncio

from strideiq_console.domain.backup import Backup
from strideiq_console.domain.database import Database, Identity
from strideiq_console.domain.policy.backups import CHANGING_LIMIT, BackupState, judge
from strideiq_console.domain.policy.rollback.facts import Schema
from strideiq_console.services.action import Ports
from strideiq_console.services.rollback.reading import told

_MIGRATES = "api"


def migrating(component: str) -> bool:
    """Say whether a component's code reads the version table when it starts: the API does, the page does not."""
    return component == _MIGRATES


async def schema(ports: Ports, environment: str) -> Schema:
    """Return what is known of an environment's database."""
    backup, upgrades = await asyncio.gather(newest_backup(ports, environment), _upgrades_at_start(ports, environment))
    made, name = (backup.created_at, backup.id) if backup is not None else (None, "")
    database = ports.outside.databases.get(environment)
    if database is None:
        return Schema(backup_at=made, backup_id=name, upgrades_at_start=upgrades)
    revisions, identity = await asyncio.gather(told(database.revisions()), told(_identity(database)))
    return Schema(
        revisions.current if revisions is not None else None,
        identity.database if identity is not None else "",
        proven(ports, environment, identity),
        made,
        name,
        upgrades,
    )


async def _identity(database: Database) -> Identity:
    return await database.identity()


def proven(ports: Ports, environment: str, identity: Identity | None) -> bool | None:
    """Say whether it is the enrolled database: False when it is another, None when nothing is enrolled or readable (T8)."""
    enrolled = next((d for d in ports.settings.outside.databases if d.environment == environment), None)
    if identity is None or enrolled is None:
        return None
    wanted = Identity(enrolled.name, enrolled.system_identifier or None, enrolled.host)
    if wanted == Identity():
        return None
    compared = identity.compare(wanted)
    return False if compared.differences else True if compared.same else None


async def newest_backup(ports: Ports, environment: str) -> Backup | None:
    """Return the newest backup if it is one to rely on, however old; None where it is not, or nobody tells."""
    volumes = ports.outside.volumes
    found = await told(volumes.backups(environment)) if volumes is not None else None
    proof = judge(found, ports.clock.now(), CHANGING_LIMIT)
    return found.newest if found is not None and proof.state in (BackupState.PROVEN, BackupState.STALE) else None


async def _upgrades_at_start(ports: Ports, environment: str) -> bool | None:
    """Say whether the API's start is known to run an upgrade; a command that does not show one proves nothing."""
    project = ports.outside.project
    board = await told(project.board(environment)) if project is not None else None
    service = board.service(_MIGRATES) if board is not None else None
    if service is None:
        return None
    words = f"{service.start_command} {service.pre_deploy_command}"
    return True if "alembic" in words and "upgrade" in words else None
