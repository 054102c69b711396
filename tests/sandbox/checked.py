"""Holds exchanges with the world's GitHub against the contract, and counts which operations were answered."""

from __future__ import annotations

from typing import Any

from tests.contracts import validator

REFUSALS = (400, 401, 403, 404, 405, 409, 422)


class Checked:
    """Collects what the contract says against any exchange. ``answered`` holds the ids of operations that were not refused."""

    def __init__(self) -> None:
        self.contract = validator().openapi("github")
        self.problems: list[str] = []
        self.answered: set[str] = set()
        self.seen: set[tuple[str, str]] = set()

    def __call__(self, method: str, path: str, query: dict[str, str], body: Any, status: int, answer: Any) -> None:
        hit = self.contract.find(method, path)
        assert hit is not None, f"{method} {path} is no operation of the contract"
        template, operation, _ = hit
        self.seen.add((method, template))
        if status in REFUSALS:
            assert answer["message"]
            assert answer["documentation_url"]
            assert answer["status"] == str(status)
            return
        found = self.contract.check_response(method, path, status, answer)
        found += self.contract.check_request(method, path, query, body)
        self.problems += [f"{method} {path}: {problem}" for problem in found]
        self.answered.add(operation["operationId"])

    def operations(self) -> set[str]:
        """Return the ids of every operation of the contract."""
        methods = ("get", "put", "post", "delete", "patch")
        items = self.contract.doc["paths"].values()
        return {item[method]["operationId"] for item in items for method in methods if method in item}
