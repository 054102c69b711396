"""Runs one configured program as a child: an argv list, an absolute path, a chosen environment, caps on time and size.

The child leads its own process group (RELIABILITY rule 24). At a timeout or a cancel the whole group gets SIGTERM, and SIGKILL five
seconds later. Windows has no such groups: there the child gets a Ctrl-Break first and is then terminated.
"""

from strideiq_console.providers.child.faults import last_words
from strideiq_console.providers.child.program import ALLOWED, allowed
from strideiq_console.providers.child.running import CAP, Finished, run

__all__ = ["ALLOWED", "CAP", "Finished", "allowed", "last_words", "run"]
