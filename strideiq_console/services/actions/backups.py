"""Prove that a backup is there before a schema moves; make or lock one where it is not (R90, R91; RELIABILITY section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from strideiq_console.domain.backup import Backup, Backups
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.hosting import JobState, Volumes
from strideiq_console.domain.policy.backups import DESTROYING_LIMIT, BackupProof, BackupState, judge
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, lost, not_yet, under_way

JOB_LIMIT = 100.0
"""Seconds of the clock that a backup is watched for in one go; afterwards its list tells."""
LOOK_EVERY = 2.0
LISTED_WITHIN = timedelta(minutes=5)
"""How long an ordered backup may take to appear in the list before another one may be ordered."""
GRACE = 2
"""How many times the limit a proven backup may be old when what it protects is confirmed at last."""
_MAKES = (BackupState.STALE, BackupState.MISSING, BackupState.FAILED, BackupState.UNKNOWN)


class ProveBackup(Action):
    """Prove that the newest backup of the step's environment is whole and at most ``limit`` minutes old. Gives ``backup``.

    ``limit`` left out: 15, as before what destroys. A backup that is none of this is followed by a new one; one that will expire
    is locked. ``backup`` is the one that the plan was made with; a newer one is as good.
    """

    verb = Verb.PROVE_BACKUP
    precondition = "the provider's list of backups can be read"
    end_state = "a backup within the limit is listed, not too small, and will not expire"
    natural_key = "the backup's name, which holds the execution; for a lock the backup's id"
    recovery = "a backup that was made stays: delete it at the provider once nobody needs it"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Read the list."""
        environment = ask.step.environment
        backups = await _volumes(ports, environment).backups(environment)
        proof = judge(backups, ports.clock.now(), _limit(ask))
        if proof.proven and proof.expires_at is None:
            return Findings(already=_result(proof, made=False), notes=(proof.words,))
        observed = {"known": [b.id for b in backups.backups], "since": ports.clock.now().isoformat()}
        if proof.proven or proof.state is BackupState.EXPIRING:
            return Findings(observed={**observed, "lock": proof.id}, notes=(proof.words,))
        if proof.state in _MAKES:
            return Findings(observed=observed, notes=(proof.words,))
        return Findings(reasons=(f"{proof.words}: look at it before anything is changed, and make one by hand",))

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is proven, locked or made."""
        environment, minutes = ask.step.environment, int(_limit(ask).total_seconds() // 60)
        if observed.get("lock"):
            return (Effect(f"keep backup {observed['lock']} of {environment} from expiring", "volumeInstanceBackupLock"),)
        if "known" in observed:
            words = f"make a backup of {environment} named {_name(ask)!r} and wait until it is listed"
            return (Effect(words, "volumeInstanceBackupCreate"),)
        return (Effect(f"prove a backup of {environment} that is at most {minutes} min old; make one where there is none"),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Lock the backup, or order one and watch its job."""
        environment = ask.step.environment
        volumes = _volumes(ports, environment)
        if observed.get("lock"):
            await volumes.lock(environment, str(observed["lock"]))
            return
        job = await volumes.create(environment, _name(ask))
        waited = 0.0
        while waited < JOB_LIMIT:
            state = await volumes.workflow(job, environment)
            if state.state is JobState.FAILED:
                raise BlockedError(
                    f"the backup of {environment} failed: {state.error or 'the provider does not say why'}",
                    consequence="the schema stays as it is",
                    next_step="look at the provider's own page, or make one by hand, then try again",
                )
            if state.state not in (JobState.PENDING, JobState.RUNNING):
                return
            await ports.clock.sleep(LOOK_EVERY)
            waited += LOOK_EVERY

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for it in the list: the name or the lock tells, not the job."""
        environment = ask.step.environment
        backups = await _volumes(ports, environment).backups(environment)
        locked = str(observed.get("lock", ""))
        found = next((b for b in backups.backups if b.id == locked), None) if locked else _made(ask, backups, observed)
        proof = judge(backups, ports.clock.now(), _limit(ask))
        if found is None:
            return _absent(ports, environment, locked, observed)
        if locked and found.expires_at is not None:
            return not_yet(f"backup {locked} still expires")
        # A step that was interrupted is resolved later than the limit: then the backup is made, and too old by now.
        if proof.proven or (locked and proof.id == locked and proof.state is BackupState.EXPIRING):
            return happened(**_result(proof, made=not locked))
        return lost(f"{proof.words}: look at it, then try again")

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """A look is taken back by doing nothing; a backup stays."""
        return self.recovery if record.observed else ()


async def still_proven(ports: Ports, environment: str) -> tuple[str, ...]:
    """Say why what destroys must wait, when the backup that was proven is too old by now: a step may be confirmed a day later.

    Where no provider tells, the step that proves it was marked as done by hand, and its reason stands.
    """
    if ports.outside.volumes is None:
        return ()
    proof = judge(await ports.outside.volumes.backups(environment), ports.clock.now(), GRACE * DESTROYING_LIMIT)
    if proof.proven or proof.state is BackupState.EXPIRING:
        return ()
    return (f"{proof.words}: make a backup of {environment} at the provider, or plan again with strideiq replan",)


def _volumes(ports: Ports, environment: str) -> Volumes:
    if ports.outside.volumes is None:
        raise BlockedError(
            f"nobody tells of the backups of {environment}: no provider of its volume is configured",
            consequence="what a move of the schema loses could not be brought back, so it is not moved",
            next_step="configure [railway] and its token, or make a backup by hand and mark the step as done with its name",
        )
    return ports.outside.volumes


def _limit(ask: Ask) -> timedelta:
    given = ask.get("limit")
    return timedelta(minutes=int(given)) if given.isdecimal() else DESTROYING_LIMIT


def _name(ask: Ask) -> str:
    return f"strideiq {ask.execution} {ask.step.id}"


def _made(ask: Ask, backups: Backups, observed: Mapping[str, Any]) -> Backup | None:
    """Return the backup that this step ordered: by its name; where the provider keeps no names, the first one since."""
    fresh = [b for b in backups.backups if b.id not in observed.get("known", ())]
    by_name = next((b for b in fresh if b.name == _name(ask)), None)
    return by_name or next((b for b in fresh if not b.name and b.schedule is None), None)


def _absent(ports: Ports, environment: str, locked: str, observed: Mapping[str, Any]) -> Seen:
    if locked:
        return lost(f"backup {locked} is not listed any more")
    since = datetime.fromisoformat(str(observed["since"])) if observed.get("since") else None
    words = f"the backup of {environment} that was ordered is not listed"
    if since is not None and ports.clock.now() - since < LISTED_WITHIN:
        return under_way(f"{words} yet; if its job failed, the provider's page says why")
    return not_yet(words)


def _result(proof: BackupProof, *, made: bool) -> dict[str, Any]:
    age = int(proof.age.total_seconds() // 60) if proof.age is not None else 0
    return {"backup": proof.id, "age_minutes": age, "made": made, "words": proof.words}
