"""Earlier readings of a metrics page, kept in memory: a counter's rate is the difference of two."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from strideiq_console.providers.prometheus.page import Page
from strideiq_console.providers.prometheus.tally import Counted

KEPT = 64
PROCESSES = 16
Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """The counters of one reading."""

    at: datetime
    counters: Mapping[Key, float]


@dataclass(frozen=True, slots=True)
class Change:
    """How far counters went. ``window`` is the time that they are counted over (None: not known), ``note`` since when.

    ``alone`` is false when several worker processes answer in turn and each tells its own numbers only.
    """

    items: tuple[Counted, ...]
    window: timedelta | None
    note: str
    alone: bool = True


class Memory:
    """Readings per process: each worker of an API counts for itself, and a new process begins at zero."""

    def __init__(self) -> None:
        self._seen: dict[float | None, deque[Seen]] = {}
        self._alone = True

    def compare(self, page: Page, counters: frozenset[str], at: datetime, window: timedelta) -> Change:
        """Return what happened in about the last ``window`` and keep this reading for the next.

        Compared is with the newest reading that is at least ``window`` old, else with the oldest there is. Without one, and after
        the counters began again, they are counted since their process began.
        """
        items = [item for item in page.samples if item.labels["__name__"] in counters and item.value is not None]
        now = Seen(at, {_key(item): item.value for item in items if item.value is not None})
        before = self._of_process(page.started, at, window, now)
        self._keep(page.started, now, window)
        if before is None:
            return Change(tuple(items), _since(page.started, at), "since the process began", self._alone)
        changed = tuple(Counted(i.labels, now.counters[_key(i)] - before.counters.get(_key(i), 0.0)) for i in items)
        return Change(changed, at - before.at, "", self._alone)

    def _of_process(self, started: float | None, at: datetime, window: timedelta, now: Seen) -> Seen | None:
        newest = max((begun for begun in self._seen if begun is not None), default=None)
        if started is not None and newest is not None and started < newest:
            self._alone = False  # an older process than one that answered before: both are alive
        kept = self._seen.get(started)
        if not kept:
            return None
        if any(now.counters.get(key, value) < value for key, value in kept[-1].counters.items()):
            kept.clear()  # a counter fell: the process began anew without saying so
            return None
        earlier = [seen for seen in kept if seen.at < at]
        old_enough = [seen for seen in earlier if seen.at <= at - window]
        return old_enough[-1] if old_enough else (earlier[0] if earlier else None)

    def _keep(self, started: float | None, now: Seen, window: timedelta) -> None:
        kept = self._seen.pop(started, None) or deque(maxlen=KEPT)
        if not kept or now.at - kept[-1].at >= window / (KEPT // 2):
            kept.append(now)
        self._seen[started] = kept  # last in the order of the dictionary: the one that answered last
        while len(self._seen) > PROCESSES:
            del self._seen[next(iter(self._seen))]


def _key(item: Counted) -> Key:
    return tuple(sorted(item.labels.items()))


def _since(started: float | None, at: datetime) -> timedelta | None:
    if started is None:
        return None
    try:
        age = at - datetime.fromtimestamp(started, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return age if age > timedelta(0) else None
