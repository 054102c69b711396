"""What can be given when the workflow is started by hand, what GitHub refuses, and what a run makes of it."""

from __future__ import annotations

import time

import httpx
import pytest

from strideiq_console.sandbox import ci, seed_files, workflow_file
from strideiq_console.sandbox.github import logs_app
from strideiq_console.sandbox.github.workflows import VERBOSE_LINES
from strideiq_console.sandbox.state import WorldError
from strideiq_console.sandbox.workflow_file import Input

DISPATCH = "/actions/workflows/ci.yml/dispatches"
TEXT = """on:
  push:
  workflow_dispatch:
    inputs:
      # who asked
      who:
        required: true
      level:
        type: choice
        options: [low, high]
        default: "low"
  schedule:
    - cron: "0 3 * * *"
jobs:
  inputs:
    runs-on: x
"""


def test_inputs_are_read_from_the_file():
    assert workflow_file.inputs(TEXT) == (Input("who", required=True), Input("level", "choice", False, "low", ("low", "high")))
    assert [one.name for one in workflow_file.inputs(seed_files.CI_YML)] == ["suite", "reason", "verbose"]


@pytest.mark.parametrize("text", ["", "on:\n  push:\n", "on:\n  workflow_dispatch:\njobs:\n  a:\n    inputs:\n      x:\n"])
def test_a_trigger_without_inputs_has_none(text):
    assert workflow_file.inputs(text) == ()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Required input 'who' not provided"),
        ({"who": "me", "x": "1"}, "Unexpected inputs provided: ['x']"),
        ({"who": "me", "level": "deep"}, "not in the list of allowed values"),
        ({"who": "me"}, ""),
        ({"who": "me", "level": "high"}, ""),
    ],
    ids=["missing", "unexpected", "not allowed", "default", "all"],
)
def test_refusals(given, words):
    said = workflow_file.refusal(workflow_file.inputs(TEXT), given)
    assert words in said
    assert bool(said) == bool(words)


async def started(hub, inputs):
    details = await hub.send("POST", DISPATCH, {"ref": "staging", "inputs": inputs, "return_run_details": True}, status=200)
    return next(run for run in hub.world.read()["runs"] if run["id"] == details["workflow_run_id"])


@pytest.mark.parametrize(("suite", "ran"), [("all", ci.REQUIRED), ("backend", ci.REQUIRED[:2]), ("frontend", ci.REQUIRED[2:])])
async def test_half_of_the_checks_is_run(hub, world, suite, ran):
    run = await started(hub, {"suite": suite})
    world.advance(300)
    run = next(entry for entry in world.read()["runs"] if entry["id"] == run["id"])
    good = [job["name"] for job in run["jobs"] if job["conclusion"] == "success"]
    assert (run["conclusion"], tuple(good)) == ("success", ran)
    assert {job["conclusion"] for job in run["jobs"] if job["name"] not in ran} == {"skipped"}
    assert run["inputs"] == {"suite": suite, "reason": "", "verbose": "false"}


@pytest.mark.parametrize(
    "inputs", [{"suite": "night"}, {"who": "me"}, {"verbose": "loud"}, ["suite"]], ids=["choice", "unknown", "boolean", "list"]
)
async def test_what_github_refuses_starts_nothing(hub, world, inputs):
    before = len(world.read()["runs"])
    await hub.send("POST", DISPATCH, {"ref": "staging", "inputs": inputs}, status=422)
    assert len(world.read()["runs"]) == before


async def fetched(hub, job):
    answer = await hub.ask("GET", f"/actions/jobs/{job}/logs")
    host = httpx.AsyncClient(transport=httpx.ASGITransport(logs_app(hub.world)), base_url="https://logs.sandbox.invalid")
    found = await host.get(answer.headers["location"])
    await host.aclose()
    return found.text


def suite_job(run):
    return next(job["id"] for job in run["jobs"] if job["name"] == ci.FAILING_JOB)


async def test_a_verbose_run_writes_more_than_a_hundred_thousand_lines(hub, world):
    run = await started(hub, {"verbose": True})
    world.advance(300)
    begun = time.perf_counter()
    text = await fetched(hub, suite_job(run))
    assert time.perf_counter() - begun < 5
    assert text.count("\n") >= VERBOSE_LINES >= 100_000
    assert len(set(text.splitlines())) > VERBOSE_LINES * 0.99


async def test_any_past_job_can_be_made_long(hub, world):
    run = next(run for run in world.read()["runs"] if run["conclusion"] == "success")
    usual = (await fetched(hub, suite_job(run))).count("\n")
    assert 100 < usual < 400
    world.lengthen_log(suite_job(run), 3_000)
    assert 3_000 <= (await fetched(hub, suite_job(run))).count("\n") < 3_100
    for job in (1, run["jobs"][0]["id"]):
        with pytest.raises(WorldError, match="none of backend-test"):
            world.lengthen_log(job, 5)
