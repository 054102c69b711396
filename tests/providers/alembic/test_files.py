"""Where migration files are found, what is not followed, and that none of them is ever run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.alembic import Location, files, locate, read_folder, read_texts
from tests.providers.alembic.projects import table, write


def test_a_file_that_raises_on_import_is_read_and_never_run(tmp_path: Path) -> None:
    sentinel = tmp_path / "it-ran"
    trap = f"import pathlib\npathlib.Path({str(sentinel)!r}).touch()\nraise SystemExit('imported')\n"
    folder = write(tmp_path / "clone", [table("a"), ("b.py", trap + "revision = 'b'\ndown_revision = 'a'\n")])
    (folder / "migrations" / "env.py").write_text(trap)
    before = set(sys.modules)
    graph = read_folder(folder, locate(folder))
    assert graph.heads == ("b",)
    assert graph.sound
    assert not sentinel.exists()
    assert not {name for name in set(sys.modules) - before if name.startswith("alembic")}
    assert [p.name for p in (folder / "migrations" / "versions").iterdir() if p.name == "__pycache__"] == []


def test_alembic_itself_is_not_imported_by_the_package() -> None:
    for path in Path(files.__file__).parent.glob("*.py"):
        text = path.read_text()
        assert "import alembic" not in text
        assert "from alembic " not in text


@pytest.mark.parametrize(
    ("name", "text", "versions"),
    [
        ("alembic.ini", "[alembic]\nscript_location = %(here)s/migrations\n", ("migrations/versions",)),
        ("alembic.ini", "[alembic]\nscript_location = db\nversion_locations = db/a db/b\n", ("db/a", "db/b")),
        ("alembic.ini", "[alembic]\nscript_location=db\nversion_locations=db/a:%(here)s/b\npath_separator=os\n", ("db/a", "b")),
        ("pyproject.toml", "[tool.alembic]\nscript_location = '%(here)s/db'\n", ("db/versions",)),
        ("pyproject.toml", "[tool.alembic]\nscript_location = 'db'\nversion_locations = ['db/a b', 'c']\n", ("db/a b", "c")),
    ],
)
def test_locations(tmp_path: Path, name: str, text: str, versions: tuple[str, ...]) -> None:
    (tmp_path / name).write_text(text)
    found = locate(tmp_path)
    assert (found.config, found.versions, found.recursive) == (name, versions, False)


def test_a_location_in_a_subfolder_is_relative_to_the_clone(tmp_path: Path) -> None:
    write(tmp_path / "api", [table("a")])
    assert locate(tmp_path, "api") == Location("api/alembic.ini", ("api/migrations/versions",))
    assert read_folder(tmp_path, locate(tmp_path, "api")).revisions[0].file == "api/migrations/versions/a_change.py"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no alembic.ini or pyproject.toml says where"),
        ("[alembic]\nscript_location = app:migrations\n", "names a package"),
        ("[alembic]\nscript_location = ../../elsewhere\n", "leads out of the clone"),
        ("[alembic]\nscript_location = %(nowhere)s/x\n", "cannot be read"),
        ("[alembic\n", "cannot be read"),
    ],
)
def test_a_location_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "alembic.ini").write_text(text)
    with pytest.raises(CloneError) as raised:
        locate(tmp_path)
    assert said in raised.value.cause
    assert raised.value.next_step


def test_a_link_out_of_the_clone_is_unclear_and_one_inside_is_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("revision = 'secret'\n")
    folder = write(tmp_path / "clone", [table("a")])
    place = folder / "migrations" / "versions"
    (place / "out.py").symlink_to(outside)
    (place / "broken.py").symlink_to(tmp_path / "nothing.py")
    (folder / "kept.py").write_text("revision = 'b'\ndown_revision = 'a'\n")
    (place / "inside.py").symlink_to(folder / "kept.py")
    graph = read_folder(folder, locate(folder))
    assert {u.file.rpartition("/")[2]: u.why for u in graph.unclear} == {
        "out.py": "it is a link that leads out of the clone",
        "broken.py": "it cannot be read: No such file or directory",
    }
    assert set(graph.by_id) == {"a", "b"}
    assert not graph.sound


def test_a_linked_versions_folder_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "clone", [])
    (folder / "migrations" / "versions").rmdir()
    (tmp_path / "outside").mkdir()
    (folder / "migrations" / "versions").symlink_to(tmp_path / "outside")
    with pytest.raises(CloneError, match="leads out of the clone"):
        locate(folder)


def test_only_the_names_that_alembic_reads(tmp_path: Path) -> None:
    folder = write(tmp_path, [table("a"), ("__init__.py", "x = 1"), (".#b.py", "("), ("notes.txt", "("), ("c.pyc", "(")])
    (folder / "migrations" / "versions" / "old").mkdir()
    (folder / "migrations" / "versions" / "old" / "z.py").write_text("revision = 'z'\n")
    assert set(read_folder(folder, locate(folder)).by_id) == {"a"}
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = migrations\nrecursive_version_locations = true\n")
    assert set(read_folder(folder, locate(folder)).by_id) == {"a", "z"}


def test_caps_on_size_count_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, [table("a"), ("big.py", "#" * (files.MOST_BYTES + 1)), ("latin.py", "x = 'é'")])
    (folder / "migrations" / "versions" / "latin.py").write_bytes(b"x = '\xe9'")
    graph = read_folder(folder, locate(folder))
    assert sorted(u.why for u in graph.unclear) == ["it has more than 1,000,000 bytes", "it is not UTF-8"]
    monkeypatch.setattr(files, "MOST_FILES", 1)
    (folder / "migrations" / "versions" / "b.py").write_text("revision = 'b'\n")
    cut = read_folder(folder, locate(folder))
    assert not cut.complete
    assert cut.problems()[0] == "there are more migration files than the console reads"
    assert not read_texts({f"{n}.py": f"revision = 'r{n}'" for n in range(2)}).complete


def test_another_commits_texts_make_the_same_graph(tmp_path: Path) -> None:
    versions = [table("a"), table("b", "a")]
    folder = write(tmp_path, versions)
    location = locate(folder)
    texts = {f"migrations/versions/{name}": text for name, text in versions}
    more = {**texts, "migrations/env.py": "(", "app/models.py": "(", "migrations/versions/__init__.py": ""}
    assert read_texts(more, location) == read_folder(folder, location)
    assert read_texts({"v/x.py": "#" * (files.MOST_BYTES + 1)}).unclear[0].why == "it has more than 1,000,000 bytes"
