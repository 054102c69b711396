"""The migration files of the world's StrideIQ: eight in one line, and the ones that scenarios put on top."""

from __future__ import annotations

from collections.abc import Sequence

FOLDER = "apps/api"
"""Where ``alembic.ini`` stands in the repository."""
VERSIONS = f"{FOLDER}/alembic/versions"
INI = "[alembic]\nscript_location = alembic\npath_separator = os\n"
ENV_PY = '''"""Lets Alembic work on the database that DATABASE_URL names."""

import os

from alembic import context
from sqlalchemy import create_engine, pool

url = os.environ["DATABASE_URL"]

if context.is_offline_mode():
    context.configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
'''
_FIRST = 34
_ID = 'sa.Column("id", sa.Integer(), primary_key=True)'
_RUNNER = 'sa.Column("runner_id", sa.Integer(), nullable=False)'
_WHEN = "sa.DateTime(timezone=True)"

# Name, message, upgrade, downgrade: lines of the two functions.
_LINE: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "accounts",
        "add accounts",
        (
            (
                f'op.create_table("accounts", {_ID}, sa.Column("email", sa.String(255), nullable=False),'
                f' sa.Column("joined_at", {_WHEN}))'
            ),
            'op.create_index("ix_accounts_email", "accounts", ["email"], unique=True)',
        ),
        ('op.drop_table("accounts")',),
    ),
    (
        "activities",
        "add activities and their paces",
        (
            (
                f'op.create_table("activities", {_ID}, {_RUNNER}, sa.Column("started_at", {_WHEN}, nullable=False),'
                ' sa.Column("distance_m", sa.Float()), sa.Column("legacy_pace", sa.String(12)))'
            ),
            (
                f'op.create_table("legacy_paces", {_ID}, sa.Column("activity_id", sa.Integer(), nullable=False),'
                ' sa.Column("pace", sa.String(12)))'
            ),
        ),
        ('op.drop_table("legacy_paces")', 'op.drop_table("activities")'),
    ),
    (
        "strava_links",
        "link Strava accounts",
        (f'op.create_table("strava_links", {_ID}, {_RUNNER}, sa.Column("athlete", sa.BigInteger(), nullable=False))',),
        ('op.drop_table("strava_links")',),
    ),
    (
        "training_plans",
        "add training plans",
        (
            f'op.create_table("training_plans", {_ID}, {_RUNNER}, sa.Column("weeks", sa.Integer(), nullable=False))',
            'op.add_column("accounts", sa.Column("goal", sa.Text(), nullable=True))',
        ),
        ('op.drop_column("accounts", "goal")', 'op.drop_table("training_plans")'),
    ),
    (
        "coach_messages",
        "keep the coach's conversations",
        (f'op.create_table("coach_messages", {_ID}, {_RUNNER}, sa.Column("said", sa.Text(), nullable=False))',),
        ('op.drop_table("coach_messages")',),
    ),
    (
        "weekly_digests",
        "add weekly digests",
        (
            f'op.create_table("weekly_digests", {_ID}, {_RUNNER}, sa.Column("sent_at", {_WHEN}))',
            "with op.get_context().autocommit_block():",
            '    op.create_index("ix_weekly_digests_sent_at", "weekly_digests", ["sent_at"], postgresql_concurrently=True)',
        ),
        ('op.drop_table("weekly_digests")',),
    ),
    (
        "shoes",
        "count kilometres of shoes",
        (
            (
                f'op.create_table("shoes", {_ID}, {_RUNNER}, sa.Column("name", sa.String(80), nullable=False),'
                ' sa.Column("kilometres", sa.Float(), nullable=False, server_default="0"))'
            ),
            'op.add_column("activities", sa.Column("shoe_id", sa.Integer(), nullable=True))',
        ),
        ('op.drop_column("activities", "shoe_id")', 'op.drop_table("shoes")'),
    ),
    (
        "intervals",
        "add interval sessions",
        (f'op.create_table("intervals", {_ID}, sa.Column("plan_id", sa.Integer(), nullable=False))',),
        ('op.drop_table("intervals")',),
    ),
)

ROWS = {
    "accounts": 1204,
    "activities": 48_310,
    "legacy_paces": 31_877,
    "strava_links": 986,
    "training_plans": 412,
    "coach_messages": 9_214,
    "weekly_digests": 7_350,
    "shoes": 655,
    "intervals": 18,
    "pace_models": 1_204,
}
"""How many rows a table of production holds once it is in use; staging has a tenth, the founder's machine a hundredth."""


def revision_id(number: int) -> str:
    """Return the id of the revision of that number, 1 to 8: ``0034_accounts`` to ``0041_intervals``."""
    return f"{_FIRST + number - 1:04d}_{_LINE[number - 1][0]}"


def revision(number: int) -> dict[str, str]:
    """Return the migration file of a revision; each follows the one before it."""
    _, message, up, down = _LINE[number - 1]
    return written(revision_id(number), revision_id(number - 1) if number > 1 else None, message, up, down)


def written(
    name: str, parents: str | tuple[str, ...] | None, message: str, up: Sequence[str], down: Sequence[str]
) -> dict[str, str]:
    """Return a migration file as Alembic's template writes it: path and text."""
    title = message[0].upper() + message[1:]
    named = (parents,) if isinstance(parents, str) else parents or ()
    text = (
        f'"""{title}.\n\nRevision ID: {name}\nRevises: {", ".join(named)}\n\n"""\n\n'
        f"import sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = {_word(name)}\ndown_revision = {_word(parents)}\nbranch_labels = None\ndepends_on = None\n\n\n"
        f"def upgrade() -> None:\n{_body(up)}\n\n\ndef downgrade() -> None:\n{_body(down)}\n"
    )
    return {f"{VERSIONS}/{name}.py": text}


def drop_legacy_pace() -> dict[str, str]:
    """Return ``0042_drop_legacy_pace``: it drops a table and a column that hold rows, and makes what replaces them."""
    up = (
        f'op.create_table("pace_models", {_ID}, {_RUNNER}, sa.Column("threshold", sa.Float(), nullable=False))',
        'op.drop_column("activities", "legacy_pace")',
        'op.drop_table("legacy_paces")',
    )
    down = (
        (
            f'op.create_table("legacy_paces", {_ID}, sa.Column("activity_id", sa.Integer(), nullable=False),'
            ' sa.Column("pace", sa.String(12)))'
        ),
        'op.add_column("activities", sa.Column("legacy_pace", sa.String(12), nullable=True))',
        'op.drop_table("pace_models")',
    )
    return written("0042_drop_legacy_pace", revision_id(8), "drop the legacy pace", up, down)


def simple(name: str, parent: str, message: str, table: str) -> dict[str, str]:
    """Return a migration that adds one table."""
    return written(name, parent, message, (f'op.create_table("{table}", {_ID}, {_RUNNER})',), (f'op.drop_table("{table}")',))


def _word(given: str | tuple[str, ...] | None) -> str:
    if given is None:
        return "None"
    return f'"{given}"' if isinstance(given, str) else f"({', '.join(_word(one) for one in given)})"


def _body(lines: Sequence[str]) -> str:
    return "\n".join(f"    {line}" for line in lines) or "    pass"
