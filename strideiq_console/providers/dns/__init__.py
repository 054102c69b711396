"""What names resolve to from this machine and, where one is set, from a public name server (R76)."""

from strideiq_console.providers.dns.resolver import Resolver

__all__ = ["Resolver"]
