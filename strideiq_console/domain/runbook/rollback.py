"""Go back to what production served before (R93-R99): the steps follow from the plan that the planner offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.policy.rollback.facts import Facts
from strideiq_console.domain.policy.rollback.plans import SERVES, Act, ActKind, Offer, PlanKind, RollbackPlan
from strideiq_console.domain.runbook.model import Input, Runbook, Step, Verb, step
from strideiq_console.domain.runbook.rollback_steps import repository_steps, schema_step

WAYS = {
    "provider": PlanKind.PROVIDER,
    "revert": PlanKind.REVERT,
    "keep-files": PlanKind.KEEP_FILES,
    "schema-first": PlanKind.SCHEMA_FIRST,
    "redeploy": PlanKind.REDEPLOY,
}
AUTO, PROMOTE = "auto", "promote"

ROLLBACK = Runbook(
    name="rollback",
    title="Go back to what worked",
    inputs=(
        Input("target", "Commit to go back to", hint="the one before what serves now", optional=True),
        Input("way", "How", hint="auto", default=AUTO, choices=(AUTO, *WAYS, PROMOTE)),
        Input("components", "What goes back", hint="all, web, api", default="all", choices=("all", "web", "api", "web api")),
        Input("blame", "One commit to take back instead", hint="7 digits of it", optional=True),
    ),
    steps=(),
    reversible=True,
    key="b",
)


def steps_of(plan: RollbackPlan, facts: Facts) -> tuple[Step, ...]:
    """Return the steps that carry a plan out, in the order of its acts."""
    repository = any(act.kind is ActKind.MERGE for act in plan.acts)
    found: list[Step] = []
    expected = "{branch.sha}"
    proved = False
    schema = ""
    for act in plan.acts:
        if act.kind in (ActKind.PROVE_BACKUP, ActKind.UPGRADE, ActKind.DOWNGRADE) and not proved:
            proved = True
            found.append(_prove_database(facts))
        if act.kind in (ActKind.REVERT, ActKind.RESTORE):
            made = _commit(act, facts, expected)
            expected = f"{{{made.id}.sha}}"
            found.append(made)
        elif act.kind in (ActKind.PULL_REQUEST, ActKind.MERGE):
            found += repository_steps(act, facts, expected, _subject(plan, facts))
        else:
            made = _step(act, plan, facts, len(found), repository=repository)
            if made.verb is Verb.MOVE_SCHEMA:
                schema = f"{{{made.id}.revision}}"
            elif schema and made.verb in (Verb.ROLL_BACK, Verb.REDEPLOY):
                # Older code does not start on a newer schema: it does not go back where that move was left out.
                made = _with(made, {"schema": schema})
            found.append(made)
    return (*found, *_afterwards(plan, facts)) if repository else tuple(found)


def _step(act: Act, plan: RollbackPlan, facts: Facts, number: int, *, repository: bool) -> Step:
    match act.kind:
        case ActKind.ROLLBACK | ActKind.REDEPLOY | ActKind.HOLD | ActKind.PROMOTE:
            return provider_step(act, facts.environment, "{merge.sha}" if repository else act.sha)
        case ActKind.BRANCH:
            return step(
                "branch",
                Verb.CREATE_BRANCH,
                f"branch {act.target}",
                f"{facts.branch} takes changes by pull request only, so what is taken back starts on a branch of its own.",
                level=1,
                branch=act.target,
                start=act.source,
            )
        case ActKind.WATCH:
            return _watch(plan, facts, repository=repository)
        case _:
            return schema_step(act, facts, number)


def provider_step(act: Act, environment: str, sha: str) -> Step:
    """Return the step of a deed at a hosting provider; ``sha`` is what it makes serve."""
    verb, words, why = _PROVIDER[act.kind]
    more = {} if act.kind is ActKind.HOLD else {"deployment": act.target, "live": act.source, "sha": sha}
    made = step(
        f"{words.replace(' ', '-')}-{act.component}",
        verb,
        f"{words} {act.component}" + (f" to {short_sha(act.sha)}" if act.sha else ""),
        why,
        level=3,
        environment=environment,
        group="providers" if act.kind in (ActKind.ROLLBACK, ActKind.REDEPLOY) else "",
        component=act.component,
        provider=act.provider,
    )
    return _with(made, more)


_PROVIDER = {
    ActKind.ROLLBACK: (
        Verb.ROLL_BACK,
        "roll back",
        "The provider still has what served before: nothing is built, so it is the fastest way back.",
    ),
    ActKind.REDEPLOY: (Verb.REDEPLOY, "redeploy", "The old commit is built anew, with today's variables."),
    ActKind.HOLD: (
        Verb.HOLD_DEPLOYS,
        "hold deploys of",
        "A push would start today's code again, and its start brings the schema back up.",
    ),
    ActKind.PROMOTE: (
        Verb.PROMOTE_DEPLOYMENT,
        "promote",
        "A pinned production serves no new build before one is promoted.",
    ),
}


def _commit(act: Act, facts: Facts, expected: str) -> Step:
    if act.kind is ActKind.RESTORE:
        line = facts.main.line if facts.main is not None else ()
        return step(
            "restore",
            Verb.RESTORE_FILES,
            f"files of {short_sha(act.sha)}, migration files kept",
            "All other files become what they were; the migration files stay, so that the code finds the database's revision.",
            level=1,
            branch=act.target,
            expected=expected,
            target=act.sha,
            keep="\n".join(act.keep),
            reverts=" ".join(change.commit.sha for change in line),
        )
    return step(
        f"revert-{act.source[:7]}",
        Verb.REVERT_COMMIT,
        f"revert {short_sha(act.source)}",
        "Undoes the change by a new commit; history stays as it is.",
        level=1,
        branch=act.target,
        expected=expected,
        commit=act.source,
        parent=str(act.parent or ""),
        keep="\n".join(act.keep),
    )


def _watch(plan: RollbackPlan, facts: Facts, *, repository: bool) -> Step:
    moved = " ".join(act.component for act in plan.acts if act.kind in SERVES and act.component)
    more = {"sha": "{merge.sha}"} if repository else {"sha": facts.target, "components": moved, "exact": "yes"}
    made = step(
        "live",
        Verb.AWAIT_DEPLOYMENT,
        f"{facts.environment} live, healthy",
        "Done means that what was chosen serves and is healthy three times in a row, not that a button was pressed.",
        environment=facts.environment,
    )
    return _with(made, more)


def _with(made: Step, more: Mapping[str, str]) -> Step:
    return replace(made, arguments=tuple(sorted({**made.values, **more}.items())))


def _prove_database(facts: Facts) -> Step:
    return step(
        "prove-database",
        Verb.PROVE_DATABASE,
        "prove the database",
        "Only the enrolled database may be changed: another one of the same name would be somebody else's.",
        environment=facts.environment,
        database=facts.schema.database,
    )


def _afterwards(plan: RollbackPlan, facts: Facts) -> Iterator[Step]:
    """Yield what a merged revert still owes: the same on staging, and a clone that knows of it."""
    yield step(
        "pr-staging",
        Verb.OPEN_PULL_REQUEST,
        "pull request to staging",
        "Staging still holds what was taken back: the next promotion would leave it out without a word, or bring it again.",
        level=2,
        question="Open a pull request of the same revert to staging?",
        optional=True,
        head=plan.branch,
        base="{staging-branch}",
        subject=_subject(plan, facts),
        severity="",
    )
    yield step(
        "fetch-merged", Verb.FETCH, "fetch what was merged", "The clone learns the merge, so that what it says is true again."
    )


def _subject(plan: RollbackPlan, facts: Facts) -> str:
    blamed = next((c for c in (facts.main.changes or ()) if c.commit.sha == facts.blamed), None) if facts.main is not None else None
    words = f"take back {blamed.commit.short} {blamed.commit.subject}" if blamed else f"go back to {short_sha(plan.target)}"
    # Braces would be taken for something to fill in.
    return f"revert: {words}".replace("{", "(").replace("}", ")")[:120]


def _also(plan: RollbackPlan) -> tuple[str, ...]:
    """Return another way that is open, with what would die on it."""
    return (f"also possible: {plan.kind}", *(f"{plan.kind}: dies: {loss.words}" for loss in plan.dies))


def notes_of(plan: RollbackPlan, offer: Offer, now: datetime) -> tuple[str, ...]:
    """Return what a person should read beside a plan: what dies, what comes back with it, what stays wrong, and what is closed."""
    found = [f"dies: {loss.words}" for loss in plan.dies]
    if plan.irreversible:
        found.append(f"{plan.irreversible} of these steps cannot be undone")
    if plan.backup_id:
        age = "of unknown age" if plan.backup_age is None else f"{int(plan.backup_age.total_seconds() // 60)} min old"
        found.append(f"newest backup: {plan.backup_id}, {age}")
    left = plan.time_left(now)
    if left is not None:
        found.append(f"the image is kept for {int(left.total_seconds() // 3600)} h more")
    found += [*plan.turns_back, *plan.warnings]
    found += [f"afterwards: {words}" for words in plan.afterwards]
    if plan.undo_note:
        found.append(f"undo: {plan.undo_note}")
    others = [words for other in offer.plans if other is not plan for words in _also(other)]
    closed = [f"not possible, {refusal.kind}: {refusal.sentence()}" for refusal in offer.refusals]
    return tuple(dict.fromkeys((*found, *others, *closed)))
