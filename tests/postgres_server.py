"""A real PostgreSQL for the tests: its own data folder, loopback and a Unix socket, ended with its whole process group.

The server refuses to run as root; there it runs as the account ``postgres`` through ``setpriv``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.servers import absent, free_port, program

OWNER = "founder"
PASSWORD = "an-obviously-fake-password"
_START_SECONDS = 60.0
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "40",
    "shared_buffers": "16MB",
}


@dataclass
class Server:
    """A running server. ``dsn`` is of its superuser and the database ``postgres``, over loopback with a password."""

    folder: Path
    port: int
    child: subprocess.Popen[bytes]

    @property
    def dsn(self) -> str:
        return self.dsn_of("postgres")

    def dsn_of(self, database: str, *, user: str = OWNER, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def create_database(self, name: str) -> str:
        """Create an empty database and return its DSN."""
        self.execute(f'CREATE DATABASE "{name}"')
        return self.dsn_of(name)

    def execute(self, statement: Any, *, dsn: str = "") -> list[tuple[Any, ...]]:
        """Run a statement of the test itself, which is not the console's read-only session."""
        import psycopg

        with psycopg.connect(dsn or self.dsn, autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def stop(self, *, at_once: bool = False) -> None:
        """End the server: an orderly fast shutdown, or at once as a crash would."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)  # the words before it exec: it is the server
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait(10)


def start(tmp: Path) -> Server:
    """Create a cluster in a folder under ``tmp`` and start it; skipped plainly where PostgreSQL or psycopg is missing."""
    initdb, postgres = program("initdb", "postgresql-15"), program("postgres", "postgresql-15")
    try:
        import psycopg  # noqa: F401 - looked for alone
    except ImportError:
        absent("psycopg is not installed (the extra postgres)")
    prefix = _as_owner()
    # Another account must be able to reach its folder, which it cannot in pytest's.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=None if prefix else tmp))
    if prefix:
        shutil.chown(folder, "postgres")
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    made = subprocess.run(
        [
            *prefix,
            initdb,
            "-D",
            str(folder / "data"),
            "-U",
            OWNER,
            f"--pwfile={secret}",
            "-A",
            "scram-sha-256",
            "-N",
            "--locale=C",
            "-E",
            "UTF8",
        ],
        capture_output=True,
        cwd=folder,
        timeout=_START_SECONDS,
        check=False,
    )
    secret.unlink()
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.fail(f"initdb failed: {made.stderr.decode(errors='replace')[-800:]}")
    return _launch(folder, [*prefix, postgres])


def _launch(folder: Path, words: list[str]) -> Server:
    port = free_port()
    socket = str(folder) if len(str(folder)) < 80 else ""  # the path of a Unix socket may be no longer than 103 bytes
    options = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    argv = [*words, "-D", str(folder / "data"), "-p", str(port), "-h", "127.0.0.1", "-k", socket, *options]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True)
    server = Server(folder, port, child)
    try:
        _await(server)
    except BaseException:
        server.stop(at_once=True)
        raise
    return server


def _await(server: Server) -> None:
    import psycopg

    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(server.dsn, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if server.child.poll() is not None or time.monotonic() > deadline:
                said = (server.folder / "log").read_text(errors="replace")[-800:]
                pytest.fail(f"PostgreSQL did not come up: {error}; {said}")
            time.sleep(0.05)
        else:
            return


@contextmanager
def running(tmp: Path) -> Iterator[Server]:
    """Run a server for a fixture: stopped and its folder removed at the end, whatever happens."""
    server = start(tmp)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


def _as_owner() -> list[str]:
    """Return the words that give up root, which PostgreSQL refuses to run as; none for another account."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return []
    return [program("setpriv", "util-linux"), "--reuid=postgres", "--regid=postgres", "--clear-groups"]
