"""Reads argv and hands it to the command line with the object graph's builder."""

from __future__ import annotations

import os
import sys

from strideiq_console.cli import quick


def main() -> int:
    """Run the command line on ``sys.argv``; return the exit code."""
    code = quick.answer(sys.argv[1:], os.environ)
    if code is not None:
        return code
    import gc

    gc.set_threshold(50_000)  # a thousand modules are loaded now, and hardly anything of them is garbage
    from strideiq_console.cli.main import main as run
    from strideiq_console.wiring import Wiring

    return run(sys.argv[1:], Wiring())


if __name__ == "__main__":
    sys.exit(main())
