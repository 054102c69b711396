"""The sections of the opened environments panel: ladder, parts, deployments, names, status pages, and what can be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from strideiq_console.domain.branch import Promotion
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.dns import Domain, Registration, Resolution
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.health import Health
from strideiq_console.domain.pin import Pin
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.provider_status import ProviderIncident, ProviderStatus
from strideiq_console.domain.reading import Level, Look, Reading
from strideiq_console.domain.schema_ladder import Rung, SchemaLadder
from strideiq_console.domain.service import ServiceBoard, ServiceState, Trigger, VolumeState
from strideiq_console.domain.unfolded import Climb, HeldNames, Ladder, LogKind
from strideiq_console.presentation.cell import Table, Tone, plain
from strideiq_console.presentation.environment_acts import acts, deployment_acts
from strideiq_console.presentation.environment_deployments import deployment_of, fitting_log
from strideiq_console.presentation.environment_sections import SECTIONS, section_feeds, section_of, section_parts
from strideiq_console.presentation.environment_state import environment_state
from strideiq_console.presentation.glyphs import UNICODE
from tests.presentation.facts import MAIN, NOW, STAGING, ago, bare, calm, deployment, fault, probe, reading, sha


def rows(table: Table) -> dict[str, str]:
    return {row.key: " | ".join(cell.text for cell in row.cells) for row in table.rows}


def shown(name: str, held: Any = None, place: str = "production", **changes: Any) -> Table:
    facts = calm(**changes)
    environment = next(e for e in facts.environments if e.name == place)
    return section_parts(name).table(facts, environment_state(facts, environment, NOW), held or Reading("x"), UNICODE)


def told(name: str, key: str, held: Any = None, place: str = "production", **changes: Any) -> str:
    facts = calm(**changes)
    environment = next(e for e in facts.environments if e.name == place)
    state = environment_state(facts, environment, NOW)
    return "\n".join(plain(line) for line in section_parts(name).detail(facts, state, held or Reading("x"), key, UNICODE))


def commit(word: str, subject: str, **span: float) -> Commit:
    return Commit(sha(word), subject, "founder", ago(**span), (sha("a"),))


LADDER = reading(
    "git",
    Ladder(
        (
            Climb("local", "staging", (commit("11", "Draw the calendar", hours=1),), 1),
            Climb("staging", "main", (commit("22", "Coach: new plan", hours=3),), 77),
            Climb("main", "staging", (), 0),
        ),
        ago(minutes=4),
    ),
)


def test_the_ladder_holds_each_rung_with_its_commits_and_counts_the_rest() -> None:
    found = rows(shown("ladder", LADDER))
    assert found["rung/local/staging"] == "▸ |  |  | local → staging: 1 commit"
    assert found[f"staging/{sha('22')}"] == f" | {sha('22')[:7]} | 3 h | Coach: new plan"
    assert "and 76 older ones" in found["more/staging"]
    assert "rung/main/staging" not in found


def test_what_staging_lacks_of_main_is_a_rung_only_where_it_lacks_something() -> None:
    lacking = Climb("main", "staging", (commit("33", "Hotfix", hours=1),), 1)
    held = replace(LADDER, value=replace(LADDER.value, climbs=(lacking,)))
    assert "main → staging: 1 commit" in rows(shown("ladder", held))["rung/main/staging"]
    assert "back-merge" in told("ladder", "rung/main/staging", held)


def test_a_rung_that_is_not_known_says_why_and_counts_nothing() -> None:
    held = replace(LADDER, value=Ladder((Climb("staging", "main", note="origin has no branch staging"),), None, True))
    assert rows(shown("ladder", held))["rung/staging/main"].startswith("? |  |  | staging → main: origin has no branch staging")
    words = told("ladder", "rung/staging/main", held)
    assert "never: git fetch" in words
    assert "shallow" in words


def test_a_list_that_is_being_read_says_so_and_a_failure_keeps_what_was_there() -> None:
    assert shown("ladder").notice == "Reading the commits between the branches…"
    assert shown("ladder").look is Look.NEVER_SEEN
    failed = LADDER.failed(fault(FaultKind.LOCAL, "git", "git did not answer", "press r"), NOW + timedelta(minutes=1))
    table = shown("ladder", failed)
    assert table.look is Look.FAILED
    assert table.notice.startswith("git did not answer. Shown is what was read")
    assert len(table.rows) == 5


def test_a_commit_tells_its_ci_and_whether_it_was_verified() -> None:
    held = replace(LADDER, value=Ladder((Climb("staging", "main", (Commit(STAGING, "Merge", "founder", ago(hours=2)),), 1),)))
    words = told("ladder", f"staging/{STAGING}", held)
    assert "✔ success" in words
    assert "verified  by founder" in words


BOARD = ServiceBoard(
    "production",
    "railway",
    (
        ServiceState("api", "api", "production", "railway", DeploymentState.READY, True, sha=MAIN, deployed_at=ago(hours=3)),
        ServiceState("worker", "worker", "production", "railway", DeploymentState.READY, True, sleeping=True, may_sleep=True),
        ServiceState("postgres", "database", "production", "railway", DeploymentState.CRASHED, False),
    ),
    (VolumeState("v1", "pgdata", "production", "railway", "database", 9 * 10**9, 10 * 10**9, "/data"),),
    (Trigger("production", "railway", "api", "main", "acme/strideiq", waits_for_ci=False),),
)


def test_every_part_is_listed_also_the_ones_that_run_nowhere() -> None:
    table = shown("parts", reading("railway", BOARD))
    found = rows(table)
    assert found["part/web"] == "✔ | web | vercel | serves | a1b2c3d | 12 min"
    assert found["service/api"].startswith("✔ | api | railway | runs | a1b2c3d")
    assert found["service/worker"].startswith("▲ | worker | railway | sleeping")
    assert found["service/postgres"].startswith("✖ | database | railway | crashed")
    assert found["volume/v1"].startswith("▲ | volume | railway | 90 % full")
    assert "none found" in found["absent/beat"]
    assert "absent/worker" not in found


def test_a_board_in_part_never_says_that_something_is_absent() -> None:
    table = shown("parts", reading("railway", replace(BOARD, complete=False)))
    assert not [row.key for row in table.rows if row.key.startswith("absent")]
    assert "only in part" in table.notice


def test_a_part_tells_its_trigger_that_does_not_wait_for_ci() -> None:
    assert '"Wait for CI" is off' in told("parts", "service/api", reading("railway", BOARD))
    assert "first request then waits" in told("parts", "service/worker", reading("railway", BOARD))
    assert "9.00 of 10.00 GB (90 %)" in told("parts", "volume/v1", reading("railway", BOARD))
    assert "Without beat nothing is scheduled" in told("parts", "absent/beat", reading("railway", BOARD))


def test_deployments_come_newest_first_over_all_providers() -> None:
    table = shown("deployments")
    assert [row.key for row in table.rows] == ["vercel/vercel-production-a1b2c3d", "railway/railway-production-a1b2c3d"]
    assert rows(table)["vercel/vercel-production-a1b2c3d"] == "✔ | web | a1b2c3d | serves | 12 min | "
    assert table.footer == "2 deployments"


FAILED = replace(deployment("web", "production", MAIN, at=ago(minutes=2)), state=DeploymentState.FAILED, live=False, ready_at=None)


def test_a_deployment_tells_whether_one_can_go_back_to_it_and_until_when() -> None:
    old = replace(deployment("web", "production", sha("beef"), at=ago(days=2)), live=False, can_rollback=True, rollback_until=NOW)
    hosts = {"vercel": reading("vercel", (FAILED, old))}
    assert "possible until 2026-01-20 14:10: W b" in told("deployments", f"vercel/{old.id}", deployments=hosts)
    assert "the provider does not say" in told("deployments", f"vercel/{FAILED.id}", deployments=hosts)
    none = {"vercel": reading("vercel", (replace(old, can_rollback=False),))}
    assert "not possible any more" in told("deployments", f"vercel/{old.id}", deployments=none)


def test_the_log_that_explains_a_deployment_comes_first() -> None:
    assert fitting_log(FAILED) is LogKind.BUILD
    assert fitting_log(deployment("api", "production", MAIN, at=ago(hours=1))) is LogKind.RUNTIME
    assert fitting_log(replace(FAILED, state=DeploymentState.CRASHED)) is LogKind.RUNTIME
    assert [act.action for act in deployment_acts(FAILED)] == ["read('BUILD')", "read('RUNTIME')", "read('EVENTS')"]
    assert deployment_acts(None) == ()
    assert deployment_of(calm(), "nobody/x") is None


NAMES = (
    Resolution("strideiq.run", ("76.76.21.21",), resolver="the machine", exists=True),
    Resolution("api.strideiq.run", resolver="the machine"),
    Resolution("staging.strideiq.run", ("76.76.21.61",), resolver="the machine", exists=True),
    Resolution("www.strideiq.run", ("76.76.21.21",), resolver="the machine", exists=True),
)
HELD = HeldNames(
    "production",
    (Domain("api.strideiq.run", "railway", "production", True, True, "valid", NOW + timedelta(days=12)),),
    Registration("strideiq.run", True, NOW + timedelta(days=200), True, True, "active"),
    (Resolution("strideiq.run", ("76.76.21.22",), resolver="a public server", exists=True),),
    asked=("railway",),
)


def test_names_are_those_of_the_environment_and_production_has_the_rest() -> None:
    web = replace(probe(), url="https://strideiq.run")
    facts = {
        "names": reading("dns", NAMES, period=1800),
        "health": {"production": reading("probe", Health("production", web, replace(probe(), tls_days=None)), period=30)},
    }
    found = rows(shown("names", reading("dns", HELD), **facts))
    assert list(found) == ["strideiq.run", "api.strideiq.run", "www.strideiq.run", "registration"]
    assert found["strideiq.run"] == "✔ | strideiq.run | 61 d left | resolves to 76.76.21.21"
    assert found["api.strideiq.run"].startswith("✖ | api.strideiq.run | 12 d left | no such name")
    assert "registered until 2026-08-08 (200 d), renews by itself" in found["registration"]
    assert list(rows(shown("names", reading("dns", HELD), "staging", **facts))) == ["staging.strideiq.run"]
    assert "railway, set up, verified" in told("names", "api.strideiq.run", reading("dns", HELD), **facts)
    assert "a public server says 76.76.21.22" in told("names", "strideiq.run", reading("dns", HELD), **facts)


def test_names_that_were_read_long_ago_are_not_green() -> None:
    old = reading("dns", NAMES, seen=ago(days=1), period=1800)
    assert rows(shown("names", reading("dns", HELD), names=old))["strideiq.run"].startswith("? |")


def test_a_part_of_the_names_that_did_not_answer_stands_above_the_rest() -> None:
    held = replace(
        HELD, registration=None, faults=(fault(FaultKind.TIMEOUT, "cloudflare", "Cloudflare did not answer", "press r"),)
    )
    table = shown("names", reading("dns", held), names=reading("dns", NAMES, period=1800))
    assert table.look is Look.FAILED
    assert "Cloudflare did not answer. press r." in table.notice
    assert len(table.rows) == 3


def page(level: Level, **more: Any) -> Any:
    words = "All Systems Operational" if level is Level.OK else "Deployments are slow"
    return reading("github status", ProviderStatus("github", level, words, url="https://www.githubstatus.com", **more), period=600)


def test_a_red_provider_is_theirs_and_a_silent_page_proves_nothing() -> None:
    incident = ProviderIncident("Slow deployments", "investigating", "minor", ago(minutes=20))
    status = {
        "github": page(Level.WARNING, components=(("Actions", "degraded"),), incidents=(incident,)),
        "vercel": Reading("vercel"),
    }
    found = rows(shown("providers", status=status))
    assert found["github"] == "▲ | GitHub | 0 s | Deployments are slow (theirs, not ours)"
    assert found["vercel"].startswith("? | Vercel | – | not known")
    words = told("providers", "github", status=status)
    assert "Theirs, not ours" in words
    assert "investigating minor, since 20 min ago" in words
    assert "says nothing about the provider" in told("providers", "vercel", status=status)
    old = {"github": replace(page(Level.OK), seen=ago(days=1))}
    assert rows(shown("providers", status=old))["github"].startswith("? |")


@pytest.mark.parametrize("name", [one.name for one in SECTIONS[1:]])
def test_every_section_stands_without_anything_configured(name: str) -> None:
    facts = bare()
    for environment in facts.environments:
        state = environment_state(facts, environment, NOW)
        table = section_parts(name).table(facts, state, Reading("x"), UNICODE)
        assert table.rows or table.notice
        assert section_parts(name).detail(facts, state, Reading("x"), "nothing", UNICODE) == ()
        assert section_feeds(facts, name, environment.name) or name == "providers"
    assert section_of(name).name == name


def offered(name: str = "production", **changes: Any) -> dict[str, str]:
    return {act.title.partition(" (")[0]: act.why_not for act in acts(calm(**changes), (name,), NOW)}


def test_production_offers_rollback_promotion_and_the_end_of_a_pin() -> None:
    found = offered()
    assert found["roll back"] == ""
    assert found["promote staging to production"] == ""
    assert found["end the pin: let new builds go live"] == "it is not pinned"
    pins = {"vercel": reading("vercel", (Pin("production", "web", True),))}
    assert offered(pins=pins)["end the pin: let new builds go live"] == ""


def test_what_blocks_an_act_is_the_rule_and_the_next_step() -> None:
    assert offered(promotion=reading("git", Promotion(0, 0, 0)))["promote staging to production"] == "nothing waits on staging"
    assert "has not been read" in offered(promotion=Reading("git"))["promote staging to production"]
    assert "not read" in offered()["migrate production"]
    ladder = reading("migrations", SchemaLadder((Rung("production", None, note="its database is not configured"),)))
    assert offered(ladder=ladder)["migrate production"] == "its schema is not known: its database is not configured"
    nothing = {act.title: act.why_not for act in acts(bare(), ("production",), NOW)}
    assert nothing["roll back"].startswith("no provider is configured")


def test_a_promotion_of_unverified_work_says_that_it_will_ask() -> None:
    unverified = [act.title for act in acts(calm(verification=None), ("staging",), NOW) if act.letter == "p"]
    assert unverified == ["promote staging to production (asks you to verify 9f3e21a)"]
    verified = calm(verification=Verification(STAGING, "founder", NOW))
    assert [act.title for act in acts(verified, ("staging",), NOW) if act.letter == "p"] == ["promote staging to production"]


def test_letters_differ_and_several_rows_have_no_acts_together() -> None:
    for name in ("production", "staging", "local"):
        letters = [act.letter for act in acts(calm(), (name,), NOW)]
        assert len(set(letters)) == len(letters)
    assert acts(calm(), ("production", "staging"), NOW) == ()
    assert acts(calm(), (), NOW) == ()
    assert not {"roll back", "promote staging to production"} & set(offered("local"))


def test_tones_never_stand_alone() -> None:
    table = shown("deployments", deployments={"vercel": reading("vercel", (FAILED,))})
    assert table.rows[0].cells[0].tone is Tone.CRITICAL
    assert table.rows[0].cells[3].text == "failed"
