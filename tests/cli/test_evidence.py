"""runs export and audit: from the store alone, redacted, into a new private file, with exit codes that a script can trust."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.domain.untrusted import is_raw
from strideiq_console.services.board import Board
from strideiq_console.services.console import Console
from strideiq_console.store.store import Store
from tests.cli.fakes import FrozenClock, run
from tests.presentation.evidences import T0, plan
from tests.services.fakes import SETTINGS
from tests.store.test_audit import forge

ID = "0120-abc123"
KNOWN = "sandbox-github-founder_0123456789"
TOKEN_LIKE = "gh" + "p_" + "a" * 30
HOSTILE = f"x\x1b]0;owned\x07\x1b[2J\u202e [x](y) {KNOWN} {TOKEN_LIKE} https://user:word@host/"


class Stored:
    """A wiring that gives a console over a store, and nothing else."""

    def __init__(self, path: Path, *, broken: bool = False) -> None:
        self.path, self.broken = path, broken

    @contextmanager
    def stored(self, options: Any) -> Iterator[Console]:
        store = None if self.broken else Store.open(self.path, read_only=True)
        redact = Redactor([Secret(KNOWN)])
        yield Console(settings=SETTINGS, clock=FrozenClock(), board=Board(SETTINGS, (), None), store=store, redact=redact)
        if store is not None:
            store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state" / "console.db", who="founder") as opened:
        opened.journal.create(ID, plan(title=HOSTILE, why=HOSTILE), T0)
        shown = [[HOSTILE, HOSTILE]]
        for kind, step, data in (
            (EntryKind.APPROVED, "", {"fingerprint": plan().fingerprint}),
            (
                EntryKind.CONFIRMED,
                "merge-main",
                {"fingerprint": "e", "level": 3, "word": "production", "effects": shown},
            ),
            (EntryKind.INTENDED, "merge-main", {"observed": {HOSTILE: HOSTILE}, "commands": [HOSTILE]}),
            (EntryKind.FAILED, "merge-main", {"reason": HOSTILE}),
            (EntryKind.ABANDONED, "", {"reason": HOSTILE}),
        ):
            opened.journal.append(ID, kind, step=step, data=data, at=T0, lease=None)
        yield opened


@pytest.fixture
def wiring(store: Store) -> Stored:
    return Stored(store.path)


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "export", ID),
        ("runs", "export", "0120", "--markdown"),
        ("runs", "export", ID, "--json"),
        ("audit", "show"),
        ("audit", "show", "--json"),
        ("audit", "verify"),
    ],
)
def test_no_secret_and_no_raw_character_comes_out(wiring: Stored, words: tuple[str, ...]) -> None:
    ran = run(wiring, *words)
    assert ran.code == 0
    for hidden in (KNOWN, KNOWN.replace("_", "\\_"), "a" * 25, "user:word"):
        assert hidden not in ran.out
    assert not [char for char in ran.out.replace("\n", "") if is_raw(char)]
    if "--json" in words:
        json.loads(ran.out)


def test_an_export_is_markdown_by_itself_and_json_when_asked(wiring: Stored) -> None:
    report = run(wiring, "runs", "export", ID).out
    assert report.startswith("# Evidence: x")
    assert "by typing the word `production`" in report
    facts = json.loads(run(wiring, "runs", "export", "0120-a", "--json").out)
    assert (facts["schema"], facts["execution"]["id"]) == ("strideiq.evidence/1", ID)
    assert facts["audit"]["chain"]["whole"]


def test_a_value_that_ends_like_a_header_leaves_json_whole(store: Store, wiring: Stored) -> None:
    made = plan(title="authorization:", note="token ")
    store.journal.create("0121-def456", made, T0)
    assert json.loads(run(wiring, "runs", "export", "0121", "--json").out)["execution"]["title"] == "authorization:"


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_new_file_is_private_and_holds_what_is_printed(wiring: Stored, tmp_path: Path, form: tuple[str, ...]) -> None:
    before = os.umask(0)
    try:
        ran = run(wiring, "runs", "export", ID, "--output", str(tmp_path / "out.md"), *form)
    finally:
        os.umask(before)
    assert (ran.code, ran.out) == (0, "")
    file = tmp_path / "out.md"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.stat().st_nlink == 1
    assert file.read_text(encoding="utf-8") == run(wiring, "runs", "export", ID, *form).out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.md", "state"]


@pytest.mark.parametrize("kind", ["file", "link", "dangling", "folder"])
def test_nothing_that_exists_is_written_over(wiring: Stored, tmp_path: Path, kind: str) -> None:
    target, name = tmp_path / "target", tmp_path / "name"
    if kind != "dangling":
        target.write_text("mine")
    if kind == "file":
        name.write_text("mine")
    elif kind == "folder":
        name.mkdir()
    else:
        name.symlink_to(target)
    ran = run(wiring, "runs", "export", ID, "--output", str(name))
    assert ran.code == 64
    assert "exists" in ran.err
    assert not target.exists() if kind == "dangling" else target.read_text() == "mine"
    assert not list(tmp_path.glob(".strideiq-*"))


def test_a_file_system_without_second_names_still_gets_its_file(
    wiring: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*words: Any, **more: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert run(wiring, "runs", "export", ID, "--output", str(tmp_path / "a.md")).code == 0
    assert (tmp_path / "a.md").read_text().startswith("# Evidence")
    assert run(wiring, "runs", "export", ID, "--output", str(tmp_path / "a.md")).code == 64
    assert not list(tmp_path.glob(".strideiq-*"))


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "export"),
        ("runs", "export", "zzz"),
        ("runs", "import", ID),
        ("runs", "--markdown"),
        ("runs", "--output", "x"),
        ("runs", "export", ID, "--json", "--markdown"),
        ("runs", "export", ID, "--output", "/"),
        ("runs", "export", ID, "--output", "/nowhere/at/all"),
        ("audit",),
        ("audit", "verify", "--head", "xyz"),
        ("audit", "verify", "--limit", "3"),
        ("audit", "show", "--head", "a" * 64),
        ("audit", "show", "--limit", "0"),
    ],
)
def test_wrong_words_are_usage_errors(wiring: Stored, words: tuple[str, ...]) -> None:
    ran = run(wiring, *words)
    assert (ran.code, ran.out) == (64, "")


def test_verify_says_what_it_walked_and_compares_a_noted_head(store: Store, wiring: Stored) -> None:
    ran = run(wiring, "audit", "verify")
    head = store.audit.walk().head
    assert ran.code == 0
    assert "whole: 5 rows from 2026-01-20 14:00:00 UTC" in ran.out
    assert head in ran.out
    assert "row 5; nothing was added since" in run(wiring, "audit", "verify", "--head", head).out
    gone = run(wiring, "audit", "verify", "--head", "0" * 64)
    assert gone.code == 2
    assert "hash that was noted" in gone.out


def test_a_broken_chain_ends_with_two_and_an_export_says_so(store: Store, wiring: Stored) -> None:
    forge(store, "audit", "UPDATE audit SET who = 'nobody' WHERE seq = 3")
    ran = run(wiring, "audit", "verify")
    assert ran.code == 2
    assert "audit row 3 does not fit" in ran.out
    assert "expected" in ran.out
    document = json.loads(run(wiring, "audit", "verify", "--json").out)
    assert (document["whole"], document["row"], document["rows"]) == (False, 3, 2)
    assert document["differences"][0]["what"] == "hash"
    export = run(wiring, "runs", "export", ID)
    assert export.code == 0
    assert "strideiq audit verify" in export.err
    assert "The chain is broken" in export.out


def test_what_cannot_be_read_ends_with_three(store: Store, wiring: Stored, tmp_path: Path) -> None:
    wiring.broken = True
    for words in (("audit", "verify"), ("audit", "show", "--json")):
        ran = run(wiring, *words)
        assert (ran.code, ran.out) == (3, "")
        assert "cannot be opened" in ran.err
    (tmp_path / "junk.db").write_text("no database at all, but long enough to be taken for one" * 20)
    assert run(Stored(tmp_path / "junk.db"), "audit", "verify").code == 3
    assert run(wiring, "runs", "export", ID).code == 4


def test_an_absent_store_is_an_empty_log(tmp_path: Path) -> None:
    wiring = Stored(tmp_path / "none.db")
    assert "The log is empty" in run(wiring, "audit", "verify").out
    assert "Nothing has been carried out yet." in run(wiring, "audit", "show").out
    assert run(wiring, "audit", "verify", "--head", "a" * 12).code == 2


def test_show_lists_the_newest_rows_first(wiring: Stored) -> None:
    ran = run(wiring, "audit", "show", "--limit", "2")
    assert [line.split()[0] for line in ran.out.splitlines()] == ["row", "5", "4"]
    rows = json.loads(run(wiring, "audit", "show", "--json").out)["rows"]
    assert [row["row"] for row in rows] == [5, 4, 3, 2, 1]
    assert rows[0]["previous"] == rows[1]["hash"]
    assert set(rows[0]) == {"row", "at", "who", "execution", "step", "kind", "data", "previous", "hash"}
