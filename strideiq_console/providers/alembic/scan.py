"""Walks the body of ``upgrade`` or ``downgrade`` and collects what it would do; what it cannot judge it calls unclear."""

from __future__ import annotations

import ast

from strideiq_console.domain.migration import Direction, ObjectChange, Risk, RiskKind
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.alembic import objects
from strideiq_console.providers.alembic.names import Names
from strideiq_console.providers.alembic.operations import OPERATIONS, Arguments
from strideiq_console.providers.alembic.sql import Finding, findings, harmless, statements

_EXECUTES = frozenset({"execute", "exec_driver_sql", "scalar", "scalars"})
_BUILTINS = "print len range sorted list tuple set dict str int bool float enumerate zip isinstance getattr any all min max sum"
_INSPECTS = "get_columns get_table_names get_indexes get_foreign_keys get_unique_constraints get_pk_constraint has_table has_column"
_ON_TEXT = "format join append extend items keys values get lower upper strip split replace startswith endswith isoformat now today"
_LOGS = "info warning debug error getLogger"
_ON_RESULTS = "fetchall fetchone fetchmany first all one mappings scalar_one scalar_one_or_none close"
_BUILDS = "create create_all begin begin_nested where values returning bindparams label is_"
_HARMLESS_FUNCTIONS = frozenset(_BUILTINS.split())
_HARMLESS_METHODS = frozenset(f"{_INSPECTS} {_ON_TEXT} {_LOGS} {_ON_RESULTS} {_BUILDS}".split())
_EXECUTED = {"insert": RiskKind.MOVES_DATA, "update": RiskKind.MOVES_DATA, "delete": RiskKind.DELETES_ROWS}
_ON_NEW_TABLE = frozenset({RiskKind.LOCKS, RiskKind.TIGHTENS, RiskKind.NOT_NULL})
_DEEPEST = 20


