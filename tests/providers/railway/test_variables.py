"""Railway: names without values, and digests of exactly the values that are asked for."""

from __future__ import annotations

import hashlib
import hmac
import traceback
from typing import Any

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.providers.railway.variables import host_of, is_placeholder
from tests.providers.railway.examples import page, variable
from tests.providers.railway.fake import FakeRailway, operations, railway, refusal
from tests.providers.railway.places import DATABASE, PRODUCTION, PROJECT, SERVICE

KEY = b"k" * 32
VALUE = "postgresql://user:pl4nted-password@postgres.railway.internal:5432/railway"


async def test_names_of_all_services_come_page_by_page() -> None:
    pages = [
        page([variable("SECRET_KEY", sealed=True), variable("PGHOST", DATABASE)], {"hasNextPage": True, "endCursor": "c1"}),
        page([variable("SHARED", None), variable("OLD", "gone")]),
    ]

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        return {"environment": {"id": PRODUCTION, "name": "production", "variables": pages[1 if asked.get("after") == "c1" else 0]}}

    port, wire = railway(FakeRailway(VariableNames=answer))
    found = await port.variables("production")
    assert [(v.name, v.component, v.sealed) for v in found] == [
        ("SECRET_KEY", "api", True),
        ("PGHOST", "database", False),
        ("SHARED", None, False),
        ("OLD", "unknown", False),
    ]
    assert operations(wire) == ["ProjectTopology", "VariableNames", "VariableNames"]
    assert "VariablesWithValues" not in " ".join(call.body["query"] for call in wire.calls)


@pytest.mark.parametrize("cursor", ["same", None])
async def test_an_endless_list_of_names_is_incomplete(cursor: str | None) -> None:
    endless = {"environment": {"variables": page([variable("A")], {"hasNextPage": True, "endCursor": cursor})}}
    port, wire = railway(FakeRailway(VariableNames=endless))
    with pytest.raises(OutsideError) as caught:
        await port.variables("production")
    assert caught.value.fault.kind is FaultKind.INCOMPLETE
    assert len(wire.calls) <= 3


async def test_digests_are_keyed_and_hold_no_value() -> None:
    values = {"DATABASE_URL": VALUE, "SECRET_KEY": "<your-key>", "OTHER": "never asked", "NUMBER": 7}
    port, wire = railway(FakeRailway(VariablesWithValues={"variables": values}))
    found = await port.digests("production", ["DATABASE_URL", "SECRET_KEY", "ABSENT", "NUMBER"], KEY)
    url, placeholder, absent, number = found
    assert url.digest == hmac.new(KEY, VALUE.encode(), hashlib.sha256).hexdigest()
    assert (url.host, url.placeholder, url.component) == ("postgres.railway.internal", False, "api")
    assert (placeholder.placeholder, placeholder.host) == (True, None)
    assert (absent.digest, number.digest) == (None, None)
    assert [d.name for d in found] == ["DATABASE_URL", "SECRET_KEY", "ABSENT", "NUMBER"]
    assert "pl4nted" not in repr(found)
    assert wire.calls[-1].body["variables"] == {"projectId": PROJECT, "environmentId": PRODUCTION, "serviceId": SERVICE}
    other = (await port.digests("production", ["DATABASE_URL"], b"o" * 32))[0]
    assert other.digest != url.digest


async def test_no_names_means_no_request_and_a_short_key_is_refused() -> None:
    port, wire = railway(FakeRailway())
    assert await port.digests("production", [], KEY) == ()
    with pytest.raises(ValueError, match="16 bytes"):
        await port.digests("production", ["A"], b"short")
    assert wire.calls == []


@pytest.mark.parametrize(
    "answer",
    [
        {"variables": VALUE},
        {"variables": [VALUE]},
        refusal("Not Authorized", data={"variables": {"DATABASE_URL": VALUE}}),
        refusal("a late error", data={"variables": {"DATABASE_URL": VALUE}}),
    ],
)
async def test_a_failure_carries_no_value_in_its_words_or_its_frames(answer: dict[str, Any]) -> None:
    port, _ = railway(FakeRailway(VariablesWithValues=answer))
    with pytest.raises(OutsideError) as caught:
        await port.digests("production", ["DATABASE_URL"], KEY)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    own = [frame for frame in told.stack if "strideiq_console" in frame.filename]
    assert own
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "pl4nted" not in caught.value.sentence() + "".join(str(frame.locals) for frame in own)


@pytest.mark.parametrize(
    ("value", "placeholder"),
    [
        ("<your key>", True),
        ("postgresql://user:<password>@host/db", True),
        ("sk-...", True),
        ("…", True),
        ("", True),
        ("  ", True),
        ("CHANGE_ME", True),
        ("changeme", True),
        ("xxxx", True),
        ("your-api-key", True),
        ("todo", True),
        ("StrideIQ <noreply@strideiq.run>", False),
        ("https://api.strideiq.run", False),
        ("a < b", False),
        ("todos", False),
        ("info", False),
    ],
)
def test_placeholders(value: str, placeholder: bool) -> None:
    assert is_placeholder(value) is placeholder


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("https://API.strideiq.run/v1?x=1", "api.strideiq.run"),
        ("redis://:pw@redis.railway.internal:6379", "redis.railway.internal"),
        ("https://a.run,https://b.run", None),
        ("api.strideiq.run", None),
        ("http://[broken", None),
        ("https://", None),
        ("https://\x1bx/", None),
        ("just text", None),
    ],
)
def test_hosts(value: str, host: str | None) -> None:
    assert host_of(value) == host
