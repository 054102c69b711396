"""Makes a new world: history, clone, settings, and a first state in which everything of the story has already happened."""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path
from typing import Any

from strideiq_console.sandbox import (
    belongings,
    ci,
    deploys,
    events,
    founder,
    scenarios,
    seed_databases,
    seed_settings,
    story,
    traffic,
)
from strideiq_console.sandbox.clock import parse_kind
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.rules import document_protection
from strideiq_console.sandbox.scenarios import Scenario
from strideiq_console.sandbox.state import State, WorldError, connect, exclusive, load, save

OWNER, NAME = "acme", "strideiq"
FOUNDER, BOT = "founder", "strideiq-bot"
REMEMBERED_DAYS = 21
FIRST_RUN = {
    "run_number": 1817,
    "run": 9_104_220_001,
    "job": 27_551_300_001,
    "review": 801,
    "label": 501,
    "comment": 601,
    "status": 701,
}
_ALL = "actions administration checks contents issues metadata pull_requests statuses workflows"


def create(folder: Path, *, scenario: str, clock: str, begin: float | None = None) -> None:
    """Create the world in ``folder`` unless it stands there already. Raises WorldError for names or folders that do not fit.

    ``begin``: the epoch second at which a clock turned by hand stands; any other clock begins now.
    """
    chosen, (kind, factor) = scenarios.find(scenario), parse_kind(clock)
    if begin is not None and kind != "manual":
        raise WorldError(f"a {kind} clock begins now: only one that is turned by hand may begin at another time")
    file = folder / "world.db"
    if not file.exists() and folder.exists() and any(folder.iterdir()):
        raise WorldError(f"{folder} is not empty and holds no world: name another folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = connect(file)
    try:
        if load(connection) is not None:
            return
        with exclusive(connection):
            if load(connection) is not None:  # another process was faster
                return
            _remove_leftovers(folder)
            begin = time.time() if begin is None else begin
            save(connection, _build(folder, chosen, begin, hand_turned=kind == "manual"))
            connection.execute("INSERT OR REPLACE INTO clock VALUES (1, ?, ?, ?, 0)", (kind, factor, begin))
    finally:
        connection.close()


def _remove_leftovers(folder: Path) -> None:
    """Clear what a creation that was killed left behind; the folder is a world's, because its ``world.db`` is there."""
    for name in ("origin.git", "clone", "state"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _build(folder: Path, scenario: Scenario, begin: float, *, hand_turned: bool) -> State:
    origin = Origin.create(folder / "origin.git")
    told = story.tell(begin, name=founder.NAME, email=founder.EMAIL)
    scenario.tell(told)
    shas = told.history.write(origin.path)
    origin.prefetch(shas.values())
    founder.make_clone(
        folder / "clone",
        origin.path,
        branches=("main", "staging", *scenario.branches, scenario.checked_out),
        checked_out=scenario.checked_out,
    )
    (folder / "state").mkdir(mode=0o700)
    (folder / "config.toml").write_text(seed_settings.text(f"{OWNER}/{NAME}", begin), encoding="utf-8")
    state = _empty(scenario, begin, origin.branches())
    belongings.furnish(state, origin, begin, secondary=not hand_turned)
    events.tag_made(state, origin)
    _happen(state, origin, told, shas, scenario)
    seed_databases.furnish(state, origin, folder / "clone", begin)
    if scenario.aftermath is not None:
        scenario.aftermath(state, origin, folder, begin)
    return state


def _empty(scenario: Scenario, begin: float, refs: dict[str, str]) -> State:
    logins = (FOUNDER, BOT) if scenario.bot else (FOUNDER,)
    people = {
        FOUNDER: {"id": 4101, "type": "User", "name": founder.NAME, "email": founder.EMAIL},
        BOT: {"id": 4102, "type": "User", "name": "StrideIQ Bot", "email": "bot@strideiq.example"},
    }
    tokens: dict[str, dict[str, str]] = {
        "github": {"value": "sandbox-github-founder", "login": FOUNDER},
        "vercel": {"value": "sandbox-vercel-token"},
        "railway": {"value": "sandbox-railway-token"},
        "cloudflare": {"value": "sandbox-cloudflare-token"},
    }
    granted = dict.fromkeys(_ALL.split(), "write")
    permissions: dict[str, dict[str, str]] = {FOUNDER: granted}
    if scenario.bot:
        tokens["github_bot"] = {"value": "sandbox-github-bot", "login": BOT}
        writes = ("contents", "issues", "pull_requests")
        permissions[BOT] = {name: "write" if name in writes else "read" for name in granted if name != "administration"}
    return {
        "version": 1,
        "scenario": scenario.name,
        "secret": secrets.token_hex(16),
        "next": dict(FIRST_RUN),
        "accounts": {login: people[login] for login in logins},
        "tokens": tokens,
        "permissions": permissions,
        "repository": {"owner": OWNER, "name": NAME, "id": 730_114_205, "created_at": begin - traffic.AGE_DAYS * story.DAY},
        "refs": refs,
        "ref_updates": [],
        "pulls": {},
        "labels": [
            {"id": 498, "name": "bug", "color": "d73a4a", "description": "Something is wrong"},
            {"id": 499, "name": "enhancement", "color": "a2eeef", "description": "Something new"},
        ],
        "statuses": {},
        "protection": {
            "main": document_protection(approvals=1, strict=True, admins=True, dismiss_stale=True),
            "staging": document_protection(approvals=0, strict=False, admins=False, dismiss_stale=False),
        },
        "rulesets": [],
        "runs": [],
        "rate": {},
        "deployments": [],
        "faults": [],
        "effects": [],
        "violations": [],
    }


def _happen(state: State, origin: Origin, told: story.Story, shas: dict[int, str], scenario: Scenario) -> None:
    """Let pushes and pull requests of the last weeks happen in their order, so that CI and deployments have a past."""
    for pull in told.pulls:
        state["pulls"][str(pull.number)] = _pull(state, pull, shas)
    state["next"]["pull"] = max(pull.number for pull in told.pulls) + 1
    red = max((a.mark for a in told.history.arrivals if a.branch == "main"), default=0) if scenario.red_main else 0
    happenings: list[tuple[float, int, Any]] = [(pull.opened, 0, pull) for pull in told.pulls]
    happenings += [(arrival.when, 1, arrival) for arrival in told.history.arrivals]
    for when, _, what in sorted(happenings, key=lambda happening: happening[:2]):
        if when < told.begin - REMEMBERED_DAYS * story.DAY:
            continue
        ci.settle(state, when)
        deploys.settle(state, when)
        if isinstance(what, story.StoryPull):
            _run_pull(state, origin, what, shas[what.head_mark], when)
        elif what.branch in ("main", "staging"):
            sha = shas[what.mark]
            ci.on_push(state, what.branch, sha, what.subject, when, flaky=what.mark == red)
            deploys.on_push(state, what.branch, sha, what.subject, when)
        else:
            for pull in told.pulls:
                if pull.head == what.branch and pull.merged is None and pull.opened < when:
                    _run_pull(state, origin, pull, shas[what.mark], when)
    ci.settle(state, told.begin)
    deploys.settle(state, told.begin)
    for number, label in scenario.labels:
        _label(state, number, label)


def _run_pull(state: State, origin: Origin, pull: story.StoryPull, sha: str, when: float) -> None:
    record = state["pulls"][str(pull.number)]
    record["head_sha"], record["updated_at"] = sha, max(record["updated_at"], when)
    if pull.opened_for in ("", *ci.DEPLOY_JOBS.values()):
        ci.on_pull_request(state, record, when, broken=ci.breaks(origin, sha))


def _pull(state: State, pull: story.StoryPull, shas: dict[int, str]) -> dict[str, Any]:
    """Return a pull request's record. Those into main come from the bot, where there is one, so that the founder can approve."""
    bot = BOT in state["accounts"] and (pull.base == "main" or pull.head.startswith(("main", "hotfix/")))
    reviews = []
    if pull.base == "main" and bot and not pull.title.startswith("fix(auth)"):
        number = state["next"]["review"]
        state["next"]["review"] += 1
        at = pull.opened + story.HOUR
        reviews.append({"id": number, "author": FOUNDER, "state": "APPROVED", "sha": shas[pull.head_mark], "body": "", "at": at})
    return {
        "number": pull.number,
        "title": pull.title,
        "body": f"{pull.title}.",
        "head": pull.head,
        "base": pull.base,
        "head_sha": shas[pull.head_mark],
        "base_sha": shas[pull.base_mark],
        "author": BOT if bot else FOUNDER,
        "state": "open" if pull.merged is None else "closed",
        "draft": False,
        "created_at": pull.opened,
        "updated_at": pull.merged or pull.opened,
        "closed_at": pull.merged,
        "merged_at": pull.merged,
        "merged_by": FOUNDER if pull.merged else None,
        "merge_sha": shas[pull.merge_mark] if pull.merge_mark else None,
        "labels": [],
        "mergeability": None,
        "reviews": reviews,
        "comments": [],
    }


def _label(state: State, number: int, name: str) -> None:
    if all(label["name"] != name for label in state["labels"]):
        state["labels"].append({"id": state["next"]["label"], "name": name, "color": "b60205", "description": None})
        state["next"]["label"] += 1
    state["pulls"][str(number)]["labels"].append(name)
