"""Railway: deployments of the API component."""

from strideiq_console.providers.railway.deployments import Railway

__all__ = ["Railway"]
