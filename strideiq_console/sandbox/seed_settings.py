"""The console's settings for a world."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from strideiq_console.sandbox.schema.database import DATABASE, SYSTEMS
from strideiq_console.sandbox.seed_migrations import FOLDER

DRILLED, ATTESTED = 33, 12
"""How many days before a world begins a restore was last tried, and staging's data attested."""
RAILWAY_PROJECT = "7c9d1f5e-2b64-4a38-9e0d-5a1f3c8b2d47"

_CONFIG = """# The console's settings for this world. Nothing here reaches the network.
mode = "live"

[github]
repository = "{repository}"

[vercel]
project = "prj_strideiq_web"
team = "team_acme"

[railway]
project = "{railway}"
service = "api"

[cloudflare]
zone = "strideiq.run"
expires = 2099-06-30

[dns]
names = ["www.strideiq.run"]

[prometheus]
url = "https://prometheus.strideiq.run"

[alertmanager]
url = "https://alertmanager.strideiq.run"

[alembic]
folder = "{alembic}"
execute = "run"

{databases}
# What nobody but a person can know: when a restore was last tried, and whose rows staging holds.
[manual.drill]
quantity = "restore_drill"
entered = {drilled}
evidence = "restored into a scratch database, rows counted"

[manual.data]
quantity = "staging_data"
entered = {attested}
note = "sanitized copy"
evidence = "names, addresses and tokens replaced"

[environments.production]
url = "https://strideiq.run"
api = "https://api.strideiq.run"
health = "/health"
metrics = "/metrics"
sign_in = "/login"
limited = "/v1/activities"
branch = "main"
purpose = "live users"
data = "real user data"
testers = "founder"

[environments.staging]
url = "https://staging.strideiq.run"
api = "https://api-staging.strideiq.run"
health = "/health"
metrics = "/metrics"
sign_in = "/login"
limited = "/v1/activities"
branch = "staging"
purpose = "tests before production"
data = "sanitized copy"
testers = "founder"

[environments.local]
url = "http://localhost:3000"
api = "http://localhost:8000"
health = "/health"
purpose = "development"
data = "synthetic"
testers = "developer"
"""


def text(repository: str, begin: float) -> str:
    """Return ``config.toml`` of a world that begins at an epoch second.

    Each of its databases is enrolled, so that a deed never meets another one.
    """
    today = datetime.fromtimestamp(begin, UTC).date()
    databases = "\n".join(
        f'[database.{name}]\nname = "{DATABASE}"\nsystem_identifier = "{system}"\nhost = "{host}"\n'
        for name, (system, host, _) in SYSTEMS.items()
    )
    return _CONFIG.format(
        repository=repository,
        railway=RAILWAY_PROJECT,
        alembic=FOLDER,
        databases=databases,
        drilled=today - timedelta(days=DRILLED),
        attested=today - timedelta(days=ATTESTED),
    )
