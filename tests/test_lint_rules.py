"""Words that must not stand in the package: each would be a way round a wall (RELIABILITY rules 7, 15, 20; T3, T16, T18)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.contracts import ROOT

SOURCES = sorted((ROOT / "strideiq_console").rglob("*.py"))
FORBIDDEN = {
    "a shell": re.compile(r"shell\s*=\s*True|os\.system|os\.popen"),
    "TLS that is not verified": re.compile(r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False|_create_unverified"),
    "code from data": re.compile(r"\b(?:eval|exec|__import__)\(|\bpickle\.loads?|yaml\.load|marshal\.loads?"),
    "a forced or destructive git": re.compile(
        r"--force\b|--force-with-lease|\breset\b.{0,20}--hard|git (?:clean|stash)\b|branch.{0,6}\"-D\"|--no-verify|filter-branch"
    ),
    "redirects that carry a token": re.compile(r"follow_redirects\s*=\s*True"),
}


def code_only(path: Path) -> str:
    """Return a module's source without its docstrings, which may name what is forbidden."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if (
            not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            or ast.get_docstring(node) is None
        ):
            continue
        said = node.body[0]
        for number in range(said.lineno - 1, said.end_lineno or said.lineno):
            lines[number] = ""
    return "\n".join(line.split("  # ")[0] for line in lines)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_module_holds(what: str) -> None:
    # The sandbox makes and unmakes its own repositories; it never sees a clone of the user's.
    read = [p for p in SOURCES if "git" not in what or "sandbox" not in p.parts]
    hits = [f"{path.relative_to(ROOT)}: {hit[0]}" for path in read for hit in FORBIDDEN[what].finditer(code_only(path))]
    assert SOURCES
    assert hits == []


def test_only_two_modules_import_httpx_and_one_folder_imports_git() -> None:
    importers: dict[str, set[str]] = {"httpx": set(), "git": set(), "keyring": set()}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            for name in names:
                if name.split(".")[0] in importers:
                    importers[name.split(".")[0]].add(
                        path.relative_to(ROOT / "strideiq_console").parts[0:2][-1].removesuffix(".py")
                    )
    assert importers["httpx"] <= {"http", "transport", "faults", "hosts"}
    assert importers["git"] == {"git"}
    assert importers["keyring"] <= {"keyring_backend"}


def test_no_file_is_too_long_without_saying_why() -> None:
    long = {str(p.relative_to(ROOT)): n for p in SOURCES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 300}
    assert long == {}
