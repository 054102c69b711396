"""Hostile and malformed answers: text passes the first wall, wrong shapes name provider and field (RELIABILITY T1, F1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import fields
from typing import Any

import pytest

from strideiq_console.domain.fault import ConfigurationError, FaultKind, OutsideError
from strideiq_console.domain.untrusted import is_raw
from strideiq_console.providers.github import GitHub
from strideiq_console.providers.github.mapping import web_url
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import HEAD, job, pull, rule, run

NASTY = "\x1b]52;c;eA==\x07[/x]\x9b31m\u202e\u200b\U000e0041\ud800\x00\r end"
Call = Callable[[GitHub], Awaitable[Any]]


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in texts(item)]
    if hasattr(value, "__dataclass_fields__"):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    return []


HOSTILE: list[tuple[Call, dict[tuple[str, str], Any]]] = [
    (
        lambda g: g.pulls.get(43),
        {
            ("GET", f"{ROOT}/pulls/43"): pull(
                title=NASTY,
                body=NASTY,
                user={"login": NASTY},
                labels=[{"name": NASTY}],
                html_url="https://github.com/" + NASTY,
                mergeable_state=NASTY,
                head={"ref": NASTY, "sha": HEAD},
                base={"ref": NASTY, "sha": HEAD},
            )
        },
    ),
    (
        lambda g: g.workflow_runs.recent(),
        {
            ("GET", f"{ROOT}/actions/runs"): {
                "workflow_runs": [run(name=NASTY, head_branch=NASTY, display_title=NASTY, event=NASTY, actor={"login": NASTY})]
            }
        },
    ),
    (
        lambda g: g.workflow_runs.jobs(1),
        {
            ("GET", f"{ROOT}/actions/runs/1/jobs"): {
                "jobs": [job(name=NASTY, steps=[{"name": NASTY, "number": 1, "status": "completed", "conclusion": NASTY}])]
            }
        },
    ),
    (
        lambda g: g.checks.of(HEAD),
        {
            ("GET", f"{ROOT}/commits/{HEAD}/check-runs"): {
                "check_runs": [{"name": NASTY, "head_sha": HEAD, "status": "completed", "conclusion": "success", "html_url": NASTY}]
            },
            ("GET", f"{ROOT}/commits/{HEAD}/status"): {
                "statuses": [{"context": NASTY, "state": NASTY, "target_url": "javascript:1"}]
            },
        },
    ),
    (
        lambda g: g.rules.protection("main"),
        {
            ("GET", f"{ROOT}/rules/branches/main"): [
                rule(NASTY),
                rule("required_status_checks", required_status_checks=[{"context": NASTY}, 7, {"context": 8}]),
            ],
            ("GET", f"{ROOT}/rulesets/21"): {"bypass_actors": []},
            ("GET", f"{ROOT}/branches/main/protection"): {"required_status_checks": {"contexts": [NASTY]}},
        },
    ),
    (lambda g: g.viewer.login(), {("GET", "/user"): {"login": NASTY}}),
]


@pytest.mark.parametrize(("call", "routes"), HOSTILE)
async def test_no_raw_character_enters_a_domain_object(call: Call, routes: dict[tuple[str, str], Any]) -> None:
    import json

    import httpx

    made = {
        key: httpx.Response(200, content=json.dumps(value), headers={"content-type": "application/json"})
        for key, value in routes.items()
    }
    found = texts(await call(FakeGitHub(made, checked=False).host))
    assert any("end" in text for text in found)
    for text in found:
        assert not [c for c in text if is_raw(c) and c not in "\n\t"], text


MALFORMED: list[tuple[Call, tuple[str, str], Any, str]] = [
    (lambda g: g.pulls.get(43), ("GET", "/pulls/43"), pull(number="43"), "number"),
    (lambda g: g.pulls.get(43), ("GET", "/pulls/43"), {k: v for k, v in pull().items() if k != "title"}, "title"),
    (lambda g: g.pulls.get(43), ("GET", "/pulls/43"), pull(head={"ref": "x", "sha": "nonsense"}), "head.sha"),
    (lambda g: g.pulls.get(43), ("GET", "/pulls/43"), pull(created_at="yesterday"), "created_at"),
    (lambda g: g.pulls.get(43), ("GET", "/pulls/43"), [], "object"),
    (lambda g: g.pulls.open(), ("GET", "/pulls"), [pull(), pull(labels=None)], "labels"),
    (lambda g: g.pulls.open(), ("GET", "/pulls"), {"items": []}, "list"),
    (lambda g: g.pulls.reviews(43), ("GET", "/pulls/43/reviews"), [{"user": None}], "state"),
    (lambda g: g.checks.of(HEAD), ("GET", f"/commits/{HEAD}/check-runs"), {"total_count": 1}, "check_runs"),
    (
        lambda g: g.checks.of(HEAD),
        ("GET", f"/commits/{HEAD}/check-runs"),
        {"check_runs": [{"name": "x", "head_sha": HEAD}]},
        "status",
    ),
    (lambda g: g.workflow_runs.recent(), ("GET", "/actions/runs"), {"workflow_runs": [run(head_sha=None)]}, "head_sha"),
    (lambda g: g.workflow_runs.jobs(1), ("GET", "/actions/runs/1/jobs"), {"jobs": [job(id="1")]}, "id"),
    (lambda g: g.rules.tip("main"), ("GET", "/git/ref/heads/main"), {"ref": "refs/heads/main", "object": {"sha": 1}}, "object.sha"),
    (lambda g: g.rules.compare("a", "b"), ("GET", "/compare/a...b"), {"ahead_by": 1}, "behind_by"),
    (lambda g: g.rules.protection("main"), ("GET", "/rules/branches/main"), [{"parameters": {}}], "type"),
]


@pytest.mark.parametrize(("call", "route", "answer", "field"), MALFORMED)
async def test_a_malformed_answer_names_provider_and_field(call: Call, route: tuple[str, str], answer: Any, field: str) -> None:
    fake = FakeGitHub({(route[0], ROOT + route[1]): answer}, checked=False)
    with pytest.raises(OutsideError) as caught:
        await call(fake.host)
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert caught.value.fault.source == "github"
    assert "github" in str(caught.value)
    assert field in str(caught.value)


@pytest.mark.parametrize(
    "name", ["", "acme", "acme/", "/x", "a/b/c", "acme/..", "a b/c", "acme/x?y", "https://github.com/a/b", "acme/x\n"]
)
def test_names_that_are_no_repository(name: str) -> None:
    client = FakeGitHub({}, checked=False).host._client
    with pytest.raises(ConfigurationError):
        GitHub(client=client, bot=None, repository=name)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://github.com/acme/strideiq/pull/43", True),
        ("http://github.com/x", False),
        ("javascript:alert(1)", False),
        ("https://user@github.com/x", False),
        ("https://github.com/\x1b[2J", False),
        ("https:///x", False),
        ("https://[/x", False),
        (None, False),
    ],
)
def test_only_https_addresses_are_kept(url: str | None, kept: bool) -> None:
    assert web_url(url) == (url if kept else "")
