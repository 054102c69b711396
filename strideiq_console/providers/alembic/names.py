"""What the names of a migration module stand for, as far as its text tells: ``op``, SQLAlchemy, constants, functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

UNKNOWN_PART = "?"
"""Stands for a part of a text that is only known at run time."""

_TEXTUAL = frozenset({"text", "f", "DDL", "dedent", "bindparams", "columns", "strip", "execution_options", "quoted_name"})


@dataclass(slots=True)
class Names:
    """The module's names. ``library``: every name that comes from SQLAlchemy; ``tables``: the variables that stand for a table."""

    op: set[str] = field(default_factory=set)
    library: set[str] = field(default_factory=set)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Names:
        """Return names of a function's own, which start as these."""
        return Names(self.op.copy(), self.library.copy(), self.functions.copy(), self.texts.copy(), self.tables.copy())

    def learn_imports(self, nodes: Iterable[ast.AST]) -> None:
        """Take in the imports among ``nodes``."""
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._imported(alias.name, alias.asname or alias.name.split(".")[0])
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self._imported(f"{node.module or ''}.{alias.name}", alias.asname or alias.name)

    def learn_assignment(self, target: ast.expr, value: ast.expr) -> None:
        """Take in ``name = "text"`` and ``name = sa.table("users", …)``; any other value makes the name unknown again."""
        if not isinstance(target, ast.Name):
            return
        self.texts.pop(target.id, None)
        self.tables.pop(target.id, None)
        text, table = self.text(value), self._table(value)
        if text is not None:
            self.texts[target.id] = text
        if table is not None:
            self.tables[target.id] = table

    def text(self, node: ast.expr | None) -> str | None:
        """Return the text that an expression stands for, with ``?`` for unknown parts; None when it is no text at all."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self.texts.get(node.id)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._part(value) for value in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
            left, right = self.text(node.left), self.text(node.right)
            if isinstance(node.op, ast.Mod):
                return None if left is None else left.replace("%s", UNKNOWN_PART)
            return None if left is None and right is None else (left or UNKNOWN_PART) + (right or UNKNOWN_PART)
        if isinstance(node, ast.Call):
            return self._called_text(node)
        return None

    def name(self, node: ast.expr | None) -> str:
        """Return a name that an operation was given, ``""`` when only running the file would tell it."""
        text = self.text(node)
        return "" if text is None or UNKNOWN_PART in text else text

    def table(self, node: ast.expr) -> str:
        """Return the table behind ``users``, ``users.c.id`` or ``sa.table("users")``; ``""`` when it is not known."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return self.tables.get(node.id, "") if isinstance(node, ast.Name) else self._table(node) or ""

    def _imported(self, full: str, name: str) -> None:
        if full == "alembic.op":
            self.op.add(name)
        elif full.split(".")[0] == "sqlalchemy":
            self.library.add(name)

    def _part(self, node: ast.expr) -> str:
        inner = node.value if isinstance(node, ast.FormattedValue) else node
        return self.text(inner) or (UNKNOWN_PART if isinstance(node, ast.FormattedValue) else "")

    def _called_text(self, node: ast.Call) -> str | None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _TEXTUAL:
            return None
        if isinstance(node.func, ast.Attribute) and (text := self.text(node.func.value)) is not None:
            return text
        return self.text(node.args[0]) if node.args else None

    def _table(self, node: ast.expr) -> str | None:
        if not isinstance(node, ast.Call) or not node.args:
            return None
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        return self.name(node.args[0]) or None if name in {"table", "Table"} else None
