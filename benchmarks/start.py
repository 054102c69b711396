"""Start-up, as ratios to a bare interpreter in the same run: machines are noisy, ratios less so.

Run with ``make bench``. Prints one line a command: median wall seconds of several runs, and the ratio to ``python -c pass``.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def wall(argv: list[str]) -> float:
    """Return the wall seconds of one run; a command may end with any code, but must end."""
    began = time.perf_counter()
    subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=120)
    return time.perf_counter() - began


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        console = [sys.executable, "-m", "strideiq_console", "--world", str(world)]
        wall([*console, "glance", "--live"])
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "strideiq --version": [sys.executable, "-m", "strideiq_console", "--version"],
            "strideiq glance --line": [*console, "glance", "--line"],
            "strideiq glance": [*console, "glance"],
            "strideiq glance --json": [*console, "glance", "--json"],
            "import textual.app": [sys.executable, "-c", "import textual.app"],
            "import strideiq_console.ui.app": [sys.executable, "-c", "import strideiq_console.ui.app"],
        }
        rows: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(runs + 1):
            for name, argv in commands.items():
                seconds = wall(argv)
                if turn:  # the first turn warms the caches
                    rows[name].append(seconds)
    bare = statistics.median(rows["python -c pass"])
    for name, seconds in rows.items():
        median = statistics.median(seconds)
        print(f"{name:34} {median * 1000:7.0f} ms  {median / bare:5.1f} x bare python  (min {min(seconds) * 1000:.0f} ms)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
