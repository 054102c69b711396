"""Whose the token is and what can be found out about it."""

from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.untrusted import is_clean
from tests.providers.hosting import HOSTILE
from tests.providers.vercel.fake import project, table

USER = {"user": {"username": "founder", "email": "founder@strideiq.example", "billing": {"plan": "pro"}}}


def team(**more: Any) -> dict[str, Any]:
    return {"id": "team_1", "slug": "acme", "name": "Acme", "billing": {"plan": "hobby"}} | more


def teams(*found: dict[str, Any]) -> dict[str, Any]:
    return {"teams": list(found), "pagination": {"count": len(found), "next": None, "prev": None}}


async def test_the_report_says_what_vercel_tokens_are() -> None:
    rights = {"deploymentRollback": ["create"], "deployment": ["read"], "logs": "odd", "team": ["read"]}
    member = team(membership={"role": "MEMBER"})
    port, wire = table(user=USER, teams=teams(member), project=project(permissions=rights))
    report = await port.inspect()
    assert (report.provider, report.who, report.scope) == ("vercel", "founder", "account, with team Acme")
    assert (report.expires_at, report.expiry_known) == (None, False)
    assert [(p.name, p.held) for p in report.permissions] == [
        ("access to the project", True),
        ("deploymentRollback: create", True),
        ("deployment: create", False),
    ]
    notes = " ".join(report.notes)
    for words in ("none is read-only", "does not say here when the token expires", "Plan: hobby", "Role in the team: member"):
        assert words in notes
    for call in wire.calls:
        assert ("teamId" in call.query) == (not call.path.startswith("/v2/")), call.path


async def test_a_token_of_one_team_and_one_that_cannot_see_it() -> None:
    limited = {"user": USER["user"] | {"limited": True}}
    port, _ = table(user=limited, teams=teams(team(), team(id="team_2", slug="x", limited=True)), project=project())
    assert (await port.inspect()).scope == "team Acme"
    port, _ = table(user=limited, teams=teams(), project=(403, {"error": {"message": "no"}}))
    report = await port.inspect()
    assert report.scope == "team"
    assert [p.name for p in report.lacks] == ["access to the project"]
    assert "team" in report.lacks[0].note
    assert any("not among those" in note for note in report.notes)
    barred = team(limited=True, limitedBy=["mfa", "scope", "news"])
    port, _ = table(user=USER, teams=teams(barred), project=project())
    notes = " ".join((await port.inspect()).notes)
    for words in ("two-factor", "scope leaves this team out", "news"):
        assert words in notes


async def test_a_personal_account_asks_no_team() -> None:
    port, wire = table(under="", user=USER, teams=teams(), project=project())
    report = await port.inspect()
    assert report.scope == "account"
    assert "Plan: pro" in report.notes
    assert all("teamId" not in call.query for call in wire.calls)


async def test_a_refused_token_raises() -> None:
    for status in (401, 403):
        with pytest.raises(OutsideError) as caught:
            await table(user=(status, {"error": {"message": "Not authorized"}}))[0].inspect()
        assert caught.value.status == status


async def test_endless_teams_end() -> None:
    def page(call: Any) -> dict[str, Any]:
        until = int(call.query.get("until", 100))
        return {"teams": [team(id=f"t{until}")], "pagination": {"next": until - 1}}

    port, wire = table(user=USER, teams=page, project=project())
    report = await port.inspect()
    assert len([c for c in wire.calls if c.path == "/v2/teams"]) == 5
    assert not any("not among those" in note for note in report.notes), "not all teams were seen"


async def test_hostile_names_come_out_clean() -> None:
    odd = team(
        id="team_1", name=HOSTILE, slug=HOSTILE, limitedBy=[HOSTILE], membership={"role": HOSTILE}, billing={"plan": HOSTILE}
    )
    port, _ = table(user={"user": {"username": HOSTILE}}, teams=teams(odd), project=project())
    report = await port.inspect()
    assert all(is_clean(t) for t in (report.who, report.scope, *report.notes))
