"""The providers' own public status pages (R73)."""

from strideiq_console.providers.status.pages import DEFAULTS, StatusPages

__all__ = ["DEFAULTS", "StatusPages"]
