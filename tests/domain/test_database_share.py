"""Whether two addresses lead to one server: its number decides, an equal address proves it, another address proves nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.database import Identity
from strideiq_console.domain.database_share import Sharing, share_of
from strideiq_console.domain.reading import Level

PRODUCTION = Identity("strideiq", "7301", "pg-production.internal", 5432)
BARE = replace(PRODUCTION, system_identifier=None)
RUNNING = replace(PRODUCTION, started=1, in_recovery=False)
NEWER = Identity("strideiq", "7301", "pg-staging.internal", 5432, started=2, in_recovery=False)
STAGING = Identity("strideiq", "7302", "pg-staging.internal", 5432)


@pytest.mark.parametrize(
    ("mine", "theirs", "sharing"),
    [
        pytest.param(STAGING, PRODUCTION, Sharing.OWN, id="another number"),
        pytest.param(replace(PRODUCTION, system_identifier="7302"), PRODUCTION, Sharing.OWN, id="another number at one address"),
        pytest.param(replace(STAGING, system_identifier="7301"), PRODUCTION, Sharing.DATABASE, id="one number by another name"),
        pytest.param(
            replace(STAGING, system_identifier="7301", in_recovery=True), PRODUCTION, Sharing.DATABASE, id="a standby of production"
        ),
        pytest.param(
            replace(STAGING, system_identifier="7301", database="staging"),
            PRODUCTION,
            Sharing.SERVER,
            id="another name of one number",
        ),
        pytest.param(NEWER, RUNNING, Sharing.COPY, id="a copy of its disk"),
        pytest.param(replace(NEWER, started=1), RUNNING, Sharing.DATABASE, id="one number and one beginning"),
        pytest.param(replace(NEWER, in_recovery=True), RUNNING, Sharing.DATABASE, id="a standby that began later"),
        pytest.param(NEWER, replace(RUNNING, in_recovery=None), Sharing.DATABASE, id="perhaps a standby"),
        pytest.param(NEWER, PRODUCTION, Sharing.DATABASE, id="one number, a beginning unknown"),
        pytest.param(BARE, PRODUCTION, Sharing.DATABASE, id="one address, its number unknown"),
        pytest.param(replace(BARE, database="staging"), PRODUCTION, Sharing.SERVER, id="one address, another database"),
        pytest.param(replace(BARE, database=""), BARE, Sharing.DATABASE, id="one address, its database unknown"),
        pytest.param(replace(BARE, host="PG-Production.internal."), BARE, Sharing.DATABASE, id="another spelling"),
        pytest.param(replace(BARE, port=None), BARE, Sharing.DATABASE, id="the usual port"),
        pytest.param(replace(BARE, port=5433), BARE, Sharing.UNKNOWN, id="another port"),
        pytest.param(replace(STAGING, system_identifier=None), PRODUCTION, Sharing.UNKNOWN, id="another address proves nothing"),
        pytest.param(replace(BARE, host=""), replace(BARE, host="127.0.0.1"), Sharing.DATABASE, id="a socket and loopback"),
        pytest.param(replace(BARE, host="", address="10.0.0.7"), replace(BARE, host=""), Sharing.UNKNOWN, id="no socket at all"),
        pytest.param(None, PRODUCTION, Sharing.UNKNOWN, id="its address unknown"),
        pytest.param(STAGING, None, Sharing.UNKNOWN, id="production's address unknown"),
        pytest.param(None, None, Sharing.UNKNOWN, id="nothing known"),
    ],
)
def test_what_two_addresses_are(mine: Identity | None, theirs: Identity | None, sharing: Sharing) -> None:
    found = share_of("staging", mine, theirs)
    assert (found.environment, found.sharing) == ("staging", sharing)
    assert found.shared is (sharing in (Sharing.SERVER, Sharing.DATABASE))
    wanted = Level.CRITICAL if found.shared else Level.OK if sharing in (Sharing.OWN, Sharing.COPY) else Level.UNKNOWN
    assert found.level is wanted
    assert not any(part in found.why for part in ("internal", "127.0.0.1", "10.0.0.7", "7301", "7302", "543")), "no address is told"
