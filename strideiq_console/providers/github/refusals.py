"""The table of GitHub's refusals: operation, status and text to what they mean (contracts, "What a 403 or 404 means")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Sense(StrEnum):
    """What a refusal comes down to. Callers turn some into values: a feature that is off is no fault."""

    OFF = "switched off"
    NEVER = "never ran"
    PLAN = "not on this plan"
    UNPROTECTED = "not protected"
    DENIED = "permission missing"
    HIDDEN = "missing or no access"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row of the table. ``text`` is a lower-case part of what GitHub said; ``""`` fits whatever it said.

    ``{need}`` in a text stands for the permission. ``method`` is ``GET``, ``write`` (any other), or ``""`` for both.
    """

    family: str
    status: int
    text: str
    sense: Sense
    cause: str
    consequence: str = ""
    next_step: str = ""
    method: str = ""


_GRANT = "Give the token {need}, then run: strideiq doctor"
_HIDDEN = "missing, or the token has no access: GitHub hides private repositories from tokens without access"
_CHECK = "Check [github] repository in config.toml and that the token covers it ({need}), then run: strideiq doctor"
_PLAN = Meaning(
    "",
    403,
    "upgrade",
    Sense.PLAN,
    "a private repository on a free plan has neither branch protection nor rulesets",
    "The branch policy cannot be enforced there",
    "Upgrade the plan or make the repository public; until then the console's own checks are all there is",
)


def _row(
    family: str,
    status: int,
    text: str,
    sense: Sense,
    cause: str,
    consequence: str = "",
    next_step: str = "",
    *,
    method: str = "",
) -> Meaning:
    return Meaning(family, status, text, sense, cause, consequence, next_step, method)


_NOT_SEEN = "Nothing is concluded about alerts: unknown is not none"
# The first row that fits counts: rows with a text stand before those without, rows of a family before those of all.
TABLE = (
    replace(_PLAN, family="protection"),
    replace(_PLAN, family="rules"),
    _row(
        "protection",
        404,
        "not protected",
        Sense.UNPROTECTED,
        "no classic rule protects the branch",
        "A ruleset may: the rules of the branch decide",
    ),
    _row(
        "protection",
        404,
        "",
        Sense.HIDDEN,
        "the branch is missing, or the token lacks {need}",
        "What protects the branch is unknown",
        "Check that the branch exists; else give the token {need}, then run: strideiq doctor",
    ),
    _row(
        "dependabot",
        403,
        "disabled",
        Sense.OFF,
        "Dependabot alerts are switched off for this repository",
        "Vulnerable dependencies are not reported",
        "Switch them on under Settings, Advanced Security; they cost nothing",
    ),
    _row("dependabot", 404, "", Sense.DENIED, "the token lacks {need}, or the repository is hidden from it", _NOT_SEEN, _GRANT),
    _row(
        "secret-scanning",
        404,
        "disabled",
        Sense.OFF,
        "secret scanning is switched off for this repository",
        "Leaked secrets are not reported",
        "Switch it on under Settings, Advanced Security; a private repository needs the paid product",
    ),
    _row(
        "secret-scanning",
        404,
        "",
        Sense.DENIED,
        "secret scanning is switched off, or the token's owner is no admin of the repository",
        _NOT_SEEN,
        "Look under Settings, Advanced Security; else give the token {need}, then run: strideiq doctor",
    ),
    _row(
        "code-scanning",
        404,
        "no analysis",
        Sense.NEVER,
        "code scanning has never analysed this repository",
        "Nothing is known about its code",
        "Add a CodeQL workflow, or leave this gate unset",
    ),
    *(
        _row(
            "code-scanning",
            403,
            text,
            Sense.OFF,
            "code scanning is switched off for this repository",
            "Its code is not scanned",
            "Switch it on under Settings, Advanced Security; a private repository needs the paid product",
        )
        for text in ("advanced security", "code security", "not enabled", "disabled")
    ),
    _row("code-scanning", 404, "", Sense.DENIED, "the token lacks {need}, or the repository is hidden from it", _NOT_SEEN, _GRANT),
    *(
        _row(
            "billing",
            status,
            "",
            Sense.DENIED,
            "no usage: the account is not on the enhanced billing platform, the token's owner is neither the account nor an "
            "admin of the organization, or the token lacks {need}",
            "What GitHub costs is unknown",
            "Give the token {need}, or enter the amount by hand",
        )
        for status in (403, 404)
    ),
    _row(
        "pending_deployments",
        403,
        "",
        Sense.DENIED,
        "the token's owner is no required reviewer of the environment, or the token lacks {need}",
        "The deployment keeps waiting",
        "Approve as one of the environment's reviewers, or give the token {need}",
        method="write",
    ),
    _row(
        "pending_deployments",
        422,
        "",
        Sense.REFUSED,
        "nothing waits for approval in these environments",
        "Nothing was changed",
        "Look at the run with r: somebody may have answered already",
    ),
    _row(
        "runs",
        403,
        "month ago",
        Sense.REFUSED,
        "the run is too old to run again",
        "Nothing was changed",
        "Push a commit or start the workflow anew",
        method="write",
    ),
    _row(
        "runs",
        403,
        "already running",
        Sense.REFUSED,
        "the run is already running",
        "Nothing was changed",
        "Wait for it, or cancel it first",
        method="write",
    ),
    _row(
        "runs",
        403,
        "cannot be re",
        Sense.REFUSED,
        "GitHub does not run this again",
        "Nothing was changed",
        "Push a commit or start the workflow anew",
        method="write",
    ),
    _row(
        "runs",
        409,
        "",
        Sense.REFUSED,
        "the run is not in a state that can be cancelled",
        "Nothing was changed",
        "Look at the run with r: it may have ended",
        method="write",
    ),
    *(
        _row(
            "logs",
            status,
            "",
            Sense.HIDDEN,
            "there is no log: the job has not ended, its log is no longer kept, or the token lacks {need}",
            "",
            "Open the job in the browser",
        )
        for status in (404, 410)
    ),
    _row(
        "checks",
        403,
        "",
        Sense.DENIED,
        "the token lacks {need}, which fine-grained tokens may not be offered",
        "The jobs of GitHub Actions stand in for checks",
        "Nothing is to be done; a classic token with repo reads checks",
    ),
    _row(
        "issues",
        410,
        "",
        Sense.OFF,
        "issues are switched off for this repository",
        "Incidents cannot be recorded there",
        "Switch them on under Settings, General",
    ),
    _row(
        "",
        403,
        "saml",
        Sense.DENIED,
        "the organization wants the token authorised for single sign-on",
        "",
        "Authorise the token under Settings, Developer settings, Configure SSO, then run: strideiq doctor",
    ),
    _row(
        "",
        403,
        "archived",
        Sense.REFUSED,
        "the repository is archived and can only be read",
        "",
        "Unarchive it under Settings, General",
        method="write",
    ),
    _row("", 403, "", Sense.DENIED, "the token lacks {need}", "", _GRANT),
    _row("", 404, "", Sense.HIDDEN, _HIDDEN, "", _CHECK),
)
