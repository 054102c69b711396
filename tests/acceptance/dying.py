"""The console's command line, killed as by a power cut right after the world has heard one request.

Run as ``python -m tests.acceptance.dying METHOD PATH WORD…``: the words are those of ``strideiq``; ``PATH`` is the end of the path.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from strideiq_console.sandbox.transport import WorldTransport


def arm(method: str, path: str) -> None:
    """Die when the world has answered that request, before anybody hears the answer."""
    answer = WorldTransport.handle_async_request

    async def handle(self: WorldTransport, request: Any) -> Any:
        response = await answer(self, request)
        if request.method == method and request.url.path.endswith(path):
            os.kill(os.getpid(), signal.SIGKILL)
        return response

    WorldTransport.handle_async_request = handle


if __name__ == "__main__":
    arm(sys.argv[1], sys.argv[2])
    sys.argv = ["strideiq", *sys.argv[3:]]
    from strideiq_console.__main__ import main

    sys.exit(main())
