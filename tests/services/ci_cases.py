"""Outsides in which CI is steered: a red run, one that goes on, a workflow with inputs, a pull request that was turned."""

from __future__ import annotations

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.pull_request import PullRequest, PullState
from tests.services.fake_ci import FakeCi
from tests.services.fakes import FakeOutside

CI_YML = b"""name: CI
on:
  push:
    branches: [main, staging]
  pull_request:
    branches: [main, staging]
  workflow_dispatch:
    inputs:
      suite:
        required: true
      note:
        description: why
jobs:
  backend-lint:
    runs-on: ubuntu-latest
"""


def ci_of(outside: FakeOutside) -> FakeCi:
    outside.ci = outside.ci or FakeCi(outside)
    return outside.ci


def red_run() -> FakeOutside:
    outside = FakeOutside()
    ci_of(outside).add(CheckState.FAILURE)
    return outside


def long_run() -> FakeOutside:
    outside = FakeOutside()
    ci_of(outside).add(CheckState.RUNNING)
    # GitHub ends a cancelled run some looks later.
    ci_of(outside).ends_late = 7
    return outside


def startable() -> FakeOutside:
    outside = FakeOutside()
    outside.trees[outside.origin["staging"]] = {".github/workflows/ci.yml": CI_YML}
    ci_of(outside).lists_late = 7
    return outside


def retargeted() -> FakeOutside:
    outside = FakeOutside()
    outside.origin["feature/x"] = outside.commit("feat: x", outside.origin["staging"])
    pull = PullRequest(43, "X", PullState.OPEN, "feature/x", outside.origin["feature/x"], "staging", "founder", "", mergeable=True)
    outside.pulls[43] = pull
    return outside
