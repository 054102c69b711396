"""The feature runbook over the fake outside: where it may begin, what is committed, what a second merge does to a test (S6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.fault import BlockedError, CloneError, Fault, FaultKind, OutsideError, UsageError
from strideiq_console.domain.reading import Level
from strideiq_console.domain.runbook.model import Verb
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.domain.worktree import ChangeKind, FileChange
from strideiq_console.services.action import Outcome, ask_for
from strideiq_console.services.actions import ACTIONS
from strideiq_console.services.engine import Engine
from tests.services.crash_all import FEATURE, unsaved
from tests.services.fakes import FakeOutside

PATH = "apps/api/auth.py"
MESSAGE = "feat(web): show the calendar\n\nCloses #12\n"
GOOD = {"files": PATH, "message": MESSAGE}


async def begun(engine: Engine, **inputs: str) -> str:
    plan = await engine.plan("feature", {"slug": "training-calendar", **inputs})
    return (await engine.start(plan)).id


async def at(engine: Engine, outside: FakeOutside, step: str) -> Standing:
    """Drive a feature until a person is asked about this step."""
    execution, consent = await begun(engine), Consent()
    for _ in range(40):
        standing = await engine.advance(execution, consent, wait=60)
        assert standing.record is not None, f"ended before {step}"
        if standing.record.step.id == step:
            return standing
        consent = Consent(answer="yes")
        if standing.awaits is Awaits.CONFIRMATION:
            consent = Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)
        elif standing.record.step.id == "commit" and outside.local[FEATURE] == outside.tracking["staging"]:
            outside.unsaved["/clone"] = [unsaved()]
            consent = Consent(entry=GOOD)
    raise AssertionError(f"never came to {step}")


async def test_unsaved_work_is_refused_with_three_choices_and_nothing_happens(engine: Engine, outside: FakeOutside) -> None:
    outside.changed = ("README.md",)
    with pytest.raises(BlockedError) as caught:
        await engine.plan("feature", {"slug": "training-calendar"})
    for choice in ("commit them", "second work tree", "stop here"):
        assert choice in caught.value.next_step
    assert "README.md" in caught.value.cause
    assert outside.effects == []


@pytest.mark.parametrize(("where", "worktree"), [("clone", "none"), ("worktree", "/clone.worktrees/training-calendar")])
async def test_the_founder_may_say_where_it_is_edited(engine: Engine, outside: FakeOutside, where: str, worktree: str) -> None:
    outside.changed = ("README.md",)
    plan = await engine.plan("feature", {"slug": "training-calendar", "where": where})
    assert dict(plan.facts)["worktree"] == worktree
    assert plan.notes
    if where == "clone":
        standing = await engine.advance((await engine.start(plan)).id)
        assert (standing.awaits, standing.record.step.id) == (Awaits.GATE, "checkout")
        assert "second work tree" in standing.sentence


async def test_it_starts_from_the_staging_that_was_just_fetched(engine: Engine, outside: FakeOutside) -> None:
    execution = await begun(engine)
    outside.push("staging", outside.commit("another's work", outside.origin["staging"]))
    await engine.advance(execution)
    assert outside.local[FEATURE] == outside.origin["staging"]


async def test_a_branch_begun_from_an_older_staging_is_taken_over(engine: Engine, outside: FakeOutside) -> None:
    outside.local[FEATURE] = outside.commit("feat: begun", outside.origin["staging"])
    outside.push("staging", outside.commit("another's work", outside.origin["staging"]))
    plan = await engine.plan("feature", {"slug": "training-calendar"})
    assert any("taken over" in note for note in plan.notes)
    standing = await engine.advance((await engine.start(plan)).id)
    assert standing.record.step.id == "commit"
    assert f"git create {FEATURE}" not in outside.effects


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"files": PATH, "message": "some work"}, "begin with a type"),
        ({"files": PATH, "message": "feat: x."}, "period"),
    ],
    ids=["unconventional", "period"],
)
async def test_a_bad_message_commits_nothing(engine: Engine, outside: FakeOutside, entry: dict[str, str], says: str) -> None:
    standing = await at(engine, outside, "commit")
    outside.unsaved["/clone"] = [unsaved()]
    standing = await engine.advance(standing.execution.id, Consent(entry=entry))
    assert standing.awaits is Awaits.GATE
    assert says in standing.sentence
    assert standing.form is not None, "it can be filled in again"
    assert f"git commit {FEATURE}" not in outside.effects


@pytest.mark.parametrize(
    "leak",
    [
        FileChange(".env", ChangeKind.UNTRACKED, 20, False, ("A=1",)),
        FileChange("apps/api/keys.py", ChangeKind.MODIFIED, 90, False, ('token = "ghp_' + "a1B2c3D4e5F6" * 3 + '"',)),
    ],
    ids=["env file", "token"],
)
async def test_a_secret_blocks_the_commit(engine: Engine, outside: FakeOutside, leak: FileChange) -> None:
    standing = await at(engine, outside, "commit")
    outside.unsaved["/clone"] = [unsaved(), leak]
    standing = await engine.look(standing.execution.id)
    refused = {o.value: o.refused for o in standing.form.fields[0].options}
    assert refused[leak.path]
    assert not refused[PATH]
    with pytest.raises(UsageError):
        await engine.advance(standing.execution.id, Consent(entry={"files": f"{PATH}\n{leak.path}", "message": MESSAGE}))
    assert f"git commit {FEATURE}" not in outside.effects


async def test_another_commit_is_asked_for_when_there_is_more(engine: Engine, outside: FakeOutside) -> None:
    execution = (await at(engine, outside, "commit")).execution.id
    outside.unsaved["/clone"] = [unsaved(), unsaved("apps/web/page.tsx")]
    standing = await engine.advance(execution, Consent(entry={**GOOD, "more": "yes"}))
    assert standing.record.step.id == "commit"
    second = {"files": "apps/web/page.tsx", "message": "feat(web): link it\n\nCloses #13"}
    standing = await engine.advance(execution, Consent(entry=second))
    assert standing.record.step.id == "try-here"
    kept = standing.execution.record("commit").result
    assert (kept["commits"], kept["closes"], kept["subject"]) == (2, "12 13", "feat(web): show the calendar")


async def test_an_undo_says_that_the_commit_stays(engine: Engine, outside: FakeOutside) -> None:
    execution = (await at(engine, outside, "try-here")).execution.id
    await engine.undo(execution)
    ended = await engine.advance(execution)
    assert ended.execution.state == "undone"
    assert "your commits are yours" in ended.execution.record("commit").reason
    assert FEATURE in outside.local


async def test_the_pull_request_takes_the_template_and_closes_the_issue(engine: Engine, outside: FakeOutside) -> None:
    base = outside.origin["staging"]
    outside.trees[base] = {".github/pull_request_template.md": b"## What\n\n## Checked\n"}
    await at(engine, outside, "verify")
    body = outside.pulls[43].body
    assert body.index("## What") < body.index("- feat(web): show the calendar") < body.index("## Checked")
    assert "Closes #12" in body
    assert outside.pulls[43].base == "staging"


async def test_a_pull_request_to_the_wrong_base_is_a_reason(engine: Engine, outside: FakeOutside) -> None:
    standing = await at(engine, outside, "push")
    outside.push(FEATURE, outside.local[FEATURE])
    host = engine._ports.host
    await host.pulls.create(head=FEATURE, base="main", title="x", body="")
    standing = await engine.advance(standing.execution.id)
    assert (standing.awaits, standing.record.step.id) == (Awaits.GATE, "pull-request")
    assert "goes from" in standing.sentence
    assert "to main" in standing.sentence


async def test_a_409_says_that_the_branch_moved(engine: Engine, outside: FakeOutside) -> None:
    standing = await at(engine, outside, "merge")

    async def moved(*_: object, **__: object) -> str:
        raise OutsideError(Fault(FaultKind.CONFLICT, "github", "Head branch was modified"), status=409, known_not_done=True)

    engine._ports.host.pulls.merge = moved
    consent = Consent(step="merge", effects=standing.fingerprint)
    standing = await engine.advance(standing.execution.id, consent)
    assert standing.awaits is Awaits.COMPARISON
    assert "branch moved" in standing.sentence


async def test_why_it_cannot_be_merged_is_one_sentence_with_everything(engine: Engine, outside: FakeOutside) -> None:
    standing = await at(engine, outside, "pull-request")
    outside.check_states["backend-test"] = CheckState.FAILURE
    consent = Consent(step="pull-request", effects=standing.fingerprint)
    engine._ports.host.pulls.get = _drafted(outside)
    standing = await engine.advance(standing.execution.id, consent)
    assert standing.awaits is Awaits.CHOICE
    for word in ("draft", "conflicts with staging", "backend-test is failure", "resolve it", "rerun"):
        assert word in standing.sentence, standing.sentence


def _drafted(outside: FakeOutside):
    async def get(number: int):
        return replace(outside.pulls[number], draft=True, mergeable=False, mergeable_state="dirty")

    return get


async def test_a_half_deploy_says_which_part(engine: Engine, outside: FakeOutside) -> None:
    standing = await at(engine, outside, "merge")
    before = outside.push

    def half(branch: str, sha: str) -> None:
        before(branch, sha)
        outside.deployments = [
            replace(d, state=DeploymentState.FAILED, live=False) if d.provider == "railway" and d.sha == sha else d
            for d in outside.deployments
        ]

    outside.push = half
    standing = await engine.advance(standing.execution.id, Consent(step="merge", effects=standing.fingerprint))
    assert standing.awaits is Awaits.CHOICE
    assert "Railway (api)" in standing.sentence
    assert "Vercel" not in standing.sentence


async def test_a_merge_during_the_test_invalidates_it(engine: Engine, outside: FakeOutside) -> None:
    standing = await at(engine, outside, "verify")
    execution, tried = standing.execution.id, outside.origin["staging"]
    newer = outside.commit("another's work", tried)
    outside.push("staging", newer)
    standing = await engine.advance(execution, Consent(answer="yes"))
    assert standing.awaits is Awaits.GATE
    assert "moved" in standing.sentence
    field = next(f for f in standing.form.fields if f.name == "tested")
    assert [o.value for o in field.options] == [newer]
    await engine.advance(execution, Consent(entry={"tested": newer, "note": "both tried"}))
    kept = engine.execution(execution).record("verify").result
    assert (kept["sha"], kept["note"]) == (newer, "both tried")


async def test_what_staging_answered_is_kept_with_the_note(engine: Engine, outside: FakeOutside) -> None:
    outside.health["https://staging.strideiq.run"] = Level.OK
    standing = await at(engine, outside, "verify")
    assert any("staging.strideiq.run" in note for note in standing.form.notes)
    await engine.advance(standing.execution.id, Consent(entry={"note": "one week"}))
    sha = outside.origin["staging"]
    assert engine._ports.verifications.of(sha).note == "one week"
    assert len(engine.execution(standing.execution.id).record("verify").result["probes"]) == 2


async def test_a_hook_that_refuses_fails_the_step_and_the_form_comes_back(engine: Engine, outside: FakeOutside) -> None:
    execution = (await at(engine, outside, "commit")).execution.id
    outside.unsaved["/clone"] = [unsaved()]
    clone = engine._ports.clone
    commit = clone.commit_files

    async def refused(*_: object) -> str:
        raise CloneError("pre-commit: ruff found 1 error")

    clone.commit_files = refused
    standing = await engine.advance(execution, Consent(entry=GOOD))
    assert standing.awaits is Awaits.CHOICE
    assert "ruff found 1 error" in standing.sentence
    clone.commit_files = commit
    await engine.retry(execution)
    standing = await engine.advance(execution)
    assert standing.form is not None
    standing = await engine.advance(execution, Consent(entry=GOOD))
    assert standing.record.step.id == "try-here"


async def test_a_commit_by_hand_while_ours_was_in_doubt_is_not_taken_for_ours(engine: Engine, outside: FakeOutside) -> None:
    execution = (await at(engine, outside, "commit")).execution.id
    action, ask = ACTIONS[Verb.COMMIT], ask_for(engine.execution(execution), engine.execution(execution).record("commit").step)
    before = outside.local[FEATURE]
    observed = {"before": before, "files": ["docs/plan.md"], "message": MESSAGE, "place": "/clone"}
    outside.fix(FEATURE, "chore: something else")
    seen = await action.verify(engine._ports, ask, observed)
    assert seen.outcome is Outcome.NOT_YET
    seen = await action.verify(engine._ports, ask, {**observed, "message": "chore: something else\n"})
    assert seen.outcome is Outcome.HAPPENED


async def test_a_secret_is_looked_for_again_at_the_commit_itself(engine: Engine, outside: FakeOutside) -> None:
    execution = engine.execution((await at(engine, outside, "commit")).execution.id)
    outside.unsaved["/clone"] = [FileChange(".env", ChangeKind.UNTRACKED, 9, False, ("A=1",))]
    entry = {"files": ".env", "message": MESSAGE}
    ask = ask_for(execution, execution.record("commit").step, entry)
    found = await ACTIONS[Verb.COMMIT].check(engine._ports, ask)
    assert any("must not be committed" in reason for reason in found.reasons)


async def test_files_that_git_does_not_know_hold_nobody_up(engine: Engine, outside: FakeOutside) -> None:
    execution = (await at(engine, outside, "commit")).execution.id
    outside.fix(FEATURE, "feat: by hand")
    outside.unsaved["/clone"] = [FileChange("notes.txt", ChangeKind.UNTRACKED, 9, False, ("mine",))]
    standing = await engine.look(execution)
    assert standing.form is not None
    assert not any(field.required for field in standing.form.fields)
    standing = await engine.advance(execution, Consent(answer="yes"))
    assert standing.record.step.id == "try-here"
