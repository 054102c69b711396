"""Backups of the database's volume at Railway: reading, making, keeping and restoring them (R90, R91)."""

from __future__ import annotations

from datetime import timedelta

from strideiq_console.domain.backup import Backup, Backups, BackupSchedule, StagedChanges
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.hosting import JobState, Workflow
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.railway.board import MB, volume_of
from strideiq_console.providers.railway.graphql import KEPT, UNSURE, ask, fault, order, unsent
from strideiq_console.providers.railway.mapping import utc
from strideiq_console.providers.railway.orders import agree
from strideiq_console.providers.railway.project import detail
from strideiq_console.providers.railway.topology import Place
from strideiq_console.providers.railway.wire import SOURCE
from strideiq_console.providers.railway.wire_measures import (
    WireBackup,
    WireBackups,
    WireSchedule,
    WireStagedChanges,
    WireWorkflow,
    WireWorkflowId,
)
from strideiq_console.providers.wire import line_or_none, malformed

# How often each kind runs, and how long Railway keeps its backups (contracts, Railway, "Backup kinds and retention").
_KINDS = {
    "DAILY": (timedelta(days=1), timedelta(days=6)),
    "WEEKLY": (timedelta(days=7), timedelta(days=30)),
    "MONTHLY": (timedelta(days=31), timedelta(days=90)),
}
_JOBS = {"Complete": JobState.DONE, "Error": JobState.FAILED, "Running": JobState.RUNNING}


class RailwayVolumes:
    """Implements ``hosting.Volumes``. ``database`` is the database's service by Railway's name; ``""``: the one that runs Postgres.

    Railway locks nothing while it backs up or restores: a job goes on when the console is closed.
    """

    def __init__(self, place: Place, database: str = "") -> None:
        self._place, self._database = place, database
        self._volumes: dict[str, str] = {}

    async def backups(self, environment: str) -> Backups:
        """Return the backups, newest first, with their schedules; one request once the volume is known."""
        asked, client = {"volumeInstanceId": await self._volume(environment)}, self._place.client(environment)
        found = await ask(client, "volume_backups", "VolumeBackups", asked, f"backups of {environment}", WireBackups)
        kinds = {schedule.id: schedule.kind for schedule in found.volume_instance_backup_schedule_list}
        made = [_backup(wire, environment, kinds) for wire in found.volume_instance_backup_list]
        made.sort(key=lambda backup: backup.created_at, reverse=True)
        schedules = tuple(_schedule(wire, environment) for wire in found.volume_instance_backup_schedule_list)
        return Backups(environment, SOURCE, tuple(made), schedules, clean_line(found.volume_instance.id, limit=100))

    async def create(self, environment: str, name: str = "") -> str:
        """Start a backup; return the job's id."""
        with unsent():
            variables = {"volumeInstanceId": await self._volume(environment), **({"name": name} if name else {})}
        client, what = self._place.client(environment), "the order to back up"
        answer = await order(client, "volume_backup_create", "VolumeBackupCreate", variables, what, dict[str, WireWorkflowId])
        return _job_id(answer, "volumeInstanceBackupCreate", what)

    async def lock(self, environment: str, backup_id: str) -> None:
        """Keep a backup from expiring."""
        with unsent():
            variables = {"volumeInstanceId": await self._volume(environment), "volumeInstanceBackupId": backup_id}
        client, what = self._place.client(environment), "the order to keep a backup"
        await agree(client, "volume_backup_lock", "VolumeBackupLock", "volumeInstanceBackupLock", variables, what)

    async def restore(self, environment: str, backup_id: str) -> str:
        """Stage a restore and return the job's id: it takes effect with :meth:`commit`, and drops newer backups then."""
        with unsent():
            variables = {"volumeInstanceId": await self._volume(environment), "volumeInstanceBackupId": backup_id}
        client, what = self._place.client(environment), "the order to restore"
        answer = await order(client, "volume_backup_restore", "VolumeBackupRestore", variables, what, dict[str, WireWorkflowId])
        return _job_id(answer, "volumeInstanceBackupRestore", what)

    async def staged(self, environment: str) -> StagedChanges:
        """Return the environment's staged changes."""
        asked, client = {"environmentId": await self._place.environment_id(environment)}, self._place.client(environment)
        what = f"staged changes of {environment}"
        answer = await ask(client, "environment_staged_changes", "EnvironmentStagedChanges", asked, what, WireStagedChanges)
        wire = answer.environment_staged_changes
        return StagedChanges(
            clean_line(wire.id, limit=100),
            environment,
            SOURCE,
            clean_line(wire.status.lower(), limit=40),
            line_or_none(wire.message, limit=500) or "",
            utc(wire.created_at),
            utc(wire.updated_at),
            line_or_none(wire.last_applied_error, limit=500) or "",
        )

    async def commit(self, environment: str, message: str = "") -> str:
        """Apply all staged changes, whoever staged them, and redeploy what they touch; return the job's id."""
        with unsent():
            variables = {"environmentId": await self._place.environment_id(environment)}
        if message:
            variables["commitMessage"] = message
        client, what = self._place.client(environment), "the order to apply staged changes"
        answer = await order(client, "environment_commit_staged", "EnvironmentCommitStaged", variables, what, dict[str, str])
        return _named(answer.get("environmentPatchCommitStaged"), what)

    async def workflow(self, workflow_id: str, environment: str = "") -> Workflow:
        """Return where a job stands; ``UNKNOWN`` for one that Railway does not know."""
        client, asked = self._place.client(environment), {"workflowId": workflow_id}
        found = (await ask(client, "workflow_status", "WorkflowStatus", asked, "a job", WireWorkflow)).workflow_status
        state = _JOBS.get(found.status, JobState.UNKNOWN)
        return Workflow(workflow_id, state, line_or_none(found.error, limit=500) or "")

    async def _volume(self, environment: str) -> str:
        """Return the id of the database's volume, looked for once; OutsideError when there is none, or more than one."""
        if environment in self._volumes:
            return self._volumes[environment]
        found = volume_of(await detail(self._place, environment), self._word)
        if len(found) != 1:
            many = f"{len(found)} volumes of the database" if found else "no volume of the database"
            step = "Set [railway] database to the name of the database's service"
            raise fault(FaultKind.MISSING, f"{many} in {environment}", KEPT, step)
        self._volumes[environment] = found[0].id
        return found[0].id

    def _word(self, service: str, image: str) -> str:
        if self._database:
            return "database" if service == self._database else ""
        return self._place.component(service, image)


