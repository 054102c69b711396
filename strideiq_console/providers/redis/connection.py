"""One connection for each look, closed after it: only commands that read are ever sent, and the whole look has a deadline."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.providers.redis import faults
from strideiq_console.providers.redis.url import SOURCE, Address

if TYPE_CHECKING:
    from redis.asyncio import Redis as Client

T = TypeVar("T")

READS = frozenset({"PING", "INFO", "CONFIG GET", "LLEN", "SMEMBERS", "SCARD", "HLEN", "SCAN", "PUBSUB NUMPAT"})
"""Every command that may be sent beside those of the connection itself (AUTH, SELECT)."""


class Line:
    """A standing connection. Faults of single commands are told apart by :meth:`ask` and :meth:`ask_if_allowed`."""

    def __init__(self, client: Client, address: Address, seconds: float) -> None:
        self._client = client
        self._address = address
        self._seconds = seconds

    async def ask(self, command: str, *arguments: str | int) -> Any:
        """Send one reading command; OutsideError for whatever goes wrong."""
        if command not in READS:
            raise ValueError(f"{command} is no command that only reads")
        from redis import exceptions

        try:
            answer: Any = await self._client.execute_command(command, *arguments)  # type: ignore[no-untyped-call]
        except (exceptions.RedisError, OSError) as error:
            raise faults.of_exception(error, self._address.redact, self._seconds, tls=self._address.tls) from None
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RecursionError,
        ) as error:  # the client's reading of a strange answer
            raise faults.strange(command) from error
        return answer

    async def count(self, command: str, key: str) -> int:
        """Send a command that counts; OutsideError (MALFORMED) when the answer is no count."""
        answer = await self.ask(command, key)
        if type(answer) is not int or answer < 0:
            raise faults.strange(command)
        return answer

    async def ask_if_allowed(self, command: str, *arguments: str | int) -> Any | None:
        """As :meth:`ask`; None where the server or its access rules refuse this one command, which many hosts do."""
        try:
            return await self.ask(command, *arguments)
        except OutsideError as error:
            if error.fault.kind in (FaultKind.FORBIDDEN, FaultKind.REFUSED):
                return None
            raise


async def look(address: Address, seconds: float, work: Callable[[Line], Awaitable[T]]) -> T:
    """Connect, run ``work`` within ``seconds`` in all, and close. OutsideError for the outside's faults."""
    client = _client(address, seconds)
    try:
        async with asyncio.timeout(seconds):
            return await work(Line(client, address, seconds))
    except TimeoutError:
        raise faults.too_slow(seconds, tls=address.tls) from None
    finally:
        with suppress(Exception):  # nothing that goes wrong with closing matters any more
            async with asyncio.timeout(1.0):
                await client.aclose()


def _client(address: Address, seconds: float) -> Client:
    try:
        from redis.asyncio import Redis as Client
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff
        from redis.maint_notifications import MaintNotificationsConfig
    except ImportError as error:
        raise OutsideError(
            Fault(
                FaultKind.NOT_CONFIGURED,
                SOURCE,
                "Redis: its client is not installed",
                "The broker is not looked at",
                "Run: pip install 'strideiq-console[redis]'",
            )
        ) from error
    words: dict[str, Any] = {"host": address.host, "port": address.port}
    if address.path:
        words = {"unix_socket_path": address.path}
    elif address.tls:
        words |= {"ssl": True, "ssl_ca_certs": address.authorities, "ssl_min_version": ssl.TLSVersion.TLSv1_2}
    return Client(
        **words,
        db=address.database,
        username=address.user,
        password=address.password.reveal() if address.password else None,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
        single_connection_client=True,
        protocol=2,  # no HELLO, no push messages; with the next lines nothing is sent that was not asked for
        driver_info=None,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
