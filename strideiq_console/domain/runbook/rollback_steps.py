"""The parts of a rollback that other runbooks have too: a change that goes to main by pull request, and moves of the schema."""

from __future__ import annotations

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.policy.rollback.facts import Facts
from strideiq_console.domain.policy.rollback.plans import Act, ActKind
from strideiq_console.domain.runbook.model import Step, Verb, step


def repository_steps(act: Act, facts: Facts, head: str, subject: str) -> tuple[Step, ...]:
    """Return the steps of a pull request, or of its merge; ``head`` is the reference to the commit that was made last."""
    if act.kind is ActKind.PULL_REQUEST:
        return (*proposed(act.source, head, subject, "main"), *reviewed("main"))
    return merged(facts.environment)


def proposed(branch: str, head: str, subject: str, rung: str) -> tuple[Step, ...]:
    """Return push and pull request of ``branch`` to main or staging (``rung``)."""
    return (
        step(
            "push",
            Verb.PUSH,
            "push",
            "GitHub must have the branch before a pull request can name it. Only a fast-forward is pushed.",
            level=2,
            branch=branch,
            head=head,
        ),
        step(
            f"pr-{rung}",
            Verb.OPEN_PULL_REQUEST,
            f"pull request to {rung}",
            f"Nobody pushes to {rung}: what goes there is looked at and tested first.",
            level=2,
            head=branch,
            base=f"{{{rung}-branch}}",
            subject=subject,
            severity="",
        ),
    )


def reviewed(rung: str) -> tuple[Step, ...]:
    """Return what stands between an open pull request and its merge."""
    pull = f"{{pr-{rung}.number}}"
    return (
        step("checks", Verb.AWAIT_CHECKS, "checks", "The required checks must pass on what will be merged.", pulls=pull),
        step(
            "update",
            Verb.UPDATE_BRANCH,
            f"up to date with {rung}",
            f"When {rung} has moved, it is merged into the branch and the checks run again.",
            level=2,
            pull=pull,
            base=f"{{{rung}-branch}}",
        ),
        step(
            "approve",
            Verb.APPROVE,
            "approve",
            "GitHub lets nobody approve their own pull request.",
            level=2,
            pull=pull,
            base=f"{{{rung}-branch}}",
        ),
        step(
            f"checks-{rung}",
            Verb.AWAIT_CHECKS,
            f"checks for {rung}",
            "The commit that is merged must be the one that passed.",
            pulls=pull,
        ),
    )


def merged(environment: str) -> tuple[Step, ...]:
    """Return the gates and the merge to main."""
    return (
        step(
            "gates",
            Verb.CHECK_GATES,
            "gates before main",
            "What takes a change back is judged like any other; a gate that cannot be met in time is passed by with a reason.",
            environment=environment,
            head="{checks-main.head}",
        ),
        step(
            "merge",
            Verb.MERGE,
            "merge to main",
            "Merging deploys to production: real users get it.",
            level=3,
            environment=environment,
            pull="{pr-main.number}",
            head="{checks-main.head}",
            base="{main-branch}",
            override="{gates.override}",
            waived="{gates.waived}",
        ),
    )


def schema_step(act: Act, facts: Facts, number: int) -> Step:
    """Return the step that looks at, proves or moves the schema; ``number`` makes its id the only one of the plan."""
    if act.kind is ActKind.PROVE_BACKUP:
        return step(
            f"prove-backup-{number}",
            Verb.PROVE_BACKUP,
            "prove the backup",
            "What the next steps destroy comes back only from a backup that is known to be there.",
            environment=facts.environment,
            backup=act.target,
        )
    if act.kind is ActKind.CHECK_REVISION:
        return step(
            f"revision-{number}",
            Verb.CHECK_REVISION,
            "read the revision again",
            "A restart may have moved the schema since it was last read, and then nothing here is true any more.",
            environment=facts.environment,
            rows=" ".join(act.rows or ()),
            files=act.files_of,
        )
    down = act.kind is ActKind.DOWNGRADE
    revision = act.move.revision if act.move is not None else act.target
    return step(
        f"{'downgrade' if down else 'upgrade'}-{number}",
        Verb.MOVE_SCHEMA,
        f"{'downgrade' if down else 'upgrade'} {revision}: to {act.target}",
        f"One revision at a time, by name, with the migration files of {short_sha(act.files_of)}.",
        level=act.level,
        environment=facts.environment,
        direction="downgrade" if down else "upgrade",
        target=act.target,
        revision=revision,
        files=act.files_of,
        database=facts.schema.database,
    )
