"""What each runbook's plan stands on. ``STUDIES`` is the table; a runbook without an entry rests on the clone and its branches."""

from collections.abc import Awaitable, Callable, Mapping

from strideiq_console.services.action import Ports
from strideiq_console.services.studies.ci_runs import study_dispatch, study_reopen, study_run
from strideiq_console.services.studies.feature import study_feature
from strideiq_console.services.studies.hotfix import study_hotfix
from strideiq_console.services.studies.migrate import study_migration
from strideiq_console.services.studies.promote import study_promotion
from strideiq_console.services.studies.protect import study_protection
from strideiq_console.services.studies.reland import study_reland
from strideiq_console.services.studies.release import study_release
from strideiq_console.services.studies.rollback import study_rollback
from strideiq_console.services.studies.tidy import study_tidy
from strideiq_console.services.studies.update import study_update
from strideiq_console.services.study import Study

STUDIES: dict[str, Callable[[Ports, Mapping[str, str]], Awaitable[Study]]] = {
    "feature": study_feature,
    "hotfix": study_hotfix,
    "promote": study_promotion,
    "release": study_release,
    "protect": study_protection,
    "rollback": study_rollback,
    "reland": study_reland,
    "migrate": study_migration,
    "rerun": study_run,
    "cancel-run": study_run,
    "dispatch": study_dispatch,
    "reopen": study_reopen,
    "tidy": study_tidy,
    "update": study_update,
}
