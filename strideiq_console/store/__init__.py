"""What the console remembers: readings, journal, leases, audit log, in one sqlite file."""

from strideiq_console.store.leases import Holder, Lease
from strideiq_console.store.readings import StoredReading
from strideiq_console.store.store import FILE_NAME, Store

__all__ = ["FILE_NAME", "Holder", "Lease", "Store", "StoredReading"]
