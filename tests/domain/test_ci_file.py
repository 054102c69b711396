"""``ci.yml`` read line by line: what makes a green run mean less (R68)."""

from __future__ import annotations

import pytest

from strideiq_console.domain.ci_file import read_ci_file

GOOD = """\
name: CI
on:
  push:
    branches: [main, staging]
  pull_request:
    branches:
      - main
      - "staging"
  workflow_dispatch:
    inputs:
      suite:
        description: "which: part"
        required: true
      note:
        required: false
jobs:
  backend-lint:
    runs-on: ubuntu-latest
    steps:
      - name: lint # not a job
        run: ruff check
  backend-test:
    runs-on: ubuntu-latest
  frontend-lint:
    runs-on: ubuntu-latest
  frontend-build:
    runs-on: ubuntu-latest
  deploy-staging:
    needs: [backend-lint, backend-test, frontend-lint, frontend-build]
  deploy-production:
    needs: [backend-lint, backend-test, frontend-lint, frontend-build]
"""


def words(text: str) -> list[str]:
    return [remark.words for remark in read_ci_file(text).remarks]


def test_the_documents_file_has_nothing_to_say() -> None:
    found = read_ci_file(GOOD)
    assert found.remarks == []
    assert found.jobs[:2] == ["backend-lint", "backend-test"]
    assert found.triggers["pull_request"] == ["main", "staging"]
    assert found.inputs == {"suite": True, "note": False}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "  backend-test:\n    runs-on: ubuntu-latest\n",
            "  backend-test:\n    continue-on-error: true\n",
            "backend-test: continue-on-error on a job: it is green whatever happens",
        ),
        (
            "        run: ruff check\n",
            "        run: ruff check\n        continue-on-error: ${{ true }}\n",
            "backend-lint: continue-on-error on a step: it is green whatever happens",
        ),
        ("    branches: [main, staging]\n", "    branches: [main]\n", "pushes to staging start no CI"),
        ('      - "staging"\n', "", "pull requests into staging start no CI"),
        ("  push:\n    branches: [main, staging]\n", "", "pushes start no CI: on has no push"),
        ("  backend-lint:\n", "  lint:\n", "the document's backend-lint is not there; it has lint"),
        ("  frontend-lint:\n    runs-on: ubuntu-latest\n", "", "the document's frontend-lint is not there"),
    ],
)
def test_what_makes_green_mean_less(old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert words(GOOD.replace(old, new, 1)) == [said]


def test_where_it_stands_is_told() -> None:
    (remark,) = read_ci_file(
        GOOD.replace("jobs:\n", "jobs:\n  # a comment\n", 1).replace("run: ruff", "continue-on-error: yes #")
    ).remarks
    assert remark.line == 22


@pytest.mark.parametrize(
    "same",
    [
        GOOD.replace("        run: ruff check\n", "        run: ruff check\n        continue-on-error: false\n"),
        GOOD.replace("        run: ruff check\n", "        run: ruff check # continue-on-error: true\n"),
        GOOD.replace("on:\n", '"on":\n', 1),
        GOOD.replace("    branches: [main, staging]\n", '    branches: ["**"]\n', 1),
        GOOD.replace("    branches: [main, staging]\n", "", 1),
    ],
)
def test_what_is_fine_is_not_remarked_on(same: str) -> None:
    assert words(same) == []


@pytest.mark.parametrize("text", ["", "name: x\n", "\tjobs:\n", "{jobs: {a: {}}}\n", "jobs: {a: {}}\n"])
def test_what_cannot_be_read_is_said_and_not_guessed(text: str) -> None:
    found = read_ci_file(text)
    assert not found.readable
    assert len(found.remarks) == 1
