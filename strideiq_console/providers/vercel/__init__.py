"""Vercel: the web component's deployments, what serves, logs, names, costs and the token."""

from strideiq_console.providers.vercel.host import Vercel

__all__ = ["Vercel"]
