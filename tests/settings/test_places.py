from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from strideiq_console.settings.faults import SettingsError
from strideiq_console.settings.load import load
from strideiq_console.settings.places import clone_root, config_file, state_folder


def test_the_command_line_comes_before_the_environment_and_that_before_the_platform(tmp_path: Path) -> None:
    environ = {"STRIDEIQ_CONFIG": "env.toml", "HOME": str(tmp_path), "STRIDEIQ_STATE": "st"}
    assert config_file(Path("cli.toml"), tmp_path, environ) == (tmp_path / "cli.toml", True)
    assert config_file(None, tmp_path, environ) == (tmp_path / "env.toml", True)
    assert state_folder(tmp_path, environ) == (tmp_path / "st", "environment")
    file, required = config_file(None, tmp_path, {"HOME": str(tmp_path), "STRIDEIQ_CONFIG": ""})
    assert (file.name, file.parent.name, required) == ("config.toml", "strideiq-console", False)


@pytest.mark.skipif(sys.platform != "linux", reason="the short cut is Linux's")
@pytest.mark.parametrize(
    "extra", [{}, {"XDG_CONFIG_HOME": "/x/c", "XDG_STATE_HOME": "/x/s"}, {"XDG_CONFIG_HOME": "", "XDG_STATE_HOME": " "}]
)
def test_the_platforms_folders_are_those_of_platformdirs(monkeypatch: pytest.MonkeyPatch, extra: dict[str, str]) -> None:
    import platformdirs

    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in extra.items():
        monkeypatch.setenv(name, value)
    assert config_file(None, Path("/"), os.environ)[0].parent == platformdirs.user_config_path("strideiq-console")
    assert state_folder(Path("/"), os.environ)[0] == platformdirs.user_state_path("strideiq-console")
    assert state_folder(Path("/"), {})[0] == platformdirs.user_state_path("strideiq-console")


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    for config, environ in ((Path("no.toml"), {}), (None, {"STRIDEIQ_CONFIG": "no.toml"})):
        with pytest.raises(SettingsError, match=r"no\.toml: there is no such file"):
            load(config=config, cwd=tmp_path, environ=environ)
    with pytest.raises(SettingsError, match=r"not a regular file|cannot be read"):
        load(config=tmp_path, cwd=tmp_path, environ={})


def test_the_platforms_own_file_is_read_when_it_is_there(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    file, _ = config_file(None, tmp_path, environ)
    if tmp_path not in file.parents:
        pytest.skip("this platform does not follow HOME")
    file.parent.mkdir(parents=True)
    file.write_text('founder = "Ada"')
    settings = load(config=None, cwd=tmp_path, environ=environ)
    assert (settings.founder, settings.file) == ("Ada", file)


def test_the_clone_is_found_from_inside(tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "repo" / ".git").write_text("gitdir: elsewhere")
    assert clone_root(inner) == tmp_path / "repo"
    assert load(config=None, cwd=inner, environ={"HOME": str(tmp_path)}).clone == tmp_path / "repo"
