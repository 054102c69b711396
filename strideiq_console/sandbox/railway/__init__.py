"""The world's Railway: one GraphQL address for the API, Postgres and Redis of production and staging."""

from strideiq_console.sandbox.railway.app import app

__all__ = ["app"]
