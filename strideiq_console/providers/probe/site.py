"""What a visitor can see of a site's safety: redirects to https, headers, CORS, cookies, rate limit, certificate (R112, R113).

Each address is asked once per look, without credential or cookie. What does not come from the site itself (a portal, a sign-in in
front, a dead connection) is unknown and says so: it neither passes nor fails a check.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.policy.cross_site import STRANGER, judge_cookies, judge_preflight
from strideiq_console.domain.policy.security import judge_headers, judge_rate_limit
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.reading import Level
from strideiq_console.domain.site import CERTIFICATE, COOKIES, CORS, HEADERS, HTTPS, RATE_LIMIT, WWW, SiteReport, SiteTarget
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import PlainAnswer, Transport, origin_of, plain_ask
from strideiq_console.providers.probe.health import CAP, TLS_WARNING_DAYS, foreign_host, host_of
from strideiq_console.providers.probe.redirects import judge_plain, judge_www

_HOPS = 5
_NONE: Mapping[str, str] = MappingProxyType({})


class SiteProber:
    """Implements ``domain.site.SiteProbe``. Each address is asked within ``timeout`` seconds, redirects included.

    ConfigurationError only for an address that may not be asked.
    """

    def __init__(self, *, clock: Clock, transport: Transport | None = None, timeout: float = 5.0) -> None:
        self._clock = clock
        self._transport = transport
        self._timeout = timeout

    async def site(self, target: SiteTarget) -> SiteReport:
        """Make every check that the target names, one request after the other."""
        found: list[Finding] = []
        for url in target.secure:
            found += [await self.https(url), await self.certificate(url)]
        for url in target.pages:
            found += await self.headers(url)
        if target.preflight:
            for origin in dict.fromkeys((STRANGER, *target.strangers)):
                found.append(await self.cors(target.preflight, origin=origin))
        found += await self.cookies(target.login) if target.login else ()
        found += [await self.rate_limit(target.limited)] if target.limited else []
        found += [await self.www(target.www, target.apex)] if target.www and target.apex else []
        return SiteReport(target.environment, tuple(found), self._clock.now())

    async def https(self, url: str) -> Finding:
        """Ask the address's host over plain http and see whether that leads to https."""
        origin_of(url)  # a configured address that may not be asked is the configuration's fault, not the network's
        host = host_of(url)
        if host == "localhost" or host.startswith("127.") or host == "::1":
            return Finding(HTTPS, clean_line(url, limit=200), None, "this machine's own address needs no https")
        here, passed = f"http://[{host}]/" if ":" in host else f"http://{host}/", 0
        try:
            while True:
                answer = await self._ask(here, unencrypted=True)
                onward = answer.location
                if not _is_plain_hop(url, onward) or passed == _HOPS:
                    break
                here, passed = onward, passed + 1
            own = await self._answers(url) if 200 <= answer.status < 300 else False
        except OutsideError as error:
            return _silent(HTTPS, here, error)
        return judge_plain(url, answer, passed=passed, own=own)

    async def certificate(self, url: str) -> Finding:
        """Say how long the certificate of an https address is still valid."""
        shown = clean_line(url, limit=200)
        try:
            answer = await self._ask(url, method="HEAD", follow=False)
        except OutsideError as error:
            return _silent(CERTIFICATE, url, error)
        days = answer.tls_days
        if days is None:
            return Finding(CERTIFICATE, shown, None, "there is no certificate to look at")
        if days < TLS_WARNING_DAYS:
            step = (
                "Look at the domain in the provider's dashboard: it renews by itself 30 days before, unless DNS stands in the way"
            )
            return Finding(CERTIFICATE, shown, Level.WARNING, f"the certificate ends in {days} d", step)
        return Finding(CERTIFICATE, shown, Level.OK, f"valid for {days} d")

    async def headers(self, url: str) -> tuple[Finding, ...]:
        """Compare the headers of the page that the address leads to with the document's five."""
        try:
            answer = await self._ask(url)
        except OutsideError as error:
            return (_silent(HEADERS, url, error),)
        doubt = _doubt(url, answer)
        if doubt is not None:
            return (Finding(HEADERS, clean_line(url, limit=200), Level.UNKNOWN, *doubt),)
        return judge_headers(answer.pairs, answer.url)

    async def cors(self, url: str, *, origin: str = STRANGER) -> Finding:
        """Send one preflight from an origin that has no business here; redirects are not followed, as browsers do not either."""
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        try:
            answer = await self._ask(url, method="OPTIONS", headers=asked, follow=False)
        except OutsideError as error:
            return _silent(CORS, url, error)
        if _is_page(answer) and 200 <= answer.status < 300 and "access-control-allow-origin" not in answer.headers:
            return Finding(CORS, clean_line(url, limit=200), Level.UNKNOWN, "a web page answers the preflight (a portal?)", _PORTAL)
        return judge_preflight(answer.pairs, answer.status, origin, url)

    async def cookies(self, url: str) -> tuple[Finding, ...]:
        """Read the flags of the cookies that a page sets; their values are never kept."""
        try:
            answer = await self._ask(url)
        except OutsideError as error:
            return (_silent(COOKIES, url, error),)
        doubt = _doubt(url, answer)
        if doubt is not None:
            return (Finding(COOKIES, clean_line(url, limit=200), Level.UNKNOWN, *doubt),)
        return judge_cookies(answer.pairs, url)

    async def rate_limit(self, url: str) -> Finding:
        """Ask once an address that is not exempt from the rate limit, and look for the limit's header."""
        try:
            answer = await self._ask(url)
        except OutsideError as error:
            return _silent(RATE_LIMIT, url, error)
        foreign = foreign_host(url, (*answer.redirects, answer.url))
        if foreign or (_is_page(answer) and 200 <= answer.status < 300):
            what = f"redirected to {foreign}" if foreign else "a web page instead of the API"
            return Finding(RATE_LIMIT, clean_line(url, limit=200), Level.UNKNOWN, f"{what} (a portal?)", _PORTAL)
        return judge_rate_limit(answer.pairs, answer.status, url)

    async def www(self, url: str, apex: str) -> Finding:
        """See whether the www address leads to the apex for good (301 or 308)."""
        try:
            return judge_www(url, apex, await self._ask(url, follow=False))
        except OutsideError as error:
            return _silent(WWW, url, error)

    async def _answers(self, url: str) -> bool:
        """Say whether the https address answers by itself now, so that no portal is between."""
        try:
            answer = await self._ask(url)
        except OutsideError:
            # The answer to the question, not a fault: nothing verified came from the site.
            return False
        return not foreign_host(url, (*answer.redirects, answer.url))

    async def _ask(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] = _NONE, follow: bool = True, unencrypted: bool = False
    ) -> PlainAnswer:
        return await plain_ask(
            url,
            method=method,
            headers=headers,
            follow=follow,
            unencrypted=unencrypted,
            transport=self._transport,
            timeout=self._timeout,
            cap=CAP,
            clock=self._clock,
        )


