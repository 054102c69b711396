"""Texts that stay what they are inside Markdown, judged by a parser of it."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from strideiq_console.domain.finding import Finding
from strideiq_console.domain.reading import Level
from strideiq_console.domain.secret import Redactor
from strideiq_console.presentation import finding_lines
from strideiq_console.presentation.markdown import block, code, link, literal, table
from tests.presentation.facts import NOW

READER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
TEXTS = (
    "plain",
    "a_b_c *d* `e`",
    "``x`` y`",
    "[x](https://evil.example)",
    "<b>&amp;</b>",
    "# no head",
    "1. no item",
    "- no item",
    "a\\",
)
TOKEN_LIKE = "gh" + "p_" + "a" * 30


def drawn(report: str) -> str:
    """Return the one text that a reader of this Markdown sees."""
    tokens = [token for token in READER.parse(report) if token.type in ("inline", "fence")]
    (only,) = tokens
    return "".join(child.content for child in only.children or ()) if only.children is not None else only.content


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_drawn_is_the_text(text: str) -> None:
    assert drawn(literal(text)) == text
    assert drawn(code(text)) == text
    assert drawn(f"- **x**: {literal(text)}") == f"x: {text}"
    kinds = [token.type for token in READER.parse(literal(text))]
    assert kinds == ["paragraph_open", "inline", "paragraph_close"]


def test_a_block_holds_whatever_stands_in_it() -> None:
    lines = ["git push", "echo '```' \\\n````", "~~~", "\x1b[2J"]
    (fence,) = READER.parse("\n".join(block(lines)))
    assert fence.content == "git push\necho '```' \\\n````\n~~~\n␛[2J\n"


def test_a_newline_does_not_end_a_text() -> None:
    assert literal("a\n# b\n\n- c") == "a \\# b  - c"
    assert code("a\n```\nb") == "````a ``` b````"
    assert code("") == "(empty)"


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://github.com/acme/strideiq/pull/44", True),
        ("https://github.com@evil.example/x", False),
        ("https://user:word@github.com/x", False),
        ("https://github.com/x>y", False),
        ("https://github.com/x y", False),
        ("http://github.com/x", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_plain_https_addresses_are_links(address: str, linked: bool) -> None:
    assert (link(address) == f"<{address}>") is linked


def test_a_cell_stays_in_its_column() -> None:
    rows = READER.parse("\n".join(table(("a", "b"), [("x|y", "`|`"), ("", "\n|")])))
    assert [token.content for token in rows if token.type == "inline"] == ["a", "b", "x|y", r"\`|\`", "", "|"]


def test_a_token_in_a_finding_is_taken_out_before_it_is_escaped() -> None:
    findings = [Finding("token", "github", Level.CRITICAL, f"refused {TOKEN_LIKE}", f"make {TOKEN_LIKE} anew")]
    report = finding_lines.markdown(findings, NOW, "doctor", Redactor())
    assert "a" * 20 not in report
    assert "refused •••" in report
