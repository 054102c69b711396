"""Which hosts the world is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette

from strideiq_console.sandbox import alertmanager, cloudflare, github, prometheus, railway, site, status_pages, vercel
from strideiq_console.sandbox.github import logs_app

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

GITHUB = "api.github.com"
LOGS = "logs.sandbox.invalid"
VERCEL = "api.vercel.com"
RAILWAY = "backboard.railway.com"
CLOUDFLARE = "api.cloudflare.com"
PROMETHEUS = "prometheus.strideiq.run"
ALERTMANAGER = "alertmanager.strideiq.run"


def apps(world: World) -> dict[str, Starlette]:
    """Return the application of every host that there is; any other host is outside of the world."""
    pages = site.app(world)
    return {
        GITHUB: github.app(world),
        LOGS: logs_app(world),
        VERCEL: vercel.app(world),
        RAILWAY: railway.app(world),
        PROMETHEUS: prometheus.app(world),
        ALERTMANAGER: alertmanager.app(world),
        CLOUDFLARE: cloudflare.app(world),
        **dict.fromkeys(status_pages.HOSTS, status_pages.app(world)),
        **dict.fromkeys(site.SITES, pages),
    }
