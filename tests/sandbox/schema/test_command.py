"""The world's alembic, command by command: what it prints, where it ends, what it moves; T7 and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.schema.conftest import Opened
from tests.sandbox.schema.project import empty, project, rows, run, table


def test_current_and_heads_are_said_as_alembic_says_them(opened: Opened) -> None:
    world = opened("schema-rollback")
    said = run(world, world.clone / "apps/api", "current", "--verbose")
    assert said.code == 0
    head = "Current revision(s) for postgresql+psycopg://strideiq:***@postgres-production.railway.internal:5432/strideiq:\n"
    assert said.out.startswith(f"{head}Rev: 0042_drop_legacy_pace (head)\nParent: 0041_intervals\nPath: ")
    assert run(world, world.clone / "apps/api", "heads").out == "0042_drop_legacy_pace (head)\n"
    assert run(world, world.clone / "apps/api", "current", environment="local").out == "0042_drop_legacy_pace (head)\n"


def test_a_downgrade_loses_what_came_with_the_revision_and_gives_back_only_the_shape(opened: Opened) -> None:
    world = opened("schema-rollback")
    said = run(world, world.clone / "apps/api", "downgrade", "0041_intervals")
    assert (said.code, said.out) == (0, "")
    assert "INFO  [alembic.runtime.migration] Running downgrade 0042_drop_legacy_pace -> 0041_intervals, Drop" in said.err
    state = world.read()
    database = state["schema"]["production"]
    assert database["rows"] == ["0041_intervals"]
    assert "pace_models" not in database["tables"]
    assert database["tables"]["legacy_paces"]["rows"] == 0, "the rows are gone: only a backup brings them back"
    assert [c["name"] for c in database["tables"]["activities"]["columns"]][-1] == "legacy_pace"
    assert state["schema"]["staging"]["rows"] == ["0042_drop_legacy_pace"], "another environment is another database"
    (effect,) = [e for e in state["effects"] if e["provider"] == "database"]
    assert effect["method"] == "DOWNGRADE"
    assert effect["what"] == "downgraded production from 0042_drop_legacy_pace to 0041_intervals"


def test_files_that_lack_the_revision_in_effect_are_refused(opened: Opened) -> None:
    world = opened("bad-deploy")  # its clone has an old branch checked out
    for words in (("current",), ("upgrade", "heads"), ("downgrade", "0040_shoes")):
        said = run(world, world.clone / "apps/api", *words)
        assert said.code == 255
        assert "FAILED: Can't locate revision identified by '0041_intervals'" in said.err
    assert run(world, world.clone / "apps/api", "heads").out == "0040_shoes (head)\n"


def test_a_fork_and_a_merge_are_as_ambiguous_as_alembic_finds_them(opened: Opened, tmp_path: Path) -> None:
    world = opened("calm")
    empty(world)
    fork = project(tmp_path / "p", table("aaaa", None), table("bbbb", "aaaa"), table("cccc", "aaaa"))
    said = run(world, fork, "upgrade", "head")
    assert said.code == 255
    assert "FAILED: Multiple head revisions are present for given argument 'head'; please specify" in said.err
    assert run(world, fork, "upgrade", "heads").code == 0
    assert rows(world) == ["bbbb", "cccc"]
    assert run(world, fork, "downgrade", "-1").code == 0
    assert rows(world) == ["cccc"], "one head went, chosen by nobody"
    assert run(world, fork, "upgrade", "bbbb").code == 0
    merged = project(tmp_path / "p", table("dddd", ("bbbb", "cccc")))
    assert run(world, merged, "upgrade", "head").code == 0
    assert rows(world) == ["dddd"]
    said = run(world, merged, "downgrade", "-1")
    assert (said.code, said.err.splitlines()[-1]) == (255, "FAILED: Ambiguous walk")
    assert run(world, merged, "current").out == "dddd (head) (mergepoint)\n"
    assert run(world, merged, "downgrade", "bbbb").code == 0
    assert sorted(rows(world)) == ["bbbb", "cccc"]
    assert run(world, merged, "downgrade", "base").code == 0
    assert rows(world) == []
    assert world.read()["schema"]["production"]["tables"] == {}


def test_words_that_alembic_refuses(opened: Opened, tmp_path: Path) -> None:
    world = opened("calm")
    empty(world)
    folder = project(tmp_path / "p", table("aaaa", None), table("bbbb", "aaaa"))
    assert run(world, folder, "upgrade", "aaaa").code == 0
    for words, why in (
        (("upgrade", "zz"), "Can't locate revision identified by 'zz'"),
        (("upgrade", "-1"), "Relative revision -1 didn't produce 1 migrations"),
        (("upgrade", "aaaa:bbbb"), "Range revision not allowed"),
        (("downgrade", "bbbb"), "Destination bbbb is not a valid downgrade target from current head(s)"),
        (("downgrade", "aaaa", "--sql"), "downgrade with --sql requires <fromrev>:<torev>"),
    ):
        said = run(world, folder, *words)
        assert (said.code, said.err.splitlines()[-1]) == (255, f"FAILED: {why}")
    assert rows(world) == ["aaaa"]
    with pytest.raises(SystemExit) as stopped:
        run(world, folder, "stamp", "aaaa")
    assert stopped.value.code == 2


def test_sql_is_shown_and_nothing_is_run(opened: Opened) -> None:
    world = opened("schema-rollback")
    before = world.read()["schema"]
    said = run(world, world.clone / "apps/api", "downgrade", "0042_drop_legacy_pace:0041_intervals", "--sql")
    assert said.code == 0
    assert said.out.startswith(
        "BEGIN;\n\n-- Running downgrade 0042_drop_legacy_pace -> 0041_intervals\n\nCREATE TABLE legacy_paces ("
    )
    assert "ALTER TABLE activities ADD COLUMN legacy_pace VARCHAR(12);\n\nDROP TABLE pace_models;" in said.out
    moved = "UPDATE alembic_version SET version_num='0041_intervals' WHERE alembic_version.version_num = '0042_drop_legacy_pace';"
    assert said.out.endswith(f"{moved}\n\nCOMMIT;\n")
    said = run(world, world.clone / "apps/api", "upgrade", "0038_coach_messages:0039_weekly_digests", "--sql")
    assert "COMMIT;\n\nCREATE INDEX CONCURRENTLY ix_weekly_digests_sent_at ON weekly_digests (sent_at);\n\nBEGIN;" in said.out
    assert world.read()["schema"] == before


def test_a_file_that_python_cannot_read_stops_it_and_nothing_is_imported(opened: Opened) -> None:
    world = opened("two-heads")
    folder = world.clone / "apps/api"
    said = run(world, folder, "heads")
    assert said.code == 1
    assert "SyntaxError" in said.err
    (folder / "alembic/versions/0043_draft.py").unlink()
    said = run(world, folder, "heads")
    assert (said.code, said.err.splitlines()[-1]) == (1, "RuntimeError: the founder's code was imported")
    assert not (folder / "alembic/versions/sentinel.imported").exists()
    (folder / "alembic/versions/sentinel.py").unlink()
    assert run(world, folder, "heads").out == "0042_pace_targets (head)\n0042_race_goals (head)\n"
    said = run(world, folder, "upgrade", "head", environment="local")
    assert "Multiple head revisions are present" in said.err


def test_a_downgrade_that_raises_is_an_error_of_the_file(opened: Opened, tmp_path: Path) -> None:
    world = opened("calm")
    empty(world)
    never = ('raise NotImplementedError("there is no way back")',)
    folder = project(tmp_path / "p", table("aaaa", None), ("bbbb", "aaaa", ('op.drop_table("t_aaaa")',), never))
    assert run(world, folder, "upgrade", "bbbb").code == 0
    said = run(world, folder, "downgrade", "aaaa")
    assert (said.code, said.err.splitlines()[-1]) == (1, "NotImplementedError: there is no way back")
    assert rows(world) == ["bbbb"]


def test_no_world_and_no_such_database_are_said_plainly(opened: Opened, tmp_path: Path) -> None:
    world = opened("calm")
    folder = project(tmp_path / "p", table("aaaa", None))
    assert run(world, folder, "current", environment="moon").err == "FAILED: the world has no database of moon\n"
    (folder / "alembic.ini").unlink()
    assert "No 'script_location' key found" in run(world, folder, "heads").err
    world.folder = tmp_path / "nothing"
    assert "is no world" in run(world, folder, "heads").err
    assert not (tmp_path / "nothing").exists(), "asking makes no world"
