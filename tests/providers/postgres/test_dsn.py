"""Connection strings: what is kept, where TLS is demanded, and that nothing of them is ever repeated."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.postgres.dsn import read_dsn
from tests.providers.postgres.conftest import Make


@pytest.mark.parametrize(
    ("dsn", "environ", "sslmode"),
    [
        ("postgresql://u:p@db.example/app", {}, "require"),
        ("postgres://u:p@10.0.0.7/app", {}, "require"),
        ("postgresql+asyncpg://u:p@db.example/app", {}, "require"),
        ("host=db.example user=u", {}, "require"),
        ("hostaddr=192.0.2.1 user=u", {}, "require"),
        ("host=127.0.0.1,db.example user=u", {}, "require"),
        ("user=u", {"PGHOST": "db.example"}, "require"),
        ("postgresql://u:p@db.example/app?sslmode=verify-full", {}, "verify-full"),
        ("postgresql://u:p@db.example/app?sslmode=disable", {}, "disable"),
        ("postgresql://u:p@db.example/app", {"PGSSLMODE": "verify-full"}, None),
        ("postgresql://u:p@db.example/app", {"PGSSLMODE": "prefer"}, "require"),
        ("service=strideiq", {}, None),
        ("postgresql://u:p@localhost/app", {}, None),
        ("postgresql://u:p@127.0.0.2/app", {}, None),
        ("postgresql://u:p@[::1]/app", {}, None),
        ("host=/run/postgresql user=u", {}, None),
        ("postgresql:///app", {}, None),
    ],
)
def test_a_wire_that_leaves_the_machine_is_encrypted_unless_the_dsn_says_otherwise(
    dsn: str, environ: dict[str, str], sslmode: str | None
) -> None:
    assert read_dsn(Secret(dsn), environ=environ, connect_timeout=5).parameters.get("sslmode") == sslmode


@pytest.mark.parametrize(
    "dsn",
    ["", "postgresql://u:hunter2-secret@h/db?ssl=require", "hunter2-secret", "host=h hunter2-secret", "mysql://u:hunter2-secret@h"],
)
def test_an_unreadable_dsn_is_told_without_a_word_of_it(dsn: str) -> None:
    with pytest.raises(OutsideError) as caught:
        read_dsn(Secret(dsn), environ={}, connect_timeout=5)
    assert caught.value.fault.kind is FaultKind.NOT_CONFIGURED
    assert "hunter2" not in caught.value.fault.sentence() + repr(caught.value.__cause__)


def test_times_and_a_name_are_set_and_the_secret_shows_nowhere() -> None:
    target = read_dsn(Secret("postgresql://u:hunter2-secret@h:6432,i/db"), environ={}, connect_timeout=5)
    assert (target.host, target.port) == ("h", 6432)
    assert target.parameters["application_name"] == "strideiq-console"
    assert target.parameters["connect_timeout"] == "5"
    assert "hunter2" not in repr(target)
    assert "hunter2" not in target.redact('no pg_hba.conf entry, password "hunter2-secret"')


async def test_without_the_extra_the_fault_names_what_to_install(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == "psycopg":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(OutsideError) as caught:
        await make("postgresql://u:p@127.0.0.1/app").connections()
    assert caught.value.fault.kind is FaultKind.NOT_CONFIGURED
    assert "pip install 'strideiq-console[postgres]'" in caught.value.fault.next_step
