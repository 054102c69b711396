"""Railway's variables: names, and keyed digests of the values of exactly those that are asked for (R77-R79)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.variable import ValueDigest, Variable
from strideiq_console.providers.railway.graphql import KEPT, ask, fault
from strideiq_console.providers.railway.mapping import utc
from strideiq_console.providers.railway.topology import API, Place
from strideiq_console.providers.railway.wire import SOURCE
from strideiq_console.providers.railway.wire_project import WireVariable, WireVariableNames, WireVariableValues

PAGE = 200
PAGES = 10
KEY = 16
# "<your-key>" anywhere, an ellipsis, and words that templates hold where a value should stand.
_PLACEHOLDER = re.compile(
    r"<[^<>@]{1,80}>|\.\.\.|…|\A\s*\Z|\A(?:change[-_ ]?me|replace[-_ ]?me|to-?do|fix-?me|xxx+|your[-_ ].{0,60})\Z", re.IGNORECASE
)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?")


class Variables:
    """Reads names for everything, and values for nothing but :meth:`digests`."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def names(self, environment: str) -> tuple[Variable, ...]:
        """Return the variables of every service and the shared ones, by name; values do not cross the wire.

        OutsideError (INCOMPLETE) when there are more than 2,000: a list that lacks names would call them absent.
        """
        asked: dict[str, Any] = {
            "environmentId": await self._place.environment_id(environment),
            "projectId": self._place.project,
            "first": PAGE,
        }
        client, what = self._place.client(environment), f"variables of {environment}"
        found: list[WireVariable] = []
        for _ in range(PAGES):
            page = (await ask(client, "variable_names", "VariableNames", asked, what, WireVariableNames)).environment.variables
            found += [edge.node for edge in page.edges]
            if not page.page_info.has_next_page:
                return tuple([await self._variable(wire, environment) for wire in found])
            cursor = page.page_info.end_cursor
            if not cursor or not page.edges or cursor == asked.get("after"):
                break
            asked["after"] = cursor
        raise fault(FaultKind.INCOMPLETE, f"only {len(found)} {what} came, there are more", KEPT, "Look in the browser")

    async def digests(self, environment: str, names: Collection[str], key: bytes) -> tuple[ValueDigest, ...]:
        """Return HMAC-SHA256 digests of the API's values of ``names``, in their order, without a request for no names.

        Railway's API has no way to read one value: it answers all of the service, rendered. Those that nobody asked for are not
        looked at, and all are dropped here. A sealed, missing or untyped value has no digest. ``key`` has at least 16 bytes.
        """
        if len(key) < KEY:
            raise ValueError(f"the key has fewer than {KEY} bytes")
        if not names:
            return ()
        environment_id, service_id = await self._place.ids(environment)
        asked = {"projectId": self._place.project, "environmentId": environment_id, "serviceId": service_id}
        refused: Fault | None = None
        try:
            client, what = self._place.client(environment), f"values of {environment}"
            answer = await ask(client, "variables_with_values", "VariablesWithValues", asked, what, WireVariableValues)
            return tuple(_digest(name, answer.variables.get(name), environment, key) for name in names)
        except OutsideError as error:
            refused = _without_words(error.fault, environment)
        # Raised out here, so that the error holds no frame in which values still live.
        raise OutsideError(refused)

    async def _variable(self, wire: WireVariable, environment: str) -> Variable:
        component = None if wire.service_id is None else await self._place.component_of(wire.service_id) or "unknown"
        return Variable(
            clean_line(wire.name, limit=250),
            environment,
            SOURCE,
            component,
            wire.is_sealed,
            updated_at=utc(wire.updated_at),
        )


def is_placeholder(value: str) -> bool:
    """Say whether a value is one of a template, or empty (R79)."""
    return _PLACEHOLDER.search(value.strip()) is not None


def host_of(value: str) -> str | None:
    """Return the host name of a value that is an address, without user, port and path; None for every other value."""
    if "://" not in value:
        return None
    try:
        name = (urlsplit(value.strip()).hostname or "").lower()
    except ValueError:
        return None
    return name if _HOST.fullmatch(name) else None


def _digest(name: str, value: Any, environment: str, key: bytes) -> ValueDigest:
    shown = clean_line(name, limit=250)
    if not isinstance(value, str):
        return ValueDigest(shown, environment, SOURCE, None, API)
    made = hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return ValueDigest(shown, environment, SOURCE, made, API, is_placeholder(value), host_of(value))


def _without_words(found: Fault, environment: str) -> Fault:
    """Return a malformed fault without what the decoder quoted, as that could be a value."""
    if found.kind is not FaultKind.MALFORMED:
        return found
    cause = f"Railway: the values of {environment} came in a shape the console does not know"
    return Fault(found.kind, SOURCE, cause, found.consequence, found.next_step)
