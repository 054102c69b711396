"""What a failed alembic says, sorted: each class has one meaning and one next step. Its exit code is 1 for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from strideiq_console.domain.migration_outcome import Failure
from strideiq_console.domain.untrusted import clean_line

# In this order: the first that matches is the cause, the later ones are what follows from it.
_SIGNS: tuple[tuple[Failure, str], ...] = (
    (Failure.MULTIPLE_HEADS, r"Multiple head revisions are present|Multiple heads are present"),
    (Failure.UNKNOWN_REVISION, r"Can't locate revision identified by|No such revision or branch|Revision \S+ referenced from"),
    (Failure.AMBIGUOUS, r"Ambiguous (?:walk|upgrade)|is ambiguous"),
    (Failure.OVERLAP, r"overlaps with other requested revisions"),
    (Failure.NOT_ON_PATH, r"is not a valid (?:up|down)grade target|Not a valid downgrade target|is not an ancestor of"),
    (Failure.ROW_CHANGED, r"Online migration expected to match one row"),
    (Failure.NO_CONFIG, r"No '?script_location'? key|No config file|Path doesn't exist: "),
    (Failure.BROKEN_FILE, r"\b(?:SyntaxError|IndentationError|TabError)\b|Could not determine revision id from filename"),
    (Failure.MISSING_MODULE, r"\b(?:ModuleNotFoundError|ImportError)\b"),
    (Failure.LOCK_TIMEOUT, r"due to lock timeout|\bLockNotAvailable\b|could not obtain lock"),
    (Failure.STATEMENT_TIMEOUT, r"due to statement timeout|\bQueryCanceled"),
    (Failure.DEADLOCK, r"deadlock detected|\bDeadlockDetected"),
    (Failure.NO_SPACE, r"No space left on device|\bDiskFull\b"),
    (Failure.READ_ONLY, r"in a read-only transaction|\bReadOnlySqlTransaction"),
    (Failure.PERMISSION, r"permission denied for|must be owner of|\bInsufficientPrivilege"),
    (Failure.NO_DATABASE, r'database "[^"]*" does not exist|\bInvalidCatalogName'),
    (Failure.LOGIN, r'(?:password|peer|ident) authentication failed|no pg_hba\.conf|\bInvalidPassword|role "[^"]*" does not exist'),
    (
        Failure.CONNECTION_LOST,
        r"server closed the connection|terminating connection|connection (?:is|already) closed|SSL SYSCALL|\bAdminShutdown",
    ),
    (
        Failure.UNREACHABLE,
        r"[Cc]onnection refused|could not (?:connect|translate)|timeout expired|failed to resolve|No route to host|server running",
    ),
    (
        Failure.DATA,
        r"(?:Null|Unique|Key|Check|Exclusion)Violation|contains null values|violates .*constraint|create unique|IntegrityError",
    ),
    (Failure.ALREADY_THERE, r"\bDuplicate(?:Table|Column|Object|Function|Schema)|already exists"),
    (Failure.NOT_THERE, r"\bUndefined(?:Table|Column|Object|Function)|does not exist"),
    (Failure.NOT_REVERSIBLE, r"\bNotImplementedError|\bIrreversible|has no attribute '(?:up|down)grade'"),
)
_SORTED = tuple((failure, re.compile(pattern)) for failure, pattern in _SIGNS)
# SQLAlchemy and PostgreSQL repeat the values of the row that failed; rows are people's data (R10).
_ROW = re.compile(r"^\s*(?:\[parameters:.*|DETAIL:.*|Failing row contains.*)$", re.MULTILINE)
_FRAME = re.compile(r'^\s*(?:File "|Traceback |\^|~)|^\s{4,}|^The above exception|^During handling|^\(Background on this error')


def classify(said: str) -> Failure:
    """Return the class of what a failed alembic printed."""
    bare = "\n".join(line for line in _ROW.sub("", said).splitlines() if not _FRAME.match(line))
    return next((failure for failure, sign in _SORTED if sign.search(bare)), Failure.OTHER)


def last_words(said: str, redact: Callable[[str], str], *, lines: int = 4) -> str:
    """Return the last telling lines as one clean line: no secrets, no row's values, no frames of a traceback."""
    kept = [line.strip() for line in _ROW.sub("", redact(said)).splitlines() if line.strip() and not _FRAME.match(line)]
    telling = [line for line in kept if not line.startswith("INFO ")] or kept
    return clean_line(" / ".join(telling[-lines:]), limit=600) or "it said nothing"
