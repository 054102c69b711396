"""Runbooks as data; ``RUNBOOKS`` lists them by name."""

from strideiq_console.domain.runbook.cancel_run import CANCEL_RUN
from strideiq_console.domain.runbook.dispatch import DISPATCH
from strideiq_console.domain.runbook.feature import FEATURE
from strideiq_console.domain.runbook.hotfix import HOTFIX
from strideiq_console.domain.runbook.migrate import MIGRATE
from strideiq_console.domain.runbook.model import Runbook
from strideiq_console.domain.runbook.promote import PROMOTE
from strideiq_console.domain.runbook.protect import PROTECT
from strideiq_console.domain.runbook.reland import RELAND
from strideiq_console.domain.runbook.release import RELEASE
from strideiq_console.domain.runbook.reopen import REOPEN
from strideiq_console.domain.runbook.rerun import RERUN
from strideiq_console.domain.runbook.rollback import ROLLBACK
from strideiq_console.domain.runbook.tidy import TIDY
from strideiq_console.domain.runbook.update import UPDATE

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
        TIDY,
        UPDATE,
        RERUN,
        CANCEL_RUN,
        DISPATCH,
        REOPEN,
    )
}
