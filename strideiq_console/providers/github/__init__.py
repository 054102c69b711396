"""GitHub behind the port ``CodeHost``; coded against the contract of its REST API, version 2022-11-28."""

from strideiq_console.providers.github.host import GitHub, connect

__all__ = ["GitHub", "connect"]
