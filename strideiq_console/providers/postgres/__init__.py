"""PostgreSQL, looked at and never written: identity, connections, rows, revisions, locks (R84, R85, R95, R104)."""

from strideiq_console.providers.postgres.database import Postgres

__all__ = ["Postgres"]
