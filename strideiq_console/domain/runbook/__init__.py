"""Runbooks as data; ``RUNBOOKS`` lists them by name."""

from strideiq_console.domain.runbook.hotfix import HOTFIX
from strideiq_console.domain.runbook.model import Runbook

RUNBOOKS: dict[str, Runbook] = {runbook.name: runbook for runbook in (HOTFIX,)}
