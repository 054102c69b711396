"""The world's Vercel: every operation that the contract knows, over the deployments and the memory of the world."""

from strideiq_console.sandbox.vercel.app import app

__all__ = ["app"]
