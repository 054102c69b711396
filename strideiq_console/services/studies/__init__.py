"""What each runbook's plan stands on. ``STUDIES`` is the table; a runbook without an entry rests on the clone and its branches."""

from collections.abc import Awaitable, Callable, Mapping

from strideiq_console.services.action import Ports
from strideiq_console.services.studies.hotfix import study_hotfix
from strideiq_console.services.studies.protect import study_protection
from strideiq_console.services.study import Study

STUDIES: dict[str, Callable[[Ports, Mapping[str, str]], Awaitable[Study]]] = {
    "hotfix": study_hotfix,
    "protect": study_protection,
}
