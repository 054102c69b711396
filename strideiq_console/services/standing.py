"""The domain's words for where an execution stands, under the name by which the front ends know them."""

from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing

__all__ = ["Awaits", "Consent", "Standing"]
