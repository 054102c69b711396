"""Words that must not stand in the package: each would be a way round a wall (RELIABILITY rules 7, 15, 20; T3, T16, T18)."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.contracts import ROOT

SOURCES = sorted((ROOT / "strideiq_console").rglob("*.py"))
FORBIDDEN = {
    "a shell": re.compile(r"shell\s*=\s*True|os\.system|os\.popen"),
    "code from data": re.compile(r"\b(?:eval|exec|__import__)\(|\bpickle\.loads?|yaml\.load|marshal\.loads?"),
    "a forced or destructive git": re.compile(
        r"--force\b|--force-with-lease|\breset\b.{0,20}--hard|git (?:clean|stash)\b|branch.{0,6}\"-D\"|--no-verify|filter-branch"
    ),
    "redirects that carry a token": re.compile(r"follow_redirects\s*=\s*True"),
}


@cache
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


# The one module that builds a TLS context.
TLS_MODULE = ROOT / "strideiq_console" / "providers" / "http" / "channel.py"
_SWITCHES = frozenset(
    {"verify", "check_hostname", "ssl_check_hostname", "assert_hostname", "verify_mode", "cert_reqs", "ssl_cert_reqs"}
)
_NAMES_OF_NONE = frozenset({"CERT_NONE", "CERT_OPTIONAL", "_create_unverified_context", "_create_default_https_context"})
_MAKERS = frozenset({"SSLContext", "create_default_context", "create_ssl_context", "_create_stdlib_context", "wrap_socket"})


def unverified(source: str, *, maker: bool = False) -> list[str]:
    """Return what in a module would make TLS without verification; only a ``maker`` may build a context at all."""
    if not any(word in source for word in _SWITCHES | _NAMES_OF_NONE | _MAKERS):  # most modules; parsing takes its time
        return []
    found = []
    for node in ast.walk(ast.parse(source)):
        for name, value in _switched(node):
            if name in _SWITCHES and _off(value):
                found.append(f"{name} is switched off")
        word = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        word = word or (node.name if isinstance(node, ast.alias) else "")
        word = word or (node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "")
        if word in _NAMES_OF_NONE or (word in _MAKERS and not maker):
            found.append(word)
    return found


def _switched(node: ast.AST) -> list[tuple[str, ast.expr | None]]:
    """Return what a node sets by name: a keyword, an assignment, an entry of a dict, a default, ``setattr``."""
    if isinstance(node, ast.keyword):
        return [(node.arg or "", node.value)]
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [(_last(target), node.value) for target in targets]
    if isinstance(node, ast.Dict):
        return [(_last(key), value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
    if isinstance(node, ast.arguments):
        plain = [*node.posonlyargs, *node.args]
        late = zip(plain[len(plain) - len(node.defaults) :], node.defaults, strict=True)
        named = zip(node.kwonlyargs, node.kw_defaults, strict=True)
        return [(argument.arg, value) for argument, value in (*late, *named)]
    if isinstance(node, ast.Call) and _last(node.func) == "setattr" and len(node.args) == 3:
        return [(_last(node.args[1]), node.args[2])]
    return []


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _last(node.slice)
    return node.id if isinstance(node, ast.Name) else str(node.value) if isinstance(node, ast.Constant) else ""


def _off(value: ast.expr | None) -> bool:
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
        return True
    if isinstance(value, ast.IfExp):
        return _off(value.body) or _off(value.orelse)
    if isinstance(value, ast.BoolOp):
        return any(map(_off, value.values))
    return isinstance(value, ast.Constant) and (not value.value or str(value.value).lower() in ("none", "optional", "no", "off"))


def test_tls_cannot_be_switched_off() -> None:
    hits = {str(p.relative_to(ROOT)): unverified(p.read_text(encoding="utf-8"), maker=p == TLS_MODULE) for p in SOURCES}
    assert TLS_MODULE in SOURCES
    assert {path: found for path, found in hits.items() if found} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "httpx.AsyncClient(verify=False)",
        "httpx.AsyncClient(verify = 0)",
        "httpx.AsyncClient(verify=None)",
        "httpx.AsyncClient(verify='')",
        "httpx.AsyncClient(verify=not strict)",
        "httpx.AsyncClient(verify=False if local else True)",
        "httpx.AsyncClient(**{'verify': False})",
        "words = dict(verify=False)",
        "words['verify'] = False",
        "def ask(url, verify=False): ...",
        "def ask(url, *, verify=False): ...",
        "context.check_hostname = False",
        "context.check_hostname: bool = False",
        "setattr(context, 'check_hostname', False)",
        "context.verify_mode = 0",
        "context.verify_mode = ssl.CERT_NONE",
        "from ssl import CERT_NONE",
        "from ssl import CERT_NONE as needed",
        "context.verify_mode = getattr(ssl, 'CERT_NONE')",
        "context.verify_mode = ssl.CERT_OPTIONAL",
        "ssl._create_default_https_context = ssl._create_unverified_context",
        "Redis(ssl_cert_reqs='none')",
        "Redis(ssl_cert_reqs=None)",
        "Redis(ssl_check_hostname=False)",
        "context = ssl.SSLContext()",
        "context = SSLContext(PROTOCOL_TLS_CLIENT)",
        "from ssl import create_default_context as make",
        "httpx.create_ssl_context(verify=True)",
    ],
)
def test_a_planted_way_round_tls_is_found(planted: str) -> None:
    assert unverified(f"import ssl\n{planted}\n")
    if not set(planted.replace("(", " ").replace(".", " ").split()) & _MAKERS:
        assert unverified(planted, maker=True), "also in the module that builds the context"


FINE = ("httpx.AsyncClient(verify=tls_context())", "step(verify=check)", "x.verify_mode = CERT_REQUIRED", "verify = True")


@pytest.mark.parametrize("fine", FINE)
def test_verified_tls_is_not_found(fine: str) -> None:
    assert unverified(fine) == []


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
