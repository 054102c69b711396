"""Answers with one place dropped, emptied, retyped, made huge or hostile: for tests that no shape may crash a provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]
NASTY = "x\x1b]0;owned\x07\u202e\u200b[/x]<b>\ud800"
DROP = object()
DEEP: Any = "x"
for _ in range(120):
    DEEP = [DEEP]
INSTEAD = [
    DROP,
    None,
    True,
    0,
    -1,
    2**70,
    10**400,
    1e308,
    0.5,
    "",
    NASTY,
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "x" * 20_000,
    [],
    [None],
    [[]],
    {},
    {"a": 1},
    DEEP,
]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Yield every place of a decoded JSON value, the whole first."""
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield from places(child, (*at, key))


def changed(value: Any, place: Place, instead: Any) -> Any:
    """Return the value with one place replaced; nothing else is copied."""
    if not place:
        return {} if instead is DROP else instead
    made = dict(value) if isinstance(value, dict) else list(value)
    key: Any = place[0]
    if len(place) == 1 and instead is DROP:
        del made[key]
    else:
        made[key] = changed(made[key], place[1:], instead)
    return made


def mutated(value: Any, draw_index: Any) -> Any:
    """Return the value with one place made wrong; ``draw_index(n, label)`` chooses a number below ``n``."""
    found = list(places(value))
    return changed(value, found[draw_index(len(found), "place")], INSTEAD[draw_index(len(INSTEAD), "instead")])
