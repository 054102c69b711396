"""Runbooks as data; ``RUNBOOKS`` lists them by name."""

from strideiq_console.domain.runbook.feature import FEATURE
from strideiq_console.domain.runbook.hotfix import HOTFIX
from strideiq_console.domain.runbook.migrate import MIGRATE
from strideiq_console.domain.runbook.model import Runbook
from strideiq_console.domain.runbook.promote import PROMOTE
from strideiq_console.domain.runbook.protect import PROTECT
from strideiq_console.domain.runbook.reland import RELAND
from strideiq_console.domain.runbook.release import RELEASE
from strideiq_console.domain.runbook.rollback import ROLLBACK

RUNBOOKS: dict[str, Runbook] = {
    runbook.name: runbook
    for runbook in (
        FEATURE,
        HOTFIX,
        PROMOTE,
        RELEASE,
        PROTECT,
        ROLLBACK,
        RELAND,
        MIGRATE,
    )
}
