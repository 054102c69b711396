"""Actions: the code behind each verb of a runbook. ``ACTIONS`` is the table."""

from strideiq_console.domain.runbook.model import Verb
from strideiq_console.services.action import Action
from strideiq_console.services.actions.approval import Approve
from strideiq_console.services.actions.backups import ProveBackup
from strideiq_console.services.actions.branches import CreateBranch, DeleteBranch
from strideiq_console.services.actions.checkout import CheckOut
from strideiq_console.services.actions.checks import AwaitChecks, CheckGates
from strideiq_console.services.actions.ci_runs import CancelRun, Rerun
from strideiq_console.services.actions.commits import AskForCommits, Push
from strideiq_console.services.actions.committing import Commit
from strideiq_console.services.actions.deployments import AwaitDeployment
from strideiq_console.services.actions.dispatching import Dispatch
from strideiq_console.services.actions.fetch import Fetch
from strideiq_console.services.actions.local import TryLocally
from strideiq_console.services.actions.merging import Merge, UpdateBranch
from strideiq_console.services.actions.moving_schema import MoveSchema
from strideiq_console.services.actions.notes import ComposeNotes
from strideiq_console.services.actions.pinning import HoldDeploys, PromoteDeployment
from strideiq_console.services.actions.protecting import CheckProtection, ProtectBranch
from strideiq_console.services.actions.pull_requests import LinkPullRequests, OpenPullRequest
from strideiq_console.services.actions.releases import PublishRelease
from strideiq_console.services.actions.reopening import ClosePullRequest, ReopenPullRequest
from strideiq_console.services.actions.reverting import RestoreFiles, RevertCommit
from strideiq_console.services.actions.riders import ListRiders
from strideiq_console.services.actions.rolling_back import Redeploy, RollBack
from strideiq_console.services.actions.schema import CheckHeads, CheckRevision, ProveDatabase
from strideiq_console.services.actions.tags import CheckVersion, CreateTag, PushTag
from strideiq_console.services.actions.tidying import DeleteLocalBranch
from strideiq_console.services.actions.verification import VerifyStaging

ACTIONS: dict[Verb, Action] = {
    action.verb: action
    for action in (
        Fetch(),
        CreateBranch(),
        CheckOut(),
        AskForCommits(),
        Commit(),
        TryLocally(),
        Push(),
        OpenPullRequest(),
        LinkPullRequests(),
        AwaitChecks(),
        Merge(),
        AwaitDeployment(),
        VerifyStaging(),
        UpdateBranch(),
        Approve(),
        CheckGates(),
        DeleteBranch(),
        ListRiders(),
        CheckVersion(),
        ComposeNotes(),
        CreateTag(),
        PushTag(),
        PublishRelease(),
        ProtectBranch(),
        CheckProtection(),
        RollBack(),
        Redeploy(),
        PromoteDeployment(),
        HoldDeploys(),
        RevertCommit(),
        RestoreFiles(),
        CheckHeads(),
        ProveDatabase(),
        ProveBackup(),
        MoveSchema(),
        CheckRevision(),
        Rerun(),
        CancelRun(),
        Dispatch(),
        ClosePullRequest(),
        ReopenPullRequest(),
        DeleteLocalBranch(),
    )
}
