"""Runbooks as data; ``RUNBOOKS`` lists them by name."""

from strideiq_console.domain.runbook.hotfix import HOTFIX
from strideiq_console.domain.runbook.model import Runbook
from strideiq_console.domain.runbook.protect import PROTECT

RUNBOOKS: dict[str, Runbook] = {
    runbook.name: runbook
    for runbook in (
        HOTFIX,
        PROTECT,
    )
}
