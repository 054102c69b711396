"""A real Prometheus and Alertmanager on loopback, and an exporter's page that a test fills."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from tests.servers import free_port, program

BOUNDS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 10.0)
_RULES = """
groups:
  - name: strideiq
    rules:
      - alert: QueueLong
        expr: celery_queue_length > 100
        labels: {severity: warning}
        annotations: {summary: "the queue {{ $labels.queue_name }} holds {{ $value }} messages"}
      - alert: NeverFires
        expr: celery_queue_length > 1000000
      - record: strideiq:queue
        expr: sum(celery_queue_length)
"""
_CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]}}]}}
scrape_configs:
  - job_name: api
    static_configs: [{{targets: ["127.0.0.1:{page}"], labels: {{environment: production}}}}]
  - job_name: gone
    static_configs: [{{targets: ["127.0.0.1:{gone}"], labels: {{environment: staging}}}}]
"""
_ROUTES = "route: {receiver: none, group_wait: 0s, group_interval: 1s}\nreceivers: [{name: none}]\n"


class Exporter:
    """What a FastAPI app, its pool, Redis and Celery export, on one page."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        mine: dict[str, Any] = {"registry": self.registry}
        self.duration = Histogram("http_request_duration_highr_seconds", "Latency", buckets=BOUNDS, **mine)
        self.requests = Counter("http_requests", "Requests", ["handler", "method", "status"], **mine)
        self.connections = Gauge("pg_stat_database_numbackends", "Backends", ["datname"], **mine)
        self.connections_max = Gauge("pg_settings_max_connections", "Limit", **mine)
        self.pool = Gauge("strideiq_db_pool_checked_out", "Pool", ["pid"], **mine)
        self.memory = Gauge("redis_memory_used_bytes", "Memory", **mine)
        self.memory_max = Gauge("redis_memory_max_bytes", "Limit", **mine)
        self.queues = Gauge("celery_queue_length", "Queue", ["queue_name"], **mine)
        self.users = Gauge("strideiq_daily_active_users", "Users", **mine)
        self.syncs = Counter("strideiq_strava_syncs", "Syncs", ["result"], **mine)

    def fill(self) -> None:
        """Give every gauge a value, and every counter its zero."""
        self.requests.labels("/v1/activities", "GET", "2xx").inc(1000)  # long before any window
        self.requests.labels("/health", "GET", "5xx")
        self.syncs.labels("success")
        self.syncs.labels("failure")
        self.connections.labels("strideiq").set(17)
        self.connections.labels("postgres").set(1)
        self.connections_max.set(100)
        self.pool.labels("41").set(4)
        self.pool.labels("42").set(6)
        self.memory.set(5_000_000)
        self.memory_max.set(0)
        self.queues.labels("celery").set(3)
        self.queues.labels("sync").set(250)
        self.users.set(float("nan"))


@contextmanager
def served(body: Callable[[], tuple[str, bytes]]) -> Iterator[int]:
    """Serve a page on a free port of loopback; give the port."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = body()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def running(argv: list[str], log: Path, ready: str) -> Iterator[None]:
    """Run a server in its own process group until it is no longer needed; wait until it says that it is ready."""
    with log.open("wb") as out, subprocess.Popen(argv, stdout=out, stderr=out, start_new_session=True) as process:
        try:
            until(lambda: _answers(ready) or _ended(process, log), f"{argv[0]} is ready", seconds=60)
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _ended(process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"the server ended: {log.read_text()[-2000:]}")
    return False


def until(condition: Callable[[], Any], what: str, *, seconds: float = 60.0) -> Any:
    """Return what a condition gives as soon as it is true; AssertionError after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.25)
    raise AssertionError(f"not in {seconds:.0f} s: {what}")


@dataclass
class Stack:
    """Where the servers are, and the page that they read."""

    prometheus: str
    alertmanager: str
    exporter: Exporter
    page: int
    began: float = field(default_factory=time.monotonic)

    def value(self, query: str) -> list[Any]:
        """Return Prometheus' own answer to a query."""
        answer = httpx.get(f"{self.prometheus}/api/v1/query", params={"query": query}, timeout=5.0, trust_env=False)
        found: list[Any] = answer.json()["data"]["result"]
        return found

    def silence(self, alert: str) -> str:
        """Silence an alert for an hour; return the silence's id."""
        now = time.time()
        stamps = {k: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + s)) for k, s in (("startsAt", -5), ("endsAt", 3600))}
        matcher = {"name": "alertname", "value": alert, "isRegex": False, "isEqual": True}
        body = {"matchers": [matcher], **stamps, "createdBy": "founder", "comment": "known since the import"}
        answer = httpx.post(
            f"{self.alertmanager}/api/v2/silences",
            content=json.dumps(body),
            headers={"Content-Type": "application/json"},
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        made: str = answer.json()["silenceID"]
        return made


@contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    """Run both servers and the page."""
    prometheus, alertmanager = program("prometheus", "prometheus"), program("prometheus-alertmanager", "prometheus-alertmanager")
    exporter = Exporter()
    exporter.fill()
    with served(lambda: ("text/plain; version=0.0.4; charset=utf-8", generate_latest(exporter.registry))) as page:
        here, there, gone = free_port(), free_port(), free_port()
        (folder / "rules.yml").write_text(_RULES)
        (folder / "prometheus.yml").write_text(_CONFIG.format(rules=folder / "rules.yml", alertmanager=there, page=page, gone=gone))
        (folder / "alertmanager.yml").write_text(_ROUTES)
        alerting = [
            alertmanager,
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'alerts'}",
            f"--web.listen-address=127.0.0.1:{there}",
            "--cluster.listen-address=",
        ]
        watching = [
            prometheus,
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{here}",
        ]
        with (
            running(alerting, folder / "alertmanager.log", f"http://127.0.0.1:{there}/-/ready"),
            running(watching, folder / "prometheus.log", f"http://127.0.0.1:{here}/-/ready"),
        ):
            yield Stack(f"http://127.0.0.1:{here}", f"http://127.0.0.1:{there}", exporter, page)
