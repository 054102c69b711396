"""Reads argv and hands it to the command line with the object graph's builder."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line on ``sys.argv``; return the exit code."""
    from strideiq_console.cli.main import main as run
    from strideiq_console.wiring import Wiring

    return run(sys.argv[1:], Wiring())


if __name__ == "__main__":
    sys.exit(main())