def _job_id(answer: dict[str, WireWorkflowId], field: str, what: str) -> str:
    return _named(answer[field].workflow_id if field in answer else None, what)


def _named(identity: str | None, what: str) -> str:
    named = line_or_none(identity)
    if named is None:
        error = malformed(SOURCE, what, "the job has no id")
        raise fault(error.fault.kind, f"{what} was answered without a job's id", UNSURE, "Look with r what happened, then decide")
    return named


def _backup(wire: WireBackup, environment: str, kinds: dict[str, str]) -> Backup:
    created = utc(wire.created_at)
    assert created is not None  # noqa: S101 - the wire requires it
    # What a restore would bring back; "used" is only what this backup added to the one before it.
    size = wire.referenced_mb if wire.referenced_mb is not None else wire.used_mb
    # The schedule of an older backup may be gone; a backup without one was made by hand.
    kind = kinds.get(wire.schedule_id, "SCHEDULED") if wire.schedule_id else None
    return Backup(
        clean_line(wire.id, limit=100),
        environment,
        SOURCE,
        created,
        line_or_none(wire.name, limit=200) or "",
        None if size is None else size * MB,
        utc(wire.expires_at),
        clean_line(kind, limit=40) if kind else None,
    )


def _schedule(wire: WireSchedule, environment: str) -> BackupSchedule:
    every, kept = _KINDS.get(wire.kind, (None, None))
    if wire.retention_seconds is not None:
        kept = timedelta(seconds=min(max(wire.retention_seconds, 0), 10**9))
    return BackupSchedule(environment, SOURCE, clean_line(wire.kind, limit=40), every, kept, clean_line(wire.cron, limit=100))
