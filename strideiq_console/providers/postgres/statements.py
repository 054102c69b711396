"""Every statement that the console sends to PostgreSQL. Each one selects; a test reads them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg.sql import Composed

IDENTITY = (
    "SELECT current_database()::text, current_user::text, current_setting('server_version'), host(inet_server_addr()), "
    "inet_server_port(), pg_is_in_recovery(), (extract(epoch FROM pg_postmaster_start_time()) * 1000)::bigint"
)
SYSTEM_IDENTIFIER = "SELECT system_identifier::text FROM pg_control_system()"
WRITES = """
SELECT coalesce((SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), false),
       has_database_privilege(current_database(), 'CREATE'),
       (SELECT count(*) FROM pg_catalog.pg_namespace n
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'CREATE')),
       (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
           AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
"""
# What the role may not see of a session is NULL, its kind too; a session with a database and a user is then a client's.
CONNECTIONS = """
SELECT count(*),
       count(*) FILTER (WHERE datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())),
       count(*) FILTER (WHERE backend_type IS NULL),
       max(extract(epoch FROM clock_timestamp() - xact_start)) FILTER (WHERE pid <> pg_backend_pid())::float8,
       current_setting('max_connections')::int,
       current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true), '0')::int
  FROM pg_catalog.pg_stat_activity
 WHERE (backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL))
"""
STATES = """
SELECT coalesce(state, 'unknown'), count(*) FROM pg_catalog.pg_stat_activity
 WHERE backend_type = 'client backend'
   AND datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
"""
SESSIONS = """
SELECT pid, coalesce(usename::text, ''), coalesce(application_name, ''), coalesce(state, ''), left(coalesce(query, ''), 200),
       extract(epoch FROM clock_timestamp() - xact_start)::float8, pg_blocking_pids(pid)
  FROM pg_catalog.pg_stat_activity WHERE datid IS NOT NULL LIMIT 5000
"""
INVALID_INDEXES = """
SELECT i.relname::text, n.nspname::text, t.relname::text,
       EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = x.indexrelid)
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
 WHERE NOT x.indisvalid ORDER BY 2, 1 LIMIT 200
"""
DATABASE_SIZE = "SELECT pg_database_size(current_database())"
TABLE_SIZES = """
SELECT n.nspname::text, c.relname::text, pg_total_relation_size(c.oid)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY 3 DESC NULLS LAST, 1, 2 LIMIT %s
"""
TABLE = """
SELECT c.oid, n.nspname::text, c.relname::text, c.reltuples::float8, c.relpages, c.relkind::text
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND (n.nspname = %s OR (%s = '' AND pg_table_is_visible(c.oid)))
"""
COLUMNS = """
SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.atthasdef
  FROM pg_catalog.pg_attribute a WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
VERSION_TABLES = """
SELECT n.nspname::text, has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'),
       EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'version_num' AND NOT a.attisdropped)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relname = %s AND c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^pg_' ORDER BY 1 LIMIT 50
"""

# A session's lock outlives its transaction, so it is taken in a read-only one like everything else.
BACKEND = "SELECT pg_backend_pid()"
TRY_LOCK = "SELECT pg_try_advisory_lock(%s)"
FREE_LOCKS = "SELECT pg_advisory_unlock_all()"
_ADVISORY = """
l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid::bigint = %s AND l.objid::bigint = %s
   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
"""
LOCK_HELD = f"SELECT count(*) FROM pg_catalog.pg_locks l WHERE {_ADVISORY} AND l.pid = pg_backend_pid()"  # noqa: S608 - constants
LOCK_HOLDERS = f"""
SELECT a.pid, coalesce(a.usename::text, ''), coalesce(a.application_name, ''), coalesce(a.state, ''),
       left(coalesce(a.query, ''), 200), extract(epoch FROM clock_timestamp() - a.xact_start)::float8, NULL
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE {_ADVISORY}
"""  # noqa: S608 - constants
SESSIONS_OF = """
SELECT pid, coalesce(usename::text, ''), coalesce(application_name, ''), coalesce(state, ''), left(coalesce(query, ''), 200),
       extract(epoch FROM clock_timestamp() - xact_start)::float8, NULL
  FROM pg_catalog.pg_stat_activity
 WHERE datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
   AND application_name = %s AND pid <> pg_backend_pid() ORDER BY xact_start NULLS LAST, pid LIMIT 100
"""
INDEXES = """
SELECT i.relname::text FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
 WHERE x.indrelid = %s ORDER BY 1 LIMIT 1000
"""


def count(schema: str, table: str) -> Composed:
    """Return the statement that counts a table's rows; both names are quoted by the client."""
    from psycopg import sql

    return sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))


def versions(schema: str, table: str, limit: int) -> Composed:
    """Return the statement that reads Alembic's version table."""
    from psycopg import sql

    return sql.SQL("SELECT version_num::text FROM {} LIMIT {}").format(sql.Identifier(schema, table), sql.Literal(limit))