_PORTAL = "Sign in to the network if it asks for it, then look again"


def _is_plain_hop(url: str, onward: str) -> bool:
    """Say whether a redirect leads over plain http to the same site, so that it can be followed."""
    return onward.startswith("http://") and "@" not in onward and not foreign_host(url, (onward,)) and bool(host_of(onward))


def _is_page(answer: PlainAnswer) -> bool:
    return "html" in answer.headers.get("content-type", "").lower() or answer.body.lstrip()[:1] == b"<"


def _doubt(url: str, answer: PlainAnswer) -> tuple[str, str] | None:
    """Return why an answer says nothing about the page itself, with the next step; None when it does."""
    foreign = foreign_host(url, (*answer.redirects, answer.url))
    if foreign:
        return f"redirected to {foreign} (a sign-in page or a portal?)", _PORTAL
    if answer.status == 511:
        return "the network asks for a sign-in (511)", _PORTAL
    if answer.status in (401, 403):
        return f"asks for a sign-in ({answer.status}): what is behind cannot be seen", "Set an address that is open to visitors"
    if not 200 <= answer.status < 300:
        return f"answers {answer.status} instead of the page", "Set an address that has a page, or see what is wrong with the site"
    return None


def _silent(check: str, url: str, error: OutsideError) -> Finding:
    """Return the finding for an address that gave no usable answer: unknown, but for what the site itself broke."""
    cause = clean_line(error.fault.cause.removeprefix("the probe: "), limit=300)
    expired = error.fault.kind is FaultKind.TLS and "expired" in cause.lower()
    broken = error.fault.kind is FaultKind.REFUSED
    level = Level.CRITICAL if expired or broken else Level.UNKNOWN
    return Finding(check, clean_line(url, limit=200), level, cause, error.fault.next_step)
