"""Reads one migration file by its syntax tree. The file is never imported: nothing in it runs (R85, S10)."""

from __future__ import annotations

import ast
import hashlib
import re
import threading
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import PurePosixPath

from strideiq_console.domain.migration import DESTROYS, Direction, DowngradeKind, Revision, Risk, UnclearFile
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.alembic.names import Names
from strideiq_console.providers.alembic.scan import Scan

IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]{0,127}")
"""What may stand as a revision in a command line. Alembic itself forbids ``@ - + :``."""

_RESERVED = frozenset({"head", "heads", "base", "current"})
_FIELDS = ("revision", "down_revision", "depends_on", "branch_labels")
_LEGACY = re.compile(r"([a-f0-9]+)\.py")
_CREATED = re.compile(r"^Create Date:\s*(\S+(?:[ T]\S+)?)", re.MULTILINE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


_ALONE = threading.Lock()
ATTEMPTS = 5


class _ComputedError(Exception):
    """A value that only running the file would tell."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.line = line


def read_revision(file: str, text: str) -> Revision | UnclearFile:
    """Return what a migration file says it is; never raises for what stands in it. ``file`` is shown as given."""
    shown = clean_line(file, limit=300)
    try:
        module = _parsed(text)
        fields = _fields(module)
        revision = _identity(fields, file)
        return _revision(module, shown, revision, fields, text)
    except SyntaxError as error:
        return UnclearFile(shown, clean_line(f"Python cannot read it: {error.msg}", limit=200), error.lineno or 0)
    except (ValueError, RecursionError, MemoryError) as error:
        return UnclearFile(shown, clean_line(f"Python cannot read it: {error or type(error).__name__}", limit=200))
    except _ComputedError as error:
        return UnclearFile(shown, clean_line(str(error), limit=200), error.line)


def _parsed(text: str) -> ast.Module:
    """Parse a file, alone: neither Python's parser (until 3.13, gh-106905) nor its warnings stand two threads at once."""
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a bad escape in the founder's docstring is no business of ours
        for _ in range(ATTEMPTS):
            with suppress(SystemError):  # somebody else in this process parses too, such as the server of a world
                return ast.parse(text)
        return ast.parse(text)


def _revision(module: ast.Module, file: str, revision: str, fields: dict[str, tuple[str, ...]], text: str) -> Revision:
    names = Names()
    names.learn_imports(module.body)
    names.functions = {node.name: node for node in module.body if isinstance(node, Function)}
    for node in module.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names.learn_assignment(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            names.learn_assignment(node.target, node.value)
    up, down = Scan(names, Direction.UP), Scan(names, Direction.DOWN)
    if (upgrade := names.functions.get("upgrade")) is not None:
        up.read(upgrade)
    if (downgrade := names.functions.get("downgrade")) is not None:
        down.read(downgrade)
    return Revision(
        id=revision,
        parents=_words(fields, "down_revision"),
        file=file,
        message=_message(ast.get_docstring(module) or ""),
        created=_created(ast.get_docstring(module) or ""),
        depends_on=_words(fields, "depends_on"),
        branch_labels=_words(fields, "branch_labels"),
        risks=(*up.risks, *down.risks),
        downgrade=_downgrade(downgrade, down.acts, down.risks, up.acts),
        objects=(*up.objects, *down.objects),
        digest=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
    )


def _downgrade(function: Function | None, acts: bool, risks: tuple[Risk, ...], upgrade_acts: bool) -> DowngradeKind:
    if function is None:
        return DowngradeKind.MISSING if upgrade_acts else DowngradeKind.NOTHING
    if any(isinstance(statement, ast.Raise) for statement in function.body):
        return DowngradeKind.RAISES
    if not acts:
        return DowngradeKind.EMPTY if upgrade_acts else DowngradeKind.NOTHING
    if any(r.kind in DESTROYS for r in risks):
        return DowngradeKind.DESTROYS
    return DowngradeKind.UNCLEAR if any(r.kind.value.startswith("unclear") for r in risks) else DowngradeKind.REVERSES


def _identity(fields: dict[str, tuple[str, ...]], file: str) -> str:
    found = fields.get("revision", ())
    if not found:
        legacy = _LEGACY.fullmatch(PurePosixPath(file).name)
        if legacy is None or "revision" in fields:
            raise _ComputedError("it names no revision", 0)
        return legacy[1]
    if len(found) > 1 or not IDENTIFIER.fullmatch(found[0]) or found[0] in _RESERVED:
        raise _ComputedError(f"{', '.join(found)!r} cannot be the id of a revision in a command", 0)
    return found[0]


def _words(fields: dict[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    return tuple(clean_line(word, limit=128) for word in fields.get(name, ()))


def _fields(module: ast.Module) -> dict[str, tuple[str, ...]]:
    """Return the module's four fields as tuples of words. Raises _ComputedError when one is not written out."""
    known: dict[str, tuple[str, ...]] = {}
    for node in module.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        pairs = _pairs(node)
        if not pairs:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and inner.id in _FIELDS and not isinstance(inner.ctx, ast.Load):
                    raise _ComputedError(f"{inner.id} is computed when the file runs", inner.lineno)
        for target, value in pairs:
            try:
                known[target] = _value(value, known)
            except _ComputedError:
                known.pop(target, None)
                if target in _FIELDS:
                    raise _ComputedError(f"{target} is computed when the file runs", value.lineno) from None
    return known


def _pairs(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    """Return ``name, value`` of an assignment, plain, annotated, chained or of equal tuples; empty for anything else."""
    if isinstance(node, ast.AnnAssign):
        return [(node.target.id, node.value)] if isinstance(node.target, ast.Name) and node.value is not None else []
    if not isinstance(node, ast.Assign):
        return []
    found: list[tuple[str, ast.expr]] = []
    for target in node.targets:
        if isinstance(target, ast.Name):
            found.append((target.id, node.value))
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) and len(target.elts) == len(node.value.elts):
            found += [(t.id, v) for t, v in zip(target.elts, node.value.elts, strict=True) if isinstance(t, ast.Name)]
        else:
            return []
    return found


def _value(node: ast.expr, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    if isinstance(node, ast.Constant):
        if node.value is None:
            return ()
        if isinstance(node.value, str):
            return (node.value,) if node.value else ()
    elif isinstance(node, ast.Name) and node.id in known:
        return known[node.id]
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return tuple(word for element in node.elts for word in _value(element, known))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _value(node.left, known), _value(node.right, known)
        if len(left) == len(right) == 1 and not isinstance(node.left, (ast.Tuple, ast.List)):
            return (left[0] + right[0],)
    elif isinstance(node, ast.JoinedStr) and all(isinstance(v, ast.Constant) for v in node.values):
        return ("".join(str(v.value) for v in node.values if isinstance(v, ast.Constant)),)
    raise _ComputedError("computed", getattr(node, "lineno", 0))


def _message(docstring: str) -> str:
    head = re.split(r"\n\s*\n|^Revision ID:", docstring.strip(), maxsplit=1, flags=re.MULTILINE)[0]
    return clean_line(" ".join(head.split()), limit=300)


def _created(docstring: str) -> datetime | None:
    written = _CREATED.search(docstring)
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written[1])
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
