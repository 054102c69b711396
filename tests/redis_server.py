"""A real Redis for the tests, and real Celery beside it: each in its own process group, all of them ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers import absent, free_port, program

PASSWORD = "an-obviously-fake-password"
_SECONDS = 30.0
_APP = """
import os
from celery import Celery

app = Celery("strideiq", broker=os.environ["BROKER"])
app.conf.update(broker_connection_retry_on_startup=True, task_ignore_result=True, worker_prefetch_multiplier=1)


@app.task(name="strideiq.sync")
def sync():
    return None
"""


@dataclass
class Server:
    """A running server; ``url`` is of its default user."""

    folder: Path
    port: int
    child: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    def command(self, *words: Any) -> Any:
        """Send a command of the test itself."""
        import redis

        client = redis.Redis.from_url(self.url, socket_timeout=10)
        try:
            return client.execute_command(*words)
        finally:
            client.close()


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Server]:
    """Run a server on loopback; skipped plainly where it or its client is missing."""
    path = program("redis-server", "redis-server")
    try:
        import redis  # noqa: F401 - looked for alone
    except ImportError:
        absent("redis is not installed (the extra redis)")
    port = free_port()
    argv = [
        path,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--requirepass",
        PASSWORD,
        "--save",
        "",
        "--dir",
        str(folder),
        *options,
    ]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    server = Server(folder, port, child)
    try:
        _await(server)
        yield server
    finally:
        end(child)


def _await(server: Server) -> None:
    import redis

    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            server.command("PING")
        except redis.RedisError as error:
            if server.child.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Redis did not come up: {error}; {(server.folder / 'log').read_text(errors='replace')[-500:]}")
            time.sleep(0.02)
        else:
            return


def end(child: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    """End a process with its group, at last by force."""
    if child.poll() is None:
        os.killpg(child.pid, number)
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait(10)


def _celery(folder: Path, url: str, argv: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        import celery  # noqa: F401 - looked for alone
    except ImportError:
        absent("celery is not installed (a test dependency)")
    (folder / "strideiq_tasks.py").write_text(_APP)
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "BROKER": url, "PYTHONPATH": str(folder)}
    with (folder / "celery.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *argv],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def publish(folder: Path, url: str, *messages: tuple[str, int]) -> None:
    """Publish one task for each queue and priority, as an application does."""
    lines = ["from strideiq_tasks import app"]
    lines += [f"app.send_task('strideiq.sync', queue={queue!r}, priority={priority})" for queue, priority in messages]
    child = _celery(folder, url, ["-c", "\n".join(lines)])
    if child.wait(_SECONDS):
        pytest.fail(f"nothing was published: {(folder / 'celery.log').read_text(errors='replace')[-800:]}")


@contextmanager
def worker(folder: Path, url: str, name: str, queues: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of these queues."""
    argv = ["-m", "celery", "-A", "strideiq_tasks", "worker", "--pool", "solo", "-Q", queues, "-n", name, "--loglevel", "WARNING"]
    child = _celery(folder, url, argv)
    try:
        yield child
    finally:
        end(child)
