"""A feed with whoever reads it; without a reader, the fault that says what is not configured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.services.feeds import Feed, Reader


@dataclass(frozen=True, slots=True)
class Source:
    """A feed with its reader; without one, ``missing`` says what is not configured and how to configure it.

    ``forget`` drops what the reader keeps between two reads, for a founder who asks for the newest.
    """

    feed: Feed[Any]
    reader: Reader | None
    missing: Fault | None = None
    forget: Callable[[], None] | None = None


def not_configured(source: str, cause: str, next_step: str) -> Fault:
    """Return the fault of a feed that nobody configured."""
    return Fault(FaultKind.NOT_CONFIGURED, source, cause, next_step=next_step)


def source_of(feed: Feed[Any], reader: Reader | None, faults: Mapping[str, Fault]) -> Source:
    """Return the source of a feed; where there is no reader, ``faults`` may know why its port is missing."""
    missing = None
    if reader is None:
        missing = faults.get(feed.source) or not_configured(feed.source, f"{feed.source} is not configured", "strideiq doctor")
    return Source(feed, reader, missing)
