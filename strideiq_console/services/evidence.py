"""Gathers what is on record about one execution, from the store alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from strideiq_console.domain.commit import is_sha
from strideiq_console.domain.evidence import Evidence
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.store.store import Store


def gather(store: Store, named: str) -> Evidence:
    """Return the evidence of the execution whose id begins with ``named``. Raises UsageError or StoreError.

    The audit log is walked whole: a row of this execution proves nothing when an earlier row does not hold.
    """
    found = store.journal.find(named)
    execution, entries = store.journal.load(found), store.journal.entries(found)
    shas = dict.fromkeys(_shas(execution))
    verifications = tuple(record for record in map(store.verifications.of, shas) if record is not None)
    return Evidence(execution, entries, store.audit.of(found), store.audit.walk(), verifications)


def _shas(execution: Execution) -> Iterator[str]:
    for record in execution.records:
        yield from _shas_in(record.result)


def _shas_in(value: Any) -> Iterator[str]:
    if isinstance(value, str) and is_sha(value):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _shas_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _shas_in(inner)
