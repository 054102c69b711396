"""docs/keys.md, made from the bindings: ``python -m tests.ui.keys_page > docs/keys.md``."""

from __future__ import annotations

import importlib
import pkgutil
import re

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

from strideiq_console import ui
from strideiq_console.ui.help_rows import OURS, bound_classes
from strideiq_console.ui.keys import key_words

HEAD = """# Keys

Every key of every screen, made from the bindings; a test compares this page with them. `?` shows the same for the place where you
are, searchable, with the keys as you mapped them and why one cannot be used now.

Every key can be mapped by its id, several keys separated by commas; an id that does not exist and a key that two actions would
share are said at the start:

```toml
[ui.keys]
"app.help" = "f1"
"row.open" = "enter,right"
```

No key by itself changes anything outside: what does is planned first, shown, and confirmed.
"""


def every_class() -> tuple[type[DOMNode], ...]:
    """Return every class of ours with bindings, after importing all there is."""
    for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        importlib.import_module(module.name)
    from strideiq_console.ui.app import ConsoleApp

    return bound_classes(ConsoleApp)


def own_bindings(cls: type[DOMNode]) -> list[Binding]:
    """Return the bindings that a class adds; of the application, all that are ours."""
    classes = cls.__mro__ if issubclass(cls, App) else (cls,)
    ours = [base for base in classes if base.__module__.startswith(OURS)]
    return [entry for base in ours for entry in base.__dict__.get("BINDINGS", ()) if isinstance(entry, Binding)]


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for cls in every_class():
        everywhere = issubclass(cls, App)
        title = "Everywhere" if everywhere else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__).capitalize()
        said = "These work on every screen but not over a dialog." if everywhere else (cls.__doc__ or "").strip().split("\n")[0]
        rows = [
            f"| {', '.join(f'`{key_words(key.strip())}`' for key in one.key.split(','))} | {_cell(one)} | `{one.id}` |"
            for one in own_bindings(cls)
        ]
        parts.append("\n".join([f"## {title}\n", f"{said}\n", "| key | does | id |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _cell(binding: Binding) -> str:
    return (binding.tooltip or binding.description).replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
