"""PostgreSQL, looked at and never written: identity, connections, rows, revisions, locks (R84, R85, R95, R104).

It takes one lock, an advisory one.
"""

from strideiq_console.providers.postgres.advisory import lock_key
from strideiq_console.providers.postgres.database import Postgres

__all__ = ["Postgres", "lock_key"]
