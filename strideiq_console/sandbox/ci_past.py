"""Makes the past of CI what it would be after some months: runs that failed by chance once and were green when run again."""

from __future__ import annotations

from strideiq_console.sandbox import ci
from strideiq_console.sandbox.state import State

LOOKED_AGAIN = 240.0
"""So many seconds after a failure the founder ran it again."""
EVERY = 4


def stumbled(state: State, branch: str, now: float) -> int:
    """Let every fourth of the older pushes to a branch have failed by chance in its first attempt; return how many.

    The newest run of the branch stays as it is.
    """
    pushes = [run for run in state["runs"] if run["branch"] == branch and run["event"] == "push" and not run["broken"]]
    chosen = [run for run in pushes[-2::-EVERY] if run["attempt"] == 1 and run["conclusion"] == "success"]
    for run in chosen:
        ci.replan(state, run, flaky=True)
        ci.rerun(state, run, run["updated_at"] + LOOKED_AGAIN, names=ci.failed_jobs(run))
    ci.settle(state, now)
    return len(chosen)
