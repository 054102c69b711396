"""Railway: the API component with all that surrounds it."""

from strideiq_console.providers.railway.host import Railway

__all__ = ["Railway"]
