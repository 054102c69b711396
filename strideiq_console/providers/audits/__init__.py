"""npm audit and pip-audit, run as children in the clone and read with suspicion: not having looked is never "none" (R70)."""

from strideiq_console.providers.audits.npm import NpmAudit
from strideiq_console.providers.audits.pip import PipAudit

__all__ = ["NpmAudit", "PipAudit"]
