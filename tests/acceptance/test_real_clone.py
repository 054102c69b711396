"""Any real clone, no token, no config: what git knows is shown, everything else says which command configures it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.console import Shell


@pytest.fixture
def clone(shell: Shell) -> Path:
    folder = shell.home / "clone"
    folder.mkdir()
    shell.cwd = folder
    shell.git("init", "-q")
    shell.git("commit", "-q", "--allow-empty", "-m", "first")
    return folder


def show(shell: Shell) -> str:
    ended = shell.run("show", "branches", "--live")
    return ended.out + ended.err


def test_branches_and_an_honest_rest(shell: Shell, clone: Path) -> None:
    shell.git("branch", "feature/x]y")
    shell.git("branch", "feature/日本語")
    shell.git("switch", "-qc", "feature/long")
    shell.git("commit", "-q", "--allow-empty", "-m", "\x1b]0;owned\x07[@click=app.quit]" + "x" * 500)
    said = show(shell)
    assert "feature/x]y" in said
    assert "feature/日本語" in said
    assert "\x1b" not in said
    glance = shell.run("glance", "--live")
    assert "not configured" in glance.out
    assert "STRIDEIQ_GITHUB_TOKEN" in shell.run("doctor").out
    assert glance.code == 3, "what nobody can see is unknown, not ok"


@pytest.mark.parametrize("state", ["detached", "empty", "bare", "shallow", "none", "merge"])
def test_odd_repositories_get_a_message(shell: Shell, clone: Path, state: str) -> None:
    if state == "detached":
        shell.git("checkout", "-q", "--detach")
    elif state == "empty":
        shell.cwd = shell.home / "empty"
        shell.cwd.mkdir()
        shell.git("init", "-q")
    elif state == "bare":
        shell.git("clone", "-q", "--bare", str(clone), str(shell.home / "bare.git"))
        shell.cwd = shell.home / "bare.git"
    elif state == "shallow":
        shell.git("commit", "-q", "--allow-empty", "-m", "second")
        shell.git("clone", "-q", "--depth", "1", f"file://{clone}", str(shell.home / "shallow"))
        shell.cwd = shell.home / "shallow"
    elif state == "none":
        shell.cwd = shell.home / "nothing"
        shell.cwd.mkdir()
    elif state == "merge":
        (clone / ".git" / "MERGE_HEAD").write_text(shell.git("rev-parse", "HEAD") + "\n")
    for argv in (("show", "branches", "--live"), ("show", "environments", "--live"), ("glance", "--live"), ("doctor",)):
        ended = shell.run(*argv)
        assert ended.code in (0, 1, 2, 3), (argv, ended)
        assert ended.out.strip()
    plan = shell.run("hotfix", "start", "x", "--plan")
    assert plan.code in (4, 77, 78), plan
    assert plan.err.strip()
    words = {"bare": "bare", "none": "clone", "empty": "commit", "detached": "detached", "merge": "merge"}
    if state in words:
        said = [shell.run(*argv).out for argv in (("doctor",), ("show", "environments", "--live"), ("show", "branches", "--live"))]
        assert words[state] in "".join(said).lower()


def test_bad_config_names_key_line_and_spelling(shell: Shell, clone: Path) -> None:
    config = shell.home / "config.toml"
    config.write_text('mode = "live"\n[github]\nrepositry = "acme/strideiq"\napi_url = "http://example.com"\n')
    ended = shell.run("--config", str(config), "glance")
    assert ended.code == 78
    assert "repositry" in ended.err
    assert "repository" in ended.err
    assert "config.toml:3" in ended.err or "line 3" in ended.err
    assert "api_url" in ended.err
