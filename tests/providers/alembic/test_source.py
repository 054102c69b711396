"""What a migration file says it is, by its syntax alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from strideiq_console.domain.migration import DowngradeKind, Revision, UnclearFile
from strideiq_console.providers.alembic import read_revision, read_texts

DEEP = "(" * 4000 + ")" * 4000


def revision(text: str) -> Revision:
    found = read_revision("versions/x.py", text)
    assert isinstance(found, Revision), found
    return found


@pytest.mark.parametrize(
    ("text", "parents"),
    [
        ("revision = 'b'\ndown_revision = 'a'", ("a",)),
        ("revision: str = 'b'\ndown_revision: str | None = 'a'", ("a",)),
        ("revision: str = 'b'\ndown_revision: Union[str, Sequence[str], None] = ('a', 'c')", ("a", "c")),
        ("revision = 'b'\ndown_revision = ['a', 'c']", ("a", "c")),
        ("revision = 'b'\ndown_revision = None", ()),
        ("revision = 'b'", ()),
        ("revision = ('b')\ndown_revision = ('a' 'a')", ("aa",)),
        ("revision = 'b'\ndown_revision = 'a' + '1'", ("a1",)),
        ("PARENT = 'a'\nrevision = 'b'\ndown_revision = PARENT", ("a",)),
        ("revision, down_revision = 'b', 'a'", ("a",)),
        ("revision = 'b'\ndown_revision = f'a'", ("a",)),
        ("revision = 'b'\ndown_revision = 'x'\ndown_revision = 'a'", ("a",)),
        ("revision = 'b'\ndown_revision = ('a',)", ("a",)),
    ],
)
def test_parents_in_every_way_that_they_are_written(text: str, parents: tuple[str, ...]) -> None:
    assert revision(text).parents == parents
    assert revision(text).merge is (len(parents) > 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def upgrade(:", "Python cannot read it"),
        ("revision = 'b'\ndown_revision = newest()", "down_revision is computed"),
        ("revision = 'b'\nif True:\n    down_revision = 'a'", "down_revision is computed"),
        ("revision = 'b'\ndown_revision = 'a'\ndown_revision += 'c'", "down_revision is computed"),
        ("revision = 'b'\nfor down_revision in 'abc': pass", "down_revision is computed"),
        ("revision = 'b'\ndown_revision = f'{a}'", "down_revision is computed"),
        ("revision = 'b'\ndepends_on = 7", "depends_on is computed"),
        ("import this\n", "names no revision"),
        ("revision = None", "names no revision"),
        ("revision = '--sql'", "cannot be the id"),
        ("revision = 'head'", "cannot be the id"),
        ("revision = 'a b'", "cannot be the id"),
        ("revision = 'a\\x1b[2J'", "cannot be the id"),
        ("revision = 'b'\0", "Python cannot read it"),
        pytest.param(f"revision = {DEEP}", "Python cannot read it", id="deep parentheses"),
        pytest.param("revision = 'b'\nx = " + "-" * 30_000 + "1", "Python cannot read it", id="deep operators"),
    ],
)
def test_what_cannot_be_told_is_unclear_and_says_why(text: str, why: str) -> None:
    found = read_revision("versions/x.py", text)
    assert isinstance(found, UnclearFile)
    assert why in found.why
    assert found.file == "versions/x.py"
    assert found.why.isprintable()


def test_the_heading_gives_message_and_date() -> None:
    found = revision('"""add orders\n  and lines\n\nRevision ID: b\nCreate Date: 2025-03-04 05:06:07.5+02:00\n"""\nrevision = "b"')
    assert found.message == "add orders and lines"
    assert found.created == datetime(2025, 3, 4, 5, 6, 7, 500_000, tzinfo=timezone(timedelta(hours=2)))
    assert revision('"""x\n\nCreate Date: 2025-03-04\n"""\nrevision = "b"').created == datetime(2025, 3, 4, tzinfo=UTC)
    assert revision('"""x\n\nCreate Date: yesterday\n"""\nrevision = "b"').created is None
    assert revision('"""x\\x1b]0;y\n"""\nrevision = "b"').message == "x␛]0;y"


def test_labels_dependencies_and_an_old_file_name() -> None:
    found = revision("revision = 'b'\nbranch_labels = {'web'}\ndepends_on = ['a', 'api']")
    assert (found.branch_labels, found.depends_on) == (("web",), ("a", "api"))
    old = read_revision("versions/3adcf.py", "down_revision = 'a'")
    assert isinstance(old, Revision)
    assert old.id == "3adcf"


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "kind"),
    [
        ("op.create_table('t')", "def downgrade():\n    op.drop_table('t')", DowngradeKind.DESTROYS),
        ("op.drop_index('i')", "def downgrade():\n    op.create_index('i', 't', ['c'])", DowngradeKind.REVERSES),
        ("op.create_table('t')", "def downgrade():\n    pass", DowngradeKind.EMPTY),
        ("op.create_table('t')", "def downgrade():\n    'nothing'\n    ...", DowngradeKind.EMPTY),
        ("op.create_table('t')", "", DowngradeKind.MISSING),
        ("op.create_table('t')", "def downgrade():\n    raise NotImplementedError", DowngradeKind.RAISES),
        ("op.create_table('t')", "def downgrade():\n    op.drop_table('t')\n    raise Exception('no')", DowngradeKind.RAISES),
        ("op.create_table('t')", "def downgrade():\n    undo_it()", DowngradeKind.UNCLEAR),
        ("pass", "def downgrade():\n    pass", DowngradeKind.NOTHING),
    ],
)
def test_what_undoing_it_comes_to(upgrade: str, downgrade: str, kind: DowngradeKind) -> None:
    found = revision(f"from alembic import op\nrevision = 'b'\ndef upgrade():\n    {upgrade}\n{downgrade}\n")
    assert found.downgrade is kind
    assert found.irreversible is (kind in {DowngradeKind.EMPTY, DowngradeKind.MISSING, DowngradeKind.RAISES})


def test_the_same_id_with_other_words_has_another_digest() -> None:
    assert revision("revision = 'b'").digest == revision("revision = 'b'").digest
    assert revision("revision = 'b'").digest != revision("revision = 'b' ").digest


def test_two_hundred_files_are_read_fast() -> None:
    body = "\n".join(f"    op.add_column('t', sa.Column('c{i}', sa.Integer(), nullable=True))" for i in range(20))
    texts = {
        f"v/{n:03d}.py": f"from alembic import op\nimport sqlalchemy as sa\nrevision = 'r{n:03d}'\n"
        f"down_revision = {f'r{n - 1:03d}' if n else None!r}\ndef upgrade():\n{body}\ndef downgrade():\n    pass\n"
        for n in range(200)
    }
    began = time.process_time()
    graph = read_texts(texts)
    assert time.process_time() - began < 3.0
    assert graph.heads == ("r199",)
    assert len(graph.order) == 200
