"""Vercel: deployments of the web component."""

from strideiq_console.providers.vercel.deployments import Vercel

__all__ = ["Vercel"]
