"""Asking a public address without any credential: what the probe of the site uses. Redirects are followed by hand and told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Redactor
from strideiq_console.providers.http import origins
from strideiq_console.providers.http.channel import MAX_BODY, BrokenBodyError, Exchange, exchange, open_client
from strideiq_console.providers.http.faults import Teller

MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """One answer. ``elapsed_ms`` is until the whole body of the last hop; ``redirects`` are the addresses passed through.

    ``tls_days`` are whole days until the certificate ends, None without TLS or in a simulated world. A body longer than the cap is
    cut there and ``truncated``.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed_ms: int
    redirects: tuple[str, ...] = ()
    tls_days: int | None = None
    truncated: bool = False


async def plain_get(
    url: str,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    timeout: float = 5.0,  # noqa: ASYNC109 - the deadline spans several requests and becomes a fault
    cap: int = MAX_BODY,
    clock: Clock,
) -> PlainAnswer:
    """Read an address within ``timeout`` seconds. OutsideError when nothing answers, ConfigurationError for a bad address."""
    tell = Teller("probe", Redactor())
    here = origins.parse(url)
    local = here.scheme == "http"
    passed: list[str] = []
    began = clock.monotonic()
    async with open_client(transport, timeout) as client:
        try:
            async with asyncio.timeout(timeout):
                while True:
                    request = client.build_request("GET", here, headers={"Accept": "application/json, */*;q=0.5"})
                    sent = await exchange(client, request, timeout=timeout, cap=cap, cut=True)
                    following = _following(here, sent)
                    if following is None:
                        break
                    passed.append(str(here))
                    fault = origins.url_fault(following, loopback=local)
                    if fault or len(passed) > MAX_REDIRECTS:
                        why = fault or f"more than {MAX_REDIRECTS} in a row"
                        raise tell.error(FaultKind.REFUSED, f"a redirect is not followed: {why}", "Check the site's redirects")
                    here = following
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise tell.of_exception(error, write=False) from error
        except BrokenBodyError as error:
            raise tell.error(FaultKind.MALFORMED, str(error), "Look at the site in a browser") from error
    elapsed = round((clock.monotonic() - began) * 1000)
    days = None if sent.certificate_ends is None else int((sent.certificate_ends - clock.wall()) // 86400)
    return PlainAnswer(sent.status, sent.headers, sent.body, elapsed, tuple(passed), days, sent.truncated)


def _following(here: httpx.URL, sent: Exchange) -> httpx.URL | None:
    """Return where a redirect leads, None when the answer is none."""
    if sent.status not in (301, 302, 303, 307, 308) or "location" not in sent.headers:
        return None
    return here.join(sent.headers["location"])
