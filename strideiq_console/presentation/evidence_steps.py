"""One step in a Markdown report: when, what it was to do, what was run, what it gave, what it waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from strideiq_console.presentation.age import duration
from strideiq_console.presentation.markdown import block, code, link, literal

Facts = Mapping[str, Any]
_DEPTH = 4


def step_lines(number: int, step: Facts, time: Callable[[str | None], str]) -> list[str]:
    """Return the section of a step. A step that was never begun is in the table above and needs none."""
    if not step["events"]:
        return []
    where = f", {literal(step['environment'])}" if step["environment"] else ""
    lines = [f"### {number} {literal(step['title'])}", "", literal(step["why"]), ""]
    lines.append(f"- **State**: {literal(step['state'])}{_why(step)}; level {step['level']}{where}")
    lines.append(f"- **Times**: {time(step['started'])} to {time(step['ended'])}")
    lines += [f"- **Planned**: {literal(effect['sentence'])}" for effect in step["planned"]]
    lines += [f"- **Waited** {_long(wait['seconds'])} from {time(wait['at'])}: {literal(wait['detail'])}" for wait in step["waits"]]
    lines += [f"- **Before**: {words}" for words in _values(step["observed"]) if step["commands"]]
    lines += [f"- **Gave**: {words}" for words in _values(step["result"]) if "gates" not in step["result"]]
    run = step["commands"]
    return [*lines, "", *(["Run, word for word:", "", *block(run), ""] if run else [])]


def _why(step: Facts) -> str:
    words = " (it was so already: found, not done)" if step["adopted"] and not step["commands"] and not step["by_hand"] else ""
    words += f" (marked as done by hand: {literal(step['by_hand'])})" if step["by_hand"] else ""
    return words + (f": {literal(step['reason'])}" if step["reason"] else "")


def _long(seconds: float | None) -> str:
    return "for an unknown time" if seconds is None else duration(timedelta(seconds=seconds))


def _values(value: Any, name: str = "", depth: int = 0) -> Iterable[str]:
    """Each value of a result with its name; inner ones with the names that lead there, deep ones as they stand."""
    if isinstance(value, Mapping) and depth < _DEPTH:
        for key, inner in value.items():
            yield from _values(inner, f"{name} {key}".strip(), depth + 1)
    elif isinstance(value, (list, tuple)) and depth < _DEPTH and any(isinstance(one, (Mapping, list, tuple)) for one in value):
        for number, inner in enumerate(value, start=1):
            yield from _values(inner, f"{name} {number}".strip(), depth + 1)
    elif isinstance(value, (list, tuple)):
        yield f"{literal(name)} " + (", ".join(code(str(one)) for one in value) or "none")
    elif value is not None:
        text = str(value)
        yield f"{literal(name)} " + (link(text) if text.startswith("https://") else code(text))