class Scan(ast.NodeVisitor):
    """The findings of one function. ``risks`` in the order of the file; ``acts`` once it does anything to the database."""

    def __init__(self, names: Names, direction: Direction) -> None:
        self.names = names.copy()
        self.direction = direction
        self.acts = False
        self._risks: dict[Risk, None] = {}
        self._objects: dict[ObjectChange, None] = {}
        self._batches: dict[str, str] = {}
        self._created: set[str] = set()
        self._stack: list[str] = []
        self._building = 0

    @property
    def risks(self) -> tuple[Risk, ...]:
        """Return each finding once."""
        return tuple(self._risks)

    @property
    def objects(self) -> tuple[ObjectChange, ...]:
        """Return what it makes and takes away, each once."""
        return tuple(self._objects)

    def read(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Read one function's body; helpers of the same file are read where they are called."""
        if function.name in self._stack or len(self._stack) >= _DEEPEST:
            return
        self._stack.append(function.name)
        for statement in function.body:
            self.visit(statement)
        self._stack.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Keep an inner function for its calls."""
        self.names.functions[node.name] = node

    def visit_Import(self, node: ast.Import) -> None:
        """Learn an import inside the function."""
        self.names.learn_imports((node,))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Learn an import inside the function."""
        self.names.learn_imports((node,))

    def visit_Assign(self, node: ast.Assign) -> None:
        """Learn texts and tables, then read the value."""
        self.visit(node.value)
        for target in node.targets:
            self.names.learn_assignment(target, node.value)

    def visit_With(self, node: ast.With) -> None:
        """Remember which table a batch block is about."""
        for item in node.items:
            self.visit(item.context_expr)
            call, name = item.context_expr, item.optional_vars
            if isinstance(call, ast.Call) and isinstance(name, ast.Name) and self._operation(call) == "batch_alter_table":
                self._batches[name.id] = Arguments(call, self.names, None).name(0, "table_name")
        for statement in node.body:
            self.visit(statement)

    def visit_For(self, node: ast.For) -> None:
        """Read the body once; the loop's variable is unknown."""
        self.visit(node.iter)
        if isinstance(node.target, ast.Name):
            self.names.texts.pop(node.target.id, None)
        for statement in (*node.body, *node.orelse):
            self.visit(statement)

    def visit_Call(self, node: ast.Call) -> None:
        """Judge one call, then what stands in its arguments."""
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
        operation = self._operation(node)
        builds = operation in OPERATIONS or self._from_library(function)
        if name in _EXECUTES and not self._from_library(function):
            self._execute(node)
            builds = True
        elif operation is not None:
            self._operate(operation, node)
        elif name == "autocommit_block":
            self._add(node, (RiskKind.AUTOCOMMIT, "", ""))
        elif name in self.names.functions and isinstance(function, ast.Name):
            self.read(self.names.functions[name])
        elif not self._building and not builds:
            self._judge(name, node)
        self._building += builds
        self.generic_visit(node)
        self._building -= builds

    def _operation(self, node: ast.Call) -> str | None:
        function = node.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            owner = function.value.id
            return function.attr if owner in self.names.op or owner in self._batches else None
        return None

    def _operate(self, operation: str, node: ast.Call) -> None:
        owner = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
        given = Arguments(node, self.names, self._batches.get(owner))
        if operation not in OPERATIONS:
            self._add(node, (RiskKind.UNCLEAR, "", operation))
            return
        self.acts = self.acts or operation not in {"get_bind", "get_context", "f", "inline_literal", "batch_alter_table"}
        if operation == "create_table":
            self._created.add(given.name(0, "table_name"))
        self._objects.update(dict.fromkeys(objects.of_operation(operation, given, self.direction)))
        for finding in OPERATIONS[operation](given):
            self._add(node, finding)

    def _execute(self, node: ast.Call) -> None:
        argument = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg in {"sqltext", "statement"}), None)
        text = self.names.text(argument)
        if text is None:
            self._expression(node, argument)
            return
        for statement in statements(text):
            if not harmless(statement):
                self._objects.update(dict.fromkeys(objects.of_statement(statement, self.direction)))
                self._add(node, (RiskKind.RAW_SQL, "", ""), words=statement)
                for finding in findings(statement):
                    self._add(node, finding, words=statement)

    def _expression(self, node: ast.Call, argument: ast.expr | None) -> None:
        """Judge ``execute(users.update().where(…))``, and what is no SQL that can be read at all."""
        chain = argument
        while isinstance(chain, ast.Call):
            function = chain.func
            name = function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
            if name == "select":
                return
            if name in _EXECUTED:
                of_library = self._from_library(function) and chain.args
                table = chain.args[0] if of_library else function.value if isinstance(function, ast.Attribute) else None
                self._add(node, (_EXECUTED[name], self.names.table(table) if table is not None else "", ""))
                return
            chain = function.value if isinstance(function, ast.Attribute) else None
        self._add(node, (RiskKind.RAW_SQL, "", ""), words="a statement that the file computes")

    def _judge(self, name: str, node: ast.Call) -> None:
        """Judge a call that is neither an operation nor SQLAlchemy's."""
        if isinstance(node.func, ast.Name):
            if name not in _HARMLESS_FUNCTIONS:
                self._add(node, (RiskKind.UNCLEAR, "", name))
        elif name in {"drop", "drop_all"}:
            self._add(node, (RiskKind.DROPS_OBJECT, "", ""), words=ast.unparse(node.func))
        elif name == "commit":
            self._add(node, (RiskKind.AUTOCOMMIT, "", ""))
        elif name not in _HARMLESS_METHODS:
            self._add(node, (RiskKind.UNCLEAR, "", name))

    def _from_library(self, function: ast.expr) -> bool:
        """Say whether a call goes to SQLAlchemy: ``sa.Column``, ``postgresql.UUID``, ``Column``."""
        while isinstance(function, ast.Attribute):
            function = function.value
        return isinstance(function, ast.Name) and function.id in self.names.library

    def _add(self, node: ast.AST, finding: Finding, *, words: str = "") -> None:
        kind, table, name = finding
        if kind in _ON_NEW_TABLE and table and table in self._created:
            return  # nobody waits for a table that this revision has just made
        self.acts = True
        shown = [clean_line(part, limit=200) for part in (table, name, words)]
        self._risks[Risk(kind, self.direction, shown[0], shown[1], getattr(node, "lineno", 0), shown[2])] = None
