"""Reads migration files by their syntax tree alone: what a revision is, and the operations of its two functions."""

from __future__ import annotations

import ast
import configparser
import re
import threading
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from strideiq_console.sandbox.schema.operations import Operation, read_function

Record = dict[str, Any]
_MIGRATION = re.compile(r"(?!\.#|__init__).*\.py", re.DOTALL)
_FIELDS = ("revision", "down_revision", "depends_on", "branch_labels")

_ALONE = threading.Lock()


class FilesError(Exception):
    """Alembic itself would stop at these files; ``words`` is what it prints then, ``code`` its exit code."""

    def __init__(self, words: str, *, code: int) -> None:
        super().__init__(words)
        self.words, self.code = words, code


def _parsed(text: str) -> ast.Module:
    """Parse a file, alone: neither Python's parser (until 3.13, gh-106905) nor its warnings stand two threads at once."""
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(5):
            with suppress(SystemError):  # the console of the same process parses too
                return ast.parse(text)
        return ast.parse(text)


def read_file(path: str, text: str) -> Record:
    """Return a revision as ``{"id", "parents", "depends", "labels", "doc", "path", "up", "down"}``.

    ``up`` and ``down`` are lists of operations, see operations.py; ``down`` None: there is no such function. Raises FilesError
    where Python could not import the file: a syntax error, or a module that raises.
    """
    try:
        module = _parsed(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise FilesError(f'  File "{path}", line {line}\n{type(error).__name__}: {_message(error)}', code=1) from error
    found: Record = {"id": "", "parents": [], "depends": [], "labels": [], "doc": ast.get_docstring(module) or "", "path": path}
    constants: dict[str, object] = {}
    functions: dict[str, ast.FunctionDef] = {}
    for node in module.body:
        if isinstance(node, ast.Raise):
            raise FilesError(f'  File "{path}", line {node.lineno}, in <module>\n{_raised(node)}', code=1)
        if isinstance(node, ast.FunctionDef):
            functions[node.name] = node
        constants |= dict(_assigned(node))
    values = {name: _words(constants.get(name)) for name in _FIELDS}
    if not values["revision"]:
        said = f"Could not determine revision id from file {Path(path).name}. Be sure the 'revision' variable is declared."
        raise FilesError(f"FAILED: {said}", code=255)
    found |= {"id": values["revision"][0], "parents": values["down_revision"]}
    found |= {"depends": values["depends_on"], "labels": values["branch_labels"]}
    texts = {name: value for name, value in constants.items() if isinstance(value, str)}
    for key, name in (("up", "upgrade"), ("down", "downgrade")):
        found[key] = None if name not in functions else _operations(functions[name], texts)
    return found


def read_folder(folder: Path) -> dict[str, Record]:
    """Return the revisions that a folder with ``alembic.ini`` defines, by id. Raises FilesError."""
    versions = location(folder)
    if not versions.parent.is_dir():
        said = f"Path doesn't exist: {versions.parent}.  Please use the 'init' command to create a new scripts folder."
        raise FilesError(f"FAILED: {said}", code=255)
    texts = {str(p): p.read_text(encoding="utf-8", errors="replace") for p in sorted(versions.glob("*.py"))}
    return read_texts(texts)


def read_texts(texts: Mapping[str, str]) -> dict[str, Record]:
    """Return the revisions of files by id: ``{path: text}``. Raises FilesError."""
    found = [read_file(path, text) for path, text in texts.items() if _MIGRATION.fullmatch(Path(path).name)]
    return {one["id"]: one for one in found}


def location(folder: Path) -> Path:
    """Return where ``alembic.ini`` says the versions are. Raises FilesError."""
    parser = configparser.ConfigParser({"here": str(folder)})
    if not parser.read(folder / "alembic.ini", encoding="utf-8") or not parser.has_option("alembic", "script_location"):
        raise FilesError("FAILED: No 'script_location' key found in configuration", code=255)
    return folder / parser.get("alembic", "script_location") / "versions"


def _operations(function: ast.FunctionDef, texts: Mapping[str, str]) -> list[Operation]:
    return read_function(function, texts)


def _assigned(node: ast.stmt) -> list[tuple[str, object]]:
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        return [(node.target.id, _constant(node.value))]
    if isinstance(node, ast.Assign):
        return [(target.id, _constant(node.value)) for target in node.targets if isinstance(target, ast.Name)]
    return []


def _constant(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, (tuple, list, set)) else []


def _raised(node: ast.Raise) -> str:
    thrown = node.exc
    if isinstance(thrown, ast.Call):
        words = ", ".join(str(_constant(one)) for one in thrown.args)
        return f"{ast.unparse(thrown.func)}: {words}"
    return ast.unparse(thrown) if thrown is not None else "RuntimeError: No active exception to reraise"


def _message(error: Exception) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error)
