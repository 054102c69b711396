from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from strideiq_console.settings.model import Settings
from strideiq_console.settings.outside import STATUS_PAGES, AlembicEnvironment
from tests.settings.test_example import EXAMPLE
from tests.settings.test_load import faults, read

MANUAL = '[manual.users]\nquantity = "registered_users"\nvalue = 214\nentered = 2026-11-01\nexpires = 2027-01-31\n'


def test_nothing_is_configured_by_default(tmp_path: Path) -> None:
    found = read(tmp_path, "").outside
    assert (found.prometheus.url, found.alertmanager_url, found.cloudflare.zone) == ("", "", "")
    assert (found.databases, found.brokers, found.commands, found.manual) == ((), (), (), ())
    assert found.status == STATUS_PAGES
    assert found.alembic.execute == "print"


def test_the_example_names_each_of_them(tmp_path: Path) -> None:
    found = read(tmp_path, EXAMPLE.read_text()).outside
    assert [d.environment for d in found.databases] == ["production"]
    assert found.brokers[0].queues == ("celery",)
    assert found.commands[0].run == ("strideiq-admin", "stats", "--json")
    users, drill, rows = found.manual
    assert (users.value, users.entered, users.expires) == (Decimal(214), date(2026, 11, 1), date(2027, 1, 31))
    assert (drill.quantity, drill.value, rows.environment, rows.note) == ("restore_drill", None, "staging", "synthetic")
    assert found.audits.waivers[0].id == "GHSA-xxxx-yyyy-zzzz"


def test_an_argument_may_stand_twice_and_a_status_page_may_be_switched_off(tmp_path: Path) -> None:
    found = read(tmp_path, '[commands.x]\nrun = ["a", "-v", "-v"]\n[status]\nrailway = ""\n').outside
    assert found.commands[0].run == ("a", "-v", "-v")
    assert set(found.status) == {"github", "vercel", "cloudflare"}


def test_a_switched_off_audit_is_not_the_default(tmp_path: Path) -> None:
    found = read(tmp_path, "[audits]\nnpm = []\n").outside.audits
    assert (found.npm, found.pip) == ((), Settings().outside.audits.pip)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ('[cloudflare]\nzone = "https://strideiq.run"', "cloudflare.zone", "host name"),
        ('[dns]\nnames = ["a b"]', "dns.names", "host names"),
        ('[dns]\nserver = "dns.example"', "dns.server", "IP address"),
        ('[prometheus.environments]\nprodukt = "x"', "prometheus.environments.produkt", "unknown environment"),
        ('[metric_names]\nrequests = "up or vector(1)"', "metric_names.requests", ""),
        ('[metric_names]\nhandler = "le"', "metric_names.handler", ""),
        ('[database.prod]\nname = "x"', "database.prod", "unknown environment"),
        ('[database.production]\nsystem_identifier = "abc"', "database.production.system_identifier", "number"),
        ("[redis.production]\nplain = 1", "redis.production.plain", "true or false"),
        ("[commands.x]", "commands.x.run", "list of arguments"),
        ('[commands.x]\nrun = ["a"]\ntimeout = 0', "commands.x.timeout", "from 1 to 120"),
        ('[commands.x]\nrun = ["a"]\nvariables = ["STRIDEIQ_GITHUB_TOKEN"]', "commands.x.variables", "own tokens"),
        ('[commands.x]\nrun = ["a"]\nvariables = ["a=b"]', "commands.x.variables", "names of environment variables"),
        ('[commands."a b"]\nrun = ["a"]', "commands.a b", "must be a name"),
        (MANUAL.replace("2027-01-31", "2026-10-01"), "manual.users.expires", "later than entered"),
        (MANUAL.replace("value = 214\n", ""), "manual.users.value", "must be given"),
        (MANUAL.replace("value = 214\n", "value = nan\n"), "manual.users.value", "finite"),
        (MANUAL.replace("2027-01-31", '"soon"'), "manual.users.expires", "without quotes"),
        (MANUAL.replace("2027-01-31", "2027-01-31T10:00:00"), "manual.users.expires", "without a time"),
        (MANUAL.replace("registered_users", "users"), "manual.users.quantity", "one of"),
        ('[alembic]\nfolder = "../outside"', "alembic.folder", "inside the clone"),
        ('[alembic]\nexecute = "yes"', "alembic.execute", "print, run"),
        ("[alembic]\nlock_timeout = 61", "alembic.lock_timeout", "from 0 to 60"),
        ("[alembic]\nstatement_timeout = -1", "alembic.statement_timeout", "from 0 to 3600"),
        ("[alembic]\ntimeout = 5", "alembic.timeout", "from 10 to 7200"),
        ('[alembic.environments.prod]\nexecute = "run"', "alembic.environments.prod", "unknown environment"),
        ('[alembic.environments.staging]\nfolder = "api"', "alembic.environments.staging.folder", "unknown key"),
        (
            '[alembic.environments.staging]\nvariables = ["STRIDEIQ_DATABASE_STAGING_URL"]',
            "alembic.environments.staging.variables",
            "own tokens",
        ),
        ('[alembic.environments.staging]\naddress = "u:p@db:5432/x"', "alembic.environments.staging.address", "without a user"),
        ('[audits.waivers.CVE-1]\nreason = "short"\nexpires = 2027-01-01', "audits.waivers.CVE-1.reason", "10 characters"),
        ('[audits.waivers.CVE-1]\nreason = "long enough a reason"', "audits.waivers.CVE-1.expires", "without an end"),
        ('[alertmanager]\nurl = "http://10.0.0.1"', "alertmanager.url", "private"),
    ],
)
def test_wrong_values_are_named(tmp_path: Path, text: str, key: str, words: str) -> None:
    (fault,) = faults(tmp_path, text)
    assert fault.key == key
    assert words in fault.cause
    assert fault.line > 0


def test_an_environment_is_moved_as_alembic_says_where_it_says_nothing_itself(tmp_path: Path) -> None:
    text = """
    [alembic]
    command = ["poetry", "run", "alembic"]
    execute = "run"
    variables = ["DATABASE_URL"]
    lock_timeout = 3
    [alembic.environments.staging]
    statement_timeout = 60
    address = "db.internal:6543/app"
    [alembic.environments.local]
    execute = "print"
    command = ["alembic"]
    variables = []
    """
    found = read(tmp_path, text).outside.alembic
    assert found.of("production") == found.default
    assert found.default == AlembicEnvironment("", ("poetry", "run", "alembic"), "run", ("DATABASE_URL",), 3, 300, 900)
    staging = found.of("staging")
    assert staging == replace(found.default, environment="staging", statement_timeout=60, address="db.internal:6543/app")
    assert (found.of("local").execute, found.of("local").command, found.of("local").variables) == ("print", ("alembic",), ())


def test_a_clone_can_name_none_of_it(tmp_path: Path) -> None:
    for text in (
        '[commands.x]\nrun = ["evil"]',
        '[alembic]\nexecute = "run"',
        '[alembic.environments.production]\ncommand = ["evil"]',
        '[prometheus]\nurl = "https://evil.example"',
        '[audits]\nnpm = ["evil"]',
    ):
        assert faults(tmp_path, "", clone=text)
