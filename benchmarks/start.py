"""Start-up, as ratios in the same run: to a bare interpreter, and of the first frame to a minimal Textual application's.

Machines are noisy, ratios less so. Run with ``make bench``. Prints one line a command: median wall time of several runs, the ratio
of the medians, and the quickest run. ``glance --line`` is the second call within a minute, as a status bar makes them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.first_frame import commands as frames
from benchmarks.first_frame import first_frame

CONSOLE = [sys.executable, "-m", "strideiq_console"]


def wall(argv: list[str], environ: Mapping[str, str]) -> float:
    """Return the wall seconds of one run; a command may end with any code, but must end."""
    began = time.perf_counter()
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(argv, env=dict(environ), check=False, timeout=120, **quiet)  # type: ignore[call-overload]
    return time.perf_counter() - began


def measured(runs: int, folder: Path) -> dict[str, list[float]]:
    """Return the seconds of each command, the commands in turns; a first turn warms the caches and does not count."""
    world, line = str(folder / "world"), ["glance", "--line"]
    environ = {**os.environ, "STRIDEIQ_STATE": str(folder / "state"), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    (folder / "state").mkdir(mode=0o700)
    environ.pop("STRIDEIQ_CONFIG", None)
    wall([*CONSOLE, "--world", world, "glance", "--live"], environ)
    plain = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "strideiq --version": [*CONSOLE, "--version"],
        "strideiq glance --line": [*CONSOLE, *line],
        "strideiq glance": [*CONSOLE, "--world", world, "glance"],
        "strideiq glance --json": [*CONSOLE, "--world", world, "glance", "--json"],
        "import textual.app": [sys.executable, "-c", "import textual.app"],
        "import strideiq_console.ui.app": [sys.executable, "-c", "import strideiq_console.ui.app"],
    }
    rows: dict[str, list[float]] = {name: [] for name in (*plain, *frames(world))}
    for turn in range(runs + 1):
        wall([*CONSOLE, *line], environ)  # keeps the line that the next call shows
        for name, argv in plain.items():
            seconds = wall(argv, environ)
            if turn:
                rows[name].append(seconds)
        for name, (argv, mark) in frames(world).items():
            seconds = first_frame(argv, mark, environ)
            if turn:
                rows[name].append(seconds)
    return rows


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(runs, Path(folder))
        smallest, frame = frames("")
    for name, seconds in rows.items():
        against = smallest if name in (smallest, frame) else "python -c pass"
        ratio = statistics.median(seconds) / statistics.median(rows[against])
        best = min(seconds) / min(rows[against])
        quickest = f"quickest {min(seconds) * 1000:.0f} ms, {best:.1f} x"
        print(f"{name:34} {statistics.median(seconds) * 1000:7.0f} ms  {ratio:5.2f} x {against}  ({quickest})")
    print("wished: glance --line at most 2.5 x bare python, the first frame at most 1.35 x the minimal application's")
    return 0


if __name__ == "__main__":
    sys.exit(main())
