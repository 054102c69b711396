"""The kept line: it answers alone while it counts, says the same as the whole console, and is never believed when it is odd."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from strideiq_console.cli import quick
from strideiq_console.presentation.glyphs import pick
from tests.contracts import ROOT

NOW = 1_768_918_244.0
LINE, PLAIN = "✖ Production: API errors 7.2 %", "x Production: API errors 7.2 %"


def kept(folder: Path, *, since: float = NOW, until: float = NOW + 30, level: str = "critical") -> None:
    quick.keep(str(folder), level, LINE, PLAIN, since=since, until=until)


def test_a_kept_line_comes_back(tmp_path: Path) -> None:
    kept(tmp_path)
    assert quick.read(str(tmp_path), NOW + 1) == ("critical", LINE, PLAIN)
    assert (tmp_path / quick.NAME).stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == [quick.NAME]


@pytest.mark.parametrize(
    ("at", "until"),
    [(NOW + 30, NOW + 30), (NOW - 1, NOW + 30), (NOW + 61, NOW + 3600)],
    ids=["too old", "the clock went back", "longer than a minute"],
)
def test_a_line_that_does_not_count_now_is_not_read(tmp_path: Path, at: float, until: float) -> None:
    kept(tmp_path, until=until)
    assert quick.read(str(tmp_path), at) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("critical", "fine"),
        lambda text: text.replace("strideiq.glance-line/1", "strideiq.glance-line/2"),
        lambda text: text.replace("API", "\x1b]0;owned\x07"),
        lambda text: text.replace("API", "\u202eAPI"),
        lambda text: text + "more\n",
        lambda text: text.replace(repr(NOW), "soon"),
        lambda text: "",
    ],
    ids=["level", "format", "escape", "bidi", "lines", "time", "empty"],
)
def test_an_odd_file_is_not_believed(tmp_path: Path, change: object) -> None:
    kept(tmp_path)
    path = tmp_path / quick.NAME
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")  # type: ignore[operator]
    assert quick.read(str(tmp_path), NOW + 1) is None


def test_a_file_that_others_may_write_is_not_believed(tmp_path: Path) -> None:
    kept(tmp_path)
    (tmp_path / quick.NAME).chmod(0o666)
    assert quick.read(str(tmp_path), NOW + 1) is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    kept(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / quick.NAME).symlink_to(tmp_path / quick.NAME)
    assert quick.read(str(elsewhere), NOW + 1) is None


@pytest.mark.parametrize(
    ("argv", "more"),
    [
        (["glance"], {}),
        (["glance", "--line", "--json"], {}),
        (["--world", "w", "glance", "--line"], {}),
        (["glance", "--line"], {"STRIDEIQ_CONFIG": "/somewhere/config.toml"}),
    ],
)
def test_everything_else_is_left_to_the_console(argv: list[str], more: dict[str, str], tmp_path: Path) -> None:
    assert quick.answer(argv, {"STRIDEIQ_STATE": str(tmp_path), **more}) is None


def run(state: Path, *program: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "STRIDEIQ_STATE": str(state), "HOME": str(state), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", **more}
    return subprocess.run(
        [sys.executable, *program], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_second_glance_says_the_same_from_the_file_alone(tmp_path: Path) -> None:
    first = run(tmp_path, "-m", "strideiq_console", "glance", "--line")
    program = (
        "import sys; sys.argv[1:] = ['glance', '--line']; from strideiq_console.__main__ import main; code = main();"
        "print(sorted(n for n in sys.modules if n.startswith('strideiq_console')), file=sys.stderr); sys.exit(code)"
    )
    second = run(tmp_path, "-c", program)
    assert (second.stdout, second.returncode) == (first.stdout, first.returncode)
    assert (
        second.stderr.strip()
        == "['strideiq_console', 'strideiq_console.__main__', 'strideiq_console.cli', 'strideiq_console.cli.quick']"
    )


def test_a_poor_terminal_gets_the_plain_spelling(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quick.keep(str(tmp_path), "critical", LINE, PLAIN, since=0.0, until=9e9)
    path = tmp_path / quick.NAME
    text = path.read_text(encoding="utf-8").split("\n")
    import time

    text[1] = repr(time.time() - 1)
    path.write_text("\n".join(text), encoding="utf-8")
    assert quick.answer(["glance", "--line"], {"STRIDEIQ_STATE": str(tmp_path), "TERM": "linux"}) == 2
    assert capsys.readouterr().out == PLAIN + "\n"


@pytest.mark.parametrize("term", ["xterm-256color", "linux", "dumb", ""])
@pytest.mark.parametrize("locale", [{}, {"LANG": "C.UTF-8"}, {"LANG": "de_DE.ISO-8859-1"}, {"LC_ALL": "C", "LANG": "en_US.utf8"}])
def test_it_judges_the_terminal_as_the_console_does(term: str, locale: dict[str, str]) -> None:
    environ = {"TERM": term, **locale}
    assert quick.poor(environ) == (pick("auto", environ).name == "ascii")
