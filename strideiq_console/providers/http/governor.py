"""The rate governor of one provider: how often it is asked, and when it is left alone (RELIABILITY rule 22)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.ports import Clock
from strideiq_console.providers.http.limits import LONGEST, Allowance, allowance
from strideiq_console.providers.http.pacing import Burst, Moment, Pace

RESERVE = 0.2
SHORT_WAIT = 5.0
HOUR = 3600.0
_MINUTE = 60.0
_LONGEST_SILENCE = 3600.0
_TRIAL = 30.0
"""How long the one request after a silence may take to be answered before another one is tried."""
_AGAIN = 0.5


class _Rank(IntEnum):
    STEADY = 0
    ASKED = 1
    URGENT = 2


_rank: ContextVar[_Rank] = ContextVar("whom_a_read_serves", default=_Rank.STEADY)


@contextmanager
def _ranked(rank: _Rank) -> Iterator[None]:
    token = _rank.set(max(rank, _rank.get()))
    try:
        yield
    finally:
        _rank.reset(token)


def urgent() -> AbstractContextManager[None]:
    """Mark the reads of this block, in this task, as serving a running execution: not paced, and they may use the reserve."""
    return _ranked(_Rank.URGENT)


def asked() -> AbstractContextManager[None]:
    """Mark the reads of this block, in this task, as asked for by the founder: not paced, but the reserve is not theirs."""
    return _ranked(_Rank.ASKED)


async def pause(clock: Clock, seconds: float) -> None:
    """Wait for so many seconds of the clock, or as many real ones where the clock stands still (a world turned by hand)."""
    if seconds <= 0:
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await clock.sleep(seconds)


@dataclass(frozen=True, slots=True)
class _Hold:
    """Why a request may not leave, for how many seconds, and after how many it is looked at again."""

    why: str
    seconds: float
    step: float


@dataclass(frozen=True, slots=True)
class _Silence:
    began: Moment
    seconds: float

    def left(self, now: Moment) -> float:
        return self.seconds - self.began.seconds_to(now)


class Governor:
    """One per provider. Writes go one at a time and ``write_spacing`` seconds apart; a hit limit silences everything until it ends.

    Steady reads use half of the limit at most in any ``window`` seconds (an hour where the limit is given without it, else as the
    answers' reset tells); reads within :meth:`urgent` or :func:`asked` are not paced. Below a reserve of 20 % all reads are shed
    but the urgent ones. ``bursts`` are further limits as (requests, seconds), for everybody. ``silence`` is how long a refusal
    that names no time counts. Limits are counted per account (a token's fingerprint), silence, bursts and spacing per provider.
    """

    def __init__(
        self,
        provider: str,
        clock: Clock,
        *,
        limit: int | None = None,
        window: float | None = None,
        write_spacing: float = 1.0,
        silence: float = 60.0,
        bursts: Iterable[tuple[int, float]] = (),
    ) -> None:
        self._provider = provider
        self._clock = clock
        self._limit = limit
        self._window = window or (HOUR if limit else None)
        self._longest_seen = _MINUTE
        self._spacing = write_spacing
        self._silence = silence
        self._bursts = tuple(Burst(count, seconds) for count, seconds in bursts)
        self._writing = asyncio.Lock()
        self._last_write: Moment | None = None
        self._heard: dict[str, tuple[Allowance, Moment]] = {}
        self._paces: dict[str, Pace] = {}
        self._silent: _Silence | None = None
        self._trial: Moment | None = None
        self._strikes = 0

    def budget(self) -> RateBudget:
        """Return the tightest budget that was heard and is still current."""
        known = [a for account in self._heard if (a := self._current(account)) is not None]
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
        rank = _Rank.URGENT if write else _rank.get()
        waited = 0.0
        while True:
            now = Moment.of(self._clock)
            hold = self._hold(account, rank, now)
            if hold is None:
                break
            if waited + hold.seconds > SHORT_WAIT:
                raise self._refusal(hold.why, now.at + timedelta(seconds=hold.seconds), write=write)
            waited += hold.step
            await pause(self._clock, hold.step)
        if self._silent is not None:
            self._trial = now
        for burst in self._bursts:
            burst.take(now)
        pace = self._pace(account, now)
        if pace is not None:
            pace.take(now)

    def heard(self, account: str, headers: Mapping[str, str], *, answered: bool) -> None:
        """Remember what an answer says of the limit. ``answered`` is true for one that was not a limit itself."""
        now = Moment.of(self._clock)
        known = allowance(headers, now.at)
        if known is not None:
            self._heard[account] = (known, now)
            if known.resets is not None:
                self._longest_seen = min(max(self._longest_seen, (known.resets - now.at).total_seconds()), HOUR)
        if answered and (self._silent is None or self._silent.left(now) <= 0):
            # An answer that comes in a silence was asked for before it, and says nothing about its end.
            self._silent = self._trial = None
            self._strikes = 0

    def limited(self, wait: float | None) -> datetime:
        """Keep silent as long as was asked, or ``silence`` seconds where nothing was; return until when.

        Refused again at the end of a silence, the next one is at least twice as long. What was under way when a silence began may
        be refused too: that makes it no longer, unless a longer wait is named.
        """
        now = Moment.of(self._clock)
        left = self._silent.left(now) if self._silent is not None else 0.0
        if left > 0:
            seconds = max(left, wait or 0.0)
        else:
            grown = min(self._silence * 2.0**self._strikes, _LONGEST_SILENCE)
            seconds = grown if wait is None else max(wait, 1.0, grown if self._strikes else 0.0)
            self._strikes = min(self._strikes + 1, 12)
            self._trial = None
        seconds = min(seconds, LONGEST.total_seconds())
        self._silent = _Silence(now, seconds)
        return now.at + timedelta(seconds=seconds)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Hold the one place for writes, entered no sooner than the spacing after the last write ended."""
        async with self._writing:
            if self._last_write is not None:
                await pause(self._clock, self._spacing - self._last_write.seconds_to(Moment.of(self._clock)))
            try:
                yield
            finally:
                self._last_write = Moment.of(self._clock)

    def _hold(self, account: str, rank: _Rank, now: Moment) -> _Hold | None:
        """Return what keeps a request of this rank from leaving, None when nothing does."""
        return self._held_by_silence(now) or self._held_by_figures(account, rank) or self._held_by_pace(account, rank, now)

    def _held_by_silence(self, now: Moment) -> _Hold | None:
        if self._silent is None:
            return None
        left = self._silent.left(now)
        if left > 0:
            return _Hold("asked for a pause", left, left)
        if self._trial is not None and self._trial.seconds_to(now) < _TRIAL:
            # One request finds out whether the silence was long enough; a herd would be refused as a herd.
            return _Hold("asked for a pause, and whether that is over is being tried", _AGAIN, _AGAIN)
        return None

    def _held_by_figures(self, account: str, rank: _Rank) -> _Hold | None:
        known = self._current(account)
        if known is None:
            return None
        left = self._seconds_left(account)
        if known.remaining <= 0:
            return _Hold("the request limit is used up", left, left)
        limit = known.limit or self._limit
        if rank < _Rank.URGENT and limit and known.remaining < RESERVE * limit:
            words = f"{known.remaining} of {limit} requests are left, kept for running workflows"
            return _Hold(words, left, left)
        return None

    def _held_by_pace(self, account: str, rank: _Rank, now: Moment) -> _Hold | None:
        wait = max((burst.wait(now) for burst in self._bursts), default=0.0)
        if wait > 0:
            return _Hold("too many requests at once", wait, wait)
        pace = self._pace(account, now) if rank is _Rank.STEADY else None
        if pace is not None and (wait := pace.wait(now)) > 0:
            return _Hold("half of the request limit is used by steady reads", wait, wait)
        return None

    def _pace(self, account: str, now: Moment) -> Pace | None:
        """Return the account's pace by the newest figures; None while no limit is known."""
        known = self._heard.get(account)
        limit = (known[0].limit if known is not None else None) or self._limit
        if not limit:
            return None
        window = self._window or self._longest_seen
        pace = self._paces.get(account)
        if pace is None:
            pace = self._paces[account] = Pace(limit, window, now)
        pace.adapt(limit, window)
        return pace

    def _current(self, account: str) -> Allowance | None:
        known, _ = self._heard.get(account, (None, None))
        return known if known is not None and self._seconds_left(account) > 0 else None

    def _seconds_left(self, account: str) -> float:
        """Return for how long an account's figures mean something: until the reset, or for a minute where none was named."""
        known, when = self._heard[account]
        lasts = (known.resets - known.heard).total_seconds() if known.resets is not None else _MINUTE
        return lasts - when.seconds_to(Moment.of(self._clock))

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
