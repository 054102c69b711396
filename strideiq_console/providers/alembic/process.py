"""What the child gets and gives: its environment, what it printed, how it ended; its sessions at the server in words."""

from __future__ import annotations

from collections.abc import Sequence

from strideiq_console.domain.database import Session
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.migration_outcome import Failure
from strideiq_console.providers.child import Finished


def killed(code: int) -> Failure | None:
    """Return the failure of a child that a SIGKILL ended, or of a shell whose child it ended."""
    return Failure.KILLED if code in {-9, 137} else None


def environment(inherited: dict[str, str], lock_timeout: float, statement_timeout: float) -> dict[str, str]:
    """Return what the child sees: what it may inherit, and the session's limits in seconds where they are not 0."""
    limits = {"lock_timeout": lock_timeout, "statement_timeout": statement_timeout}
    options = [f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items() if seconds > 0]
    given = inherited.get("PGOPTIONS", "")
    # No bytecode: the clone's folders stay as they are, and no stale one stands in for a file.
    extra = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    words = " ".join([given, *options]).strip()
    return {**inherited, **extra, **({"PGOPTIONS": words} if words else {})}


def printed_by(done: Finished) -> str:
    """Return what matters of both streams: errors first, then what was printed last."""
    return (done.stdout[-20_000:] + b"\n" + done.stderr[-200_000:] + b"\n" + done.tail).decode("utf-8", "replace")


def named(sessions: Sequence[Session]) -> str:
    """Return the sessions with their pids and the heads of their statements."""
    return "; ".join(f"pid {s.pid} ({s.state or 'its state is hidden'}): {s.query or 'its statement is hidden'}" for s in sessions)


def at_work(sessions: Sequence[Session]) -> BlockedError:
    """Return the error for an alembic whose session has outlived it, or its console."""
    return BlockedError(
        f"an alembic that was started earlier is still at work at the server: {named(sessions)}",
        consequence="nothing was run: two at once could apply a revision twice",
        next_step="wait until its session has ended, then look again",
    )
