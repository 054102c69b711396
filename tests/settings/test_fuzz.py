"""Random text gives settings or a configuration error, never anything else (RELIABILITY F2)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.settings.document import key_lines
from strideiq_console.settings.load import load
from strideiq_console.settings.model import Settings

WORDS = st.sampled_from(
    re.findall(
        r"\w+",
        """mode founder schema clone path branches main staging environments production local qa url api health branch purpose
        github api_url repository required_checks vercel project team railway token_kind cloudflare prometheus alertmanager
        ui theme keys glyphs env bugdet token""",
    )
)
KEYS = st.one_of(WORDS, st.lists(WORDS, min_size=1, max_size=4).map(".".join), st.text(max_size=8).map(lambda t: f'"{t}"'))
VALUES = st.one_of(
    st.sampled_from(
        [
            '"live"',
            '"https://strideiq.run"',
            '"http://10.0.0.1"',
            "1",
            "true",
            "nan",
            "1979-05-27",
            "07:32:00",
            "[]",
            "{}",
            "'''x'''",
        ]
    ),
    st.sampled_from(
        ['["a", 1]', '{ url = "x" }', '"""', "[[1, [2]]]", '"\\u202e"', '"\\uD800"', "0x7f", "1e999", '"', "[\n1,\n2]"]
    ),
    st.text(max_size=20).map(lambda t: f'"{t}"'),
    st.text(max_size=10),
)
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    KEYS.map(lambda key: f"[{key}]"),
    KEYS.map(lambda key: f"[[{key}]]"),
    st.text(max_size=20),
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(own=st.one_of(TEXTS.map(lambda t: t.encode("utf-8", "surrogatepass")), st.binary(max_size=60)), clone=TEXTS)
def test_any_text_gives_settings_or_a_configuration_error(folder: Path, own: bytes, clone: str) -> None:
    (folder / "config.toml").write_bytes(own)
    (folder / ".strideiq.toml").write_bytes(clone.encode("utf-8", "surrogatepass"))
    try:
        found: object = load(config=folder / "config.toml", cwd=folder, environ={"STRIDEIQ_STATE": os.fspath(folder)})
    except ConfigurationError as error:
        found = error
    assert isinstance(found, Settings) or str(found)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_the_line_scanner_takes_any_text(text: str) -> None:
    assert all(0 < line <= text.count("\n") + 1 for line in key_lines(text).values())


def test_the_line_scanner_sees_past_lists_and_long_texts() -> None:
    text = '''a = [
  "]", # ]
  [1],
]
b = """
[c]
d = 1
"""
[x."y z".w]
k.l = 1
[[m]]
n = 1
'''
    found = key_lines(text)
    assert found[("b",)] == 5
    assert ("c",) not in found
    assert ("d",) not in found
    assert found[("x", "y z")] == 9
    assert found[("x", "y z", "w", "k", "l")] == 10
    assert found[("m", "n")] == 12
