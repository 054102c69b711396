"""Texts that look like markup of Textual, Rich, or a style sheet: what row E2 of the test plan lists, at least 150."""

from __future__ import annotations

ACTIONS = (
    *("app.quit", "app.exit", "app.hostile", "screen.dismiss", "quit", "app.lock", "app.runbook('rollback')", "app.use_theme('x')"),
    *("focused.hostile", "app.copy_to_clipboard('x')"),
)
EVENTS = ("click", "mouse.enter", "mouse.leave", "mouse_down")
TOKENS = (
    "$primary",
    "$error",
    "$tone-critical",
    "$text-muted",
    "bold $accent 50%",
    "$primary on $error",
    "auto",
    "$nothing-of-this",
)
STYLES = (
    *(
        "b",
        "i",
        "u",
        "s",
        "blink",
        "reverse",
        "not bold",
        "bold red",
        "red on blue",
        "#ff0000",
        "rgb(1,2,3)",
        "on #000",
        "dim",
        "conceal",
    ),
    *("color(5)", "hsl(1,2%,3%)", "default", "encircle", "overline", "uu"),
)
LINKS = ("https://evil.invalid", "'https://evil.invalid'", '"https://evil.invalid"', "file:///etc/passwd", "javascript:alert(1)")
UNCLOSED = (
    *(
        "[",
        "[[",
        "[/",
        "[/]",
        "[/x]",
        "[//]",
        "]",
        "]]",
        "[]",
        "[b",
        "[@",
        "[@click=",
        "[@click=app.quit",
        "[$",
        "[=",
        "[ ]",
        "[/b][/b]",
    ),
    *(
        "[b][i]",
        "[#",
        "[link=",
        "[red]x[/blue]",
        "x[/]y[/]z[/]",
        "[@click=app.quit(]x[/]",
        "[@click=']x[/]",
        "['",
        '["',
        "[(",
        "[)",
    ),
)
NESTED = (
    *(
        "[b][i][u]x[/u][/i][/b]",
        "[[b]]x[[/b]]",
        "[b]a[i]b[/b]c[/i]",
        "[red][@click=app.quit]x[/][/red]",
        "[b[i]]x",
        "[[[[[[x]]]]]]",
    ),
    *(
        "[@click=app.quit][@click=app.hostile]x[/][/]",
        "[link=https://evil.invalid][b]x[/b][/link]",
        "[b]" * 12 + "x",
        "x" + "[/]" * 12,
    ),
)
ESCAPED = (
    *(
        "\\[b]x[/b]",
        "\\\\[b]x",
        "[b\\]x",
        "\\[",
        "\\[/]",
        "\\\\\\[red]",
        "[red\\]x[/red\\]",
        "&lbrack;b&rbrack;",
        "&#91;b&#93;",
        "%5Bb%5D",
    ),
    *("$[b]", "{{b}}", "{0}", "%s %d", "${HOME}", "`b`"),
)
CSS = (
    *(
        "Screen { display: none; }",
        "* { background: red; }",
        "#preview{display:none}",
        "$surface: red;",
        ".panel:hover { layer: x }",
    ),
    *("/* x */", "color: red; text-style: bold", "@media", "&:focus {}", "[class=x]", "$x: [b]y[/b];", "</style>", "!important"),
)
RICH = (
    ":warning:",
    ":boom:",
    "[emoji]:x:",
    "[not a tag]",
    "[1, 2, 3]",
    "[a-z]+",
    "[x](y)",
    "[!note]",
    "[ok]",
    "x[0]",
    "<b>x</b>",
    "**b**",
)


def markups() -> list[str]:
    """Return the corpus: printable texts, none of which may be more than the letters it is made of."""
    found = [f"[@click={action}]x[/]" for action in ACTIONS] + [f'[@click="{action}"]x[/]' for action in ACTIONS]
    found += [f"[@{event}=app.hostile]x[/]" for event in EVENTS] + [f"[b @{event}=hostile]x" for event in EVENTS]
    found += [f"[{style}]x[/]" for style in TOKENS + STYLES] + [f"[{style}]x[/{style}]" for style in STYLES]
    found += [f"[link={url}]x[/link]" for url in LINKS] + [f"[link {url}]x[/]" for url in LINKS]
    return list(dict.fromkeys((*found, *UNCLOSED, *NESTED, *ESCAPED, *CSS, *RICH)))
