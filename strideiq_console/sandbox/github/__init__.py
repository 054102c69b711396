"""GitHub's REST API in the world, version 2022-11-28, over the world's own repository and state."""

from strideiq_console.sandbox.github.app import app
from strideiq_console.sandbox.github.logs import logs_app

__all__ = ["app", "logs_app"]
