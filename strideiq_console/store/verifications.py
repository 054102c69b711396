"""Who verified which commit of staging: the record that opens the way to main (R9, R12)."""

from __future__ import annotations

from typing import Any

from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.store import codec
from strideiq_console.store.database import Database

_COLUMNS = "sha, by, at, note"


class Verifications:
    """One record per commit; a later one replaces an earlier one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, verification: Verification) -> None:
        """Keep a verification; it becomes the latest."""
        row = (verification.sha, verification.by, codec.time_text(verification.at), verification.note)
        with self._database.writing() as connection:
            connection.execute(f"INSERT OR REPLACE INTO verifications ({_COLUMNS}) VALUES (?, ?, ?, ?)", row)  # noqa: S608

    def of(self, sha: str) -> Verification | None:
        """Return the verification of exactly this commit."""
        return self._one("WHERE sha = ?", sha)

    def latest(self) -> Verification | None:
        """Return the one recorded last."""
        return self._one("ORDER BY number DESC LIMIT 1")

    def withdraw(self, sha: str) -> None:
        """Take the verification of a commit back; the journal and the audit log keep that it was given."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM verifications WHERE sha = ?", (sha,))

    def _one(self, condition: str, *values: Any) -> Verification | None:
        with self._database.reading() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM verifications {condition}", values).fetchone()  # noqa: S608
        return None if row is None else Verification(row[0], row[1], codec.time_of(row[2]), row[3])
