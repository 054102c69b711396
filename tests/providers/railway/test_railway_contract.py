"""Railway against the contract pack: every document, variable and answer of every call."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import strideiq_console.providers.railway as package
from strideiq_console.domain.fault import FaultKind
from tests.contracts import pack, validator
from tests.providers.railway.everything import READS, WRITES, world
from tests.providers.railway.fake import FakeRailway, fault_of, only, railway, refusal

FOLDER = Path(package.__file__).parent / "documents"
OWN = {"overview.graphql", "environment_metrics.graphql"}
"""Batched documents of our own."""
PROJECT_TOKEN = {"ApiTokenWhoami": refusal("Not Authorized")}


async def sent() -> list[Any]:
    """Return the calls of everything that the provider can do, with either kind of token."""
    calls = []
    for ask in (READS | WRITES).values():
        port, wire = railway(world())
        await ask(port)
        calls += wire.calls
    port, wire = railway(FakeRailway(**PROJECT_TOKEN))
    await port.inspect()
    return calls + [call for call in wire.calls if "errors" not in call.answer]


@pytest.mark.contract
async def test_every_request_and_answer_fits_the_schema() -> None:
    schema = validator().railway()
    calls = await sent()
    assert len(calls) > 80
    for call in calls:
        name = call.body["operationName"]
        assert schema.check_document(call.body["query"], call.body["variables"], name) == []
        # Some of our own answers are shorter than a whole one: they hold what the console reads, and nothing in a wrong shape.
        problems = schema.check_response(call.body["query"], call.answer["data"], name)
        assert [problem for problem in problems if not problem.endswith(": missing")] == []


async def test_every_document_is_sent_and_no_variable_is_null() -> None:
    calls = await sent()
    texts = {call.body["query"] for call in calls}
    assert texts == {file.read_text() for file in FOLDER.glob("*.graphql")}
    for call in calls:
        assert set(call.body) == {"query", "variables", "operationName"}
        assert None not in _leaves(call.body["variables"])
        assert call.headers["authorization"] == "Bearer obviously-fake-token"
        assert call.body["operationName"] in call.body["query"]


async def test_only_writes_send_mutations_and_only_digests_ask_for_values() -> None:
    for names, is_write in ((READS, False), (WRITES, True)):
        for name, ask in names.items():
            port, wire = railway(world())
            await ask(port)
            mutations = [call for call in wire.calls if "mutation " in call.body["query"]]
            assert len(mutations) == is_write, name
            values = [call for call in wire.calls if call.body["operationName"] == "VariablesWithValues"]
            assert len(values) == (name == "digests"), name


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for child in value.values() for leaf in _leaves(child)]
    if isinstance(value, list):
        return [leaf for child in value for leaf in _leaves(child)]
    return [value]


@pytest.mark.contract
@pytest.mark.parametrize("name", sorted(file.name for file in FOLDER.glob("*.graphql")))
def test_a_document_fits_the_schema_and_is_the_pack_s_but_for_our_own(name: str) -> None:
    text = (FOLDER / name).read_text()
    assert validator().railway().check_document(text) == []
    theirs = pack() / "railway" / name
    assert theirs.is_file() is (name not in OWN)
    if name not in OWN:
        assert text == theirs.read_text()
    assert not re.search(r"^\s*\.\.\.|@(skip|include)", text, re.MULTILINE), "the world reads no fragments and no directives"


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
    answer = pack().joinpath("examples", "railway", f"error.{name}.json").read_text()
    assert (await fault_of(only(json.loads(answer)))).kind is kind
