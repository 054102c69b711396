"""One question to one name server: its hops, its refusals, and its answers as clean text."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

from strideiq_console.domain.untrusted import clean_line

if TYPE_CHECKING:
    import dns.asyncresolver
    import dns.resolver

MAX_HOPS = 8
MAX_VALUES = 50


class NoSuchNameError(Exception):
    """The server says that the name does not exist."""


class NoAnswerError(Exception):
    """The server cannot be asked, does not answer, or answers what cannot be used. The text is clean."""


class Question:
    """One question with all its hops, to one server."""

    def __init__(
        self,
        make: Callable[[tuple[str, int] | None], Awaitable[dns.asyncresolver.Resolver]],
        server: tuple[str, int] | None,
        timeout: float,
    ) -> None:
        self._make, self._server, self._timeout = make, server, timeout

    async def addresses(self, name: str, passed: list[str]) -> tuple[str, ...]:
        """Return the addresses of both families; ``passed`` collects the canonical names on the way."""
        outcomes = await asyncio.gather(self._followed(name, "A", passed), self._followed(name, "AAAA", []), return_exceptions=True)
        failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        for error in failed:
            if not isinstance(error, (NoAnswerError, NoSuchNameError)):
                raise error
        found = [address for one in outcomes if isinstance(one, tuple) for address in sorted(one, key=ipaddress.ip_address)]
        if failed and not found:
            # Without any address the doubt counts; some servers fail on one family alone, which is no doubt about the other.
            raise next((error for error in failed if isinstance(error, NoAnswerError)), failed[0])
        return tuple(found)[:MAX_VALUES]

    async def _followed(self, name: str, kind: str, passed: list[str]) -> tuple[str, ...]:
        """Follow CNAMEs that the server leaves to the one who asks; a loop is an error."""
        here, seen = name, {name.lower()}
        for _ in range(MAX_HOPS):
            answer = await self.answer(here, kind, passed)
            passed += _hops(answer)
            end = str(answer.canonical_name.to_text(omit_final_dot=True)).lower()
            if answer.rrset is not None or end == here.lower():
                return tuple(texts(answer))
            if end in seen:
                raise NoAnswerError("a CNAME loop: the name points back at itself")
            seen.add(end)
            here = end
        raise NoAnswerError(f"more than {MAX_HOPS} CNAMEs in a row")

    async def answer(self, name: str, kind: str, passed: list[str] | None = None) -> dns.resolver.Answer:
        """Ask once. The exceptions of this module say what came instead of an answer."""
        import dns.exception
        import dns.resolver

        try:
            resolver = await self._make(self._server)
            return await resolver.resolve(name, kind, search=False, raise_on_no_answer=False, lifetime=self._timeout)
        except dns.resolver.NXDOMAIN as error:
            if passed is not None:
                passed += _dangling(error)
            raise NoSuchNameError from error
        except dns.resolver.LifetimeTimeout as error:
            raise NoAnswerError("the name server does not answer in time") from error
        except dns.resolver.NoNameservers as error:
            raise NoAnswerError(_refusal(error)) from error
        except (dns.exception.DNSException, OSError, ValueError) as error:
            words = clean_line(str(error), limit=150) or type(error).__name__
            raise NoAnswerError(f"the name cannot be asked for: {words}") from error


def encoded(name: str) -> str:
    """Return a name in ASCII (IDNA 2008, as browsers do), with nothing that a DNS text would read as an escape."""
    import dns.exception
    import dns.name

    bare = name.strip().rstrip(".")
    if not bare or any(char in '\\"@/()$;' or char <= " " for char in bare):
        raise NoAnswerError("that is no name")
    try:
        return dns.name.from_text(bare, idna_codec=dns.name.IDNA_2008_Practical).to_text(omit_final_dot=True)
    except (dns.exception.DNSException, UnicodeError, ValueError) as error:
        raise NoAnswerError(f"that is no name: {clean_line(str(error), limit=120)}") from error


def texts(answer: dns.resolver.Answer) -> Iterator[str]:
    """Yield the records of an answer as clean text, names without their last dot."""
    for record in answer.rrset or ():
        text = record.to_text()
        yield clean_line(text.removesuffix(".") if answer.rdtype.name in ("CNAME", "NS") else text, limit=300)


def _hops(answer: dns.resolver.Answer) -> Iterator[str]:
    """Yield the names that an answer passed through, in order."""
    for rrset in answer.chaining_result.cnames:
        for record in rrset:
            yield clean_line(record.to_text().removesuffix("."), limit=255)


def _dangling(error: dns.resolver.NXDOMAIN) -> list[str]:
    """Return the names that led to one that does not exist: such a pointer is worth knowing."""
    import dns.exception

    try:
        last = error.canonical_name.to_text(omit_final_dot=True)
        asked = {str(name).rstrip(".").lower() for name in error.qnames()}  # type: ignore[no-untyped-call]
    except (TypeError, AttributeError, dns.exception.DNSException):
        return []
    return [clean_line(last, limit=255)] if last.lower() not in asked else []


def _refusal(error: dns.resolver.NoNameservers) -> str:
    """Say in a few words why no server gave an answer."""
    import dns.message

    tried: list[Any] = error.kwargs.get("errors", [])
    reasons = [entry[3] for entry in tried if len(entry) > 3]
    if any(isinstance(reason, dns.message.ChainTooLong) for reason in reasons):
        return "a CNAME loop, or a chain of names without end"
    words = next((reason for reason in reasons if isinstance(reason, str)), "")
    if words:
        return clean_line(f"the name server answers {words}", limit=100)
    kind = type(reasons[0]).__name__ if reasons else "nothing"
    return clean_line(f"the name server's answer cannot be used ({kind})", limit=100)
