"""Railway against the contract pack: every document, variable and answer of a whole flow, and every example."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import strideiq_console.providers.railway as package
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.fault import FaultKind
from tests.contracts import pack, validator
from tests.providers.hosting import SHA_A, SHA_B
from tests.providers.railway.fake import (
    STAGING,
    FakeRailway,
    deployment,
    fault_of,
    only,
    railway,
)


@pytest.mark.contract
async def test_every_document_and_variable_fits_the_schema() -> None:
    schema = validator().railway()
    failures = [deployment(f"f{n}", n + 1, SHA_B, "FAILED") for n in range(9)]
    port, wire = railway(FakeRailway([deployment("p0", 0, SHA_A), *failures, deployment("s1", 1, SHA_A, "SUCCESS", STAGING)]))
    await port.recent(limit=3)
    await port.of_commit("production", SHA_A)
    await port.get("p0")
    assert {c.body["operationName"] for c in wire.calls} == {"ProjectTopology", "DeploymentsList", "DeploymentGet"}
    for call in wire.calls:
        name = call.body["operationName"]
        assert schema.check_document(call.body["query"], call.body["variables"], name) == []
        assert schema.check_response(call.body["query"], call.answer["data"], name) == []
        assert set(call.body) == {"query", "variables", "operationName"}
        assert None not in call.body["variables"].values()
        assert call.headers["authorization"] == "Bearer obviously-fake-token"


@pytest.mark.contract
def test_documents_equal_the_pack() -> None:
    folder = Path(package.__file__).parent / "documents"
    own = sorted(folder.glob("*.graphql"))
    assert len(own) == 5
    for file in own:
        assert file.read_text() == (pack() / "railway" / file.name).read_text()
        assert "mutation" not in file.read_text()


@pytest.mark.contract
async def test_the_examples_map() -> None:
    folder = pack() / "examples" / "railway"
    files = {
        "ProjectTopology": "project_topology",
        "DeploymentsList": "deployments_list",
        "DeploymentGet": "deployment_get",
        "ApiTokenWhoami": "api_token_whoami",
        "ProjectTokenWhoami": "project_token_whoami",
    }
    examples = {operation: json.loads((folder / f"{name}.json").read_text()) for operation, name in files.items()}
    port, _ = railway(lambda call: (200, examples[call.body["operationName"]]), {"production": "production"})
    found = await port.recent()
    states = [DeploymentState.BUILDING, DeploymentState.READY, DeploymentState.FAILED, DeploymentState.REMOVED]
    assert [(d.state, d.live) for d in found] == list(zip(states, [False, True, False, False], strict=True))
    assert (await port.get("7233fb36-83f4-498c-a0a8-7413fd8fdef9")).environment == "production"
    assert await port.whoami() == "workspaces: api"


@pytest.mark.contract
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("not_authorized", FaultKind.UNAUTHORISED),
        ("project_token_not_found", FaultKind.UNAUTHORISED),
        ("two_factor", FaultKind.FORBIDDEN),
    ],
)
async def test_the_error_examples(name: str, kind: FaultKind) -> None:
    answer = json.loads((pack() / "examples" / "railway" / f"error.{name}.json").read_text())
    assert (await fault_of(only(answer))).kind is kind
