"""The rate governor of one provider: how often it is asked, and when it is left alone (RELIABILITY rule 22)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime, timedelta

from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.ports import Clock
from strideiq_console.providers.http.limits import LONGEST, Allowance, allowance

RESERVE = 0.2
SHORT_WAIT = 5.0
_SECONDARY = 60.0
_urgent: ContextVar[bool] = ContextVar("serves_a_running_execution", default=False)


@contextmanager
def urgent() -> Iterator[None]:
    """Mark the reads of this block, in this task, as serving a running execution: they may use the reserve."""
    token = _urgent.set(True)
    try:
        yield
    finally:
        _urgent.reset(token)


async def pause(clock: Clock, seconds: float) -> None:
    """Wait for so many seconds of the clock, or as many real ones where the clock stands still (a world turned by hand)."""
    if seconds <= 0:
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await clock.sleep(seconds)


class Governor:
    """One per provider. Writes go one at a time and ``write_spacing`` seconds apart; a hit limit silences everything until it ends.

    Below a reserve of 20 % reads are shed, except within :meth:`urgent`. Limits are counted per account (a token's fingerprint),
    silence and spacing per provider.
    """

    def __init__(self, provider: str, clock: Clock, *, limit: int | None = None, write_spacing: float = 1.0) -> None:
        self._provider = provider
        self._clock = clock
        self._limit = limit
        self._spacing = write_spacing
        self._writing = asyncio.Lock()
        self._last_write: tuple[datetime, float] | None = None
        self._allowances: dict[str, Allowance] = {}
        self._silent_until: datetime | None = None
        self._strikes = 0

    def budget(self) -> RateBudget:
        """Return the tightest budget that was heard and is still current."""
        now = self._clock.now()
        known = [a for a in self._allowances.values() if a.current(now)]
        if not known:
            return RateBudget(self._provider, None, self._limit)
        tightest = min(known, key=lambda a: a.remaining / (a.limit or self._limit or 5000))
        return RateBudget(self._provider, tightest.remaining, tightest.limit or self._limit)

    @staticmethod
    def urgent() -> AbstractContextManager[None]:
        """Return the block that lets reads use the reserve; see :func:`urgent`."""
        return urgent()

    async def admit(self, account: str, *, write: bool) -> None:
        """Return when a request may leave. OutsideError (rate limited, with ``retry_at``) when that is not soon."""
        now = self._clock.now()
        if self._silent_until is not None and now < self._silent_until:
            wait = (self._silent_until - now).total_seconds()
            if wait > SHORT_WAIT:
                raise self._refusal("asked for a pause", self._silent_until, write=write)
            await pause(self._clock, wait)
        known = self._allowances.get(account)
        now = self._clock.now()
        if known is None or not known.current(now):
            return
        until = known.resets or now + timedelta(seconds=_SECONDARY)
        if known.remaining <= 0:
            raise self._refusal("the request limit is used up", until, write=write)
        limit = known.limit or self._limit
        if not write and not _urgent.get() and limit and known.remaining < RESERVE * limit:
            left = f"{known.remaining} of {limit} requests are left, kept for running workflows"
            raise self._refusal(left, until, write=False)

    def heard(self, account: str, headers: Mapping[str, str], *, answered: bool) -> None:
        """Remember what an answer says of the limit. ``answered`` is true for one that was not a limit itself."""
        known = allowance(headers, self._clock.now())
        if known is not None:
            self._allowances[account] = known
        if answered:
            self._strikes = 0

    def limited(self, wait: float | None) -> datetime:
        """Keep silent for ``wait`` seconds, or 60 s and doubling where the answer named none; return until when."""
        if wait is None:
            wait = min(_SECONDARY * 2.0**self._strikes, 3600.0)
            self._strikes += 1
        until = self._clock.now() + min(timedelta(seconds=wait), LONGEST)
        if self._silent_until is None or until > self._silent_until:
            self._silent_until = until
        return until

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Hold the one place for writes, entered no sooner than the spacing after the last write ended."""
        async with self._writing:
            if self._last_write is not None:
                now, monotonic = self._last_write
                passed = max((self._clock.now() - now).total_seconds(), self._clock.monotonic() - monotonic)
                await pause(self._clock, self._spacing - passed)
            try:
                yield
            finally:
                self._last_write = (self._clock.now(), self._clock.monotonic())

    def _refusal(self, why: str, until: datetime, *, write: bool) -> OutsideError:
        fault = Fault(
            FaultKind.RATE_LIMITED,
            self._provider,
            f"{self._provider}: {why}",
            "Nothing was changed" if write else "The last known values stay, with their age",
            f"Wait until {until:%H:%M:%S} UTC; it goes on by itself",
            retry_at=until,
        )
        return OutsideError(fault, known_not_done=write)
