"""Vercel against the contract pack: every call and answer of a whole flow, and every example."""

from __future__ import annotations

import json
from typing import Any

import pytest

from strideiq_console.domain.deployment import DeploymentState
from tests.contracts import pack, validator
from tests.providers.hosting import SHA_A, SHA_B, Call
from tests.providers.vercel.fake import FakeVercel, deployment, project, target, vercel


@pytest.mark.contract
async def test_every_call_and_every_answer_of_the_tests_fits_the_contract() -> None:
    contract = validator().openapi("vercel")
    world = FakeVercel(
        [
            deployment("dpl_0", -9000, SHA_A),
            *(deployment(f"dpl_{n}", n, SHA_B) for n in range(1, 9)),
            *(deployment(f"dpl_2{n}", n, SHA_B, branch="staging", state="ERROR") for n in range(1, 9)),
        ],
        project(targets={"production": target("dpl_0")}),
    )
    port, wire = vercel(world)
    await port.recent(limit=4)
    await port.of_commit("production", SHA_B)
    await port.of_commit("staging", SHA_B)
    assert {call.path for call in wire.calls} == {"/v9/projects/prj_1", "/v7/deployments", "/v13/deployments/dpl_0"}
    for call in wire.calls:
        assert contract.check_request(call.method, call.path, call.query) == []
        assert contract.check_response(call.method, call.path, call.status, call.answer) == [], call.path
        assert call.query["teamId"] == "team_1"
        assert call.headers["authorization"] == "Bearer obviously-fake-token"


@pytest.mark.contract
async def test_the_examples_map() -> None:
    folder = pack() / "examples" / "vercel"
    example = {
        name: json.loads((folder / f"{name}.json").read_text()) for name in ("deployments.v7", "project", "deployment", "user")
    }

    def answering(call: Call) -> tuple[int, Any]:
        kinds = {"v7": "deployments.v7", "v9": "project", "v13": "deployment", "v2": "user"}
        found = example[kinds[call.path.split("/")[1]]]
        return 200, found | {"pagination": None} if call.path.startswith("/v7") else found

    port, _ = vercel(answering)
    found = await port.recent()
    assert {(d.id, d.environment, d.live) for d in found} == {
        ("dpl_0", "production", False),
        ("dpl_1", "production", False),
        ("dpl_8Zx1", "production", False),
        ("dpl_2", "staging", True),
    }
    one = await port.get("dpl_8Zx1")
    assert (one.state, one.environment, one.branch) == (DeploymentState.READY, "production", "main")
    assert await port.whoami()
