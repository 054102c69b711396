"""Cloudflare, read only: the zone, its records, the domain's registration, and what the token may see."""

from strideiq_console.providers.cloudflare.cloudflare import Cloudflare

__all__ = ["Cloudflare"]
