"""What the environments panel adds to the verdict: a database that is production's, unproven code, a schema behind its code."""

from __future__ import annotations

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.database_share import Sharing
from strideiq_console.domain.reading import Level
from strideiq_console.domain.verdict import Verdict
from strideiq_console.presentation.environment_state import EnvironmentState


def database_shared(state: EnvironmentState) -> Verdict | None:
    """Say that what is tried in an environment reaches production's database, or its server (R11)."""
    if state.share is None or not state.share.shared:
        return None
    what = "database" if state.share.sharing is Sharing.DATABASE else "database server"
    sentence = f"{_named(state)} uses production's {what}: what is tried there reaches real users' data."
    return Verdict(Level.CRITICAL, sentence, (("1", "environments"),))


def deployed_red(state: EnvironmentState) -> Verdict | None:
    """Say that a commit serves although its CI is red (R66); deploys do not wait for CI unless they are told to (T17)."""
    if not state.red_live:
        return None
    red = [(component, count) for component, count in state.unproven if count.state.red]
    names = " and ".join(component.name for component, _ in red)
    verb = "serve" if len(red) > 1 else "serves"
    sentence = f"{_named(state)}: {names} {verb} {short_sha(red[0][1].sha)}, whose CI is red."
    return Verdict(Level.WARNING, sentence, (("3", "CI runs"), ("1", "environments")))


def schema_behind(state: EnvironmentState) -> Verdict | None:
    """Say that the code which serves was written for revisions that the database does not have yet (R85)."""
    if not state.schema_lags or state.schema is None or state.schema.due is None:
        return None
    lacking = [revision.id for revision in state.schema.due]
    more = f" and {len(lacking) - 2} more" if len(lacking) > 2 else ""
    sentence = f"{_named(state)}: the database lacks {', '.join(lacking[:2])}{more}, which the code that serves expects."
    return Verdict(Level.WARNING, sentence, (("W m", "migrate"), ("1", "environments")))


def _named(state: EnvironmentState) -> str:
    return state.environment.name[:1].upper() + state.environment.name[1:]
