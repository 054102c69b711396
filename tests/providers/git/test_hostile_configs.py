"""A clone whose own files want to run something: reads never do. Every case plants a program that leaves a canary behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from strideiq_console.domain.fault import CloneError, ConsoleError
from strideiq_console.providers.git import GitClone, remote_of
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo, program

HOOKS = ("post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc", "fsmonitor-watchman", "pre-push")


def _hooks(repo: Repo, evil: str) -> None:
    for name in HOOKS:
        repo.hook(name, evil)


def _hooks_path(repo: Repo, evil: str) -> None:
    folder = repo.path / "hooks-elsewhere"
    folder.mkdir()
    for name in HOOKS:
        program(folder / name, evil)
    repo.config("core.hooksPath", str(folder))


def _filter(repo: Repo, evil: str) -> None:
    (repo.path / ".gitattributes").write_text("* filter=evil\n")
    for key in ("clean", "smudge", "process"):
        repo.config(f"filter.evil.{key}", evil)
    repo.config("filter.evil.required", "true")
    os.utime(repo.path / "file", (1, 1))  # same size, another time: git must compare


def _filter_included(repo: Repo, evil: str) -> None:
    (repo.path / "more.cfg").write_text(f'[filter "evil"]\n\tclean = {evil}\n')
    repo.config("include.path", str(repo.path / "more.cfg"))
    (repo.path / ".gitattributes").write_text("* filter=evil\n")
    os.utime(repo.path / "file", (1, 1))


def _false_lfs(repo: Repo, evil: str) -> None:
    (repo.path / ".gitattributes").write_text("* filter=lfs\n")
    repo.config("filter.lfs.clean", f"git-lfs clean -- %f; {evil}")
    os.utime(repo.path / "file", (1, 1))


def _textconv(repo: Repo, evil: str) -> None:
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "info" / "attributes").write_text("* diff=evil\n")
    repo.config("diff.evil.textconv", evil)
    repo.config("diff.evil.command", evil)


def _signatures(repo: Repo, evil: str) -> None:
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n aGVsbG8=\n -----END PGP SIGNATURE-----"
    who = "founder <f@example.invalid> 1700000950 +0000"
    raw = f"tree {repo.sha('staging^{tree}')}\nparent {repo.sha('staging')}\nauthor {who}\ncommitter {who}\n{signature}\n\nsigned\n"
    sha = repo.git("hash-object", "-t", "commit", "-w", "--stdin", text=raw)
    repo.git("update-ref", "refs/remotes/origin/staging", sha)
    repo.config("log.showSignature", "true")
    repo.config("gpg.program", evil)


def _lazy_fetch(repo: Repo, evil: str) -> None:
    repo.config("core.sshCommand", evil)
    repo.config("remote.origin.url", "ssh://host.invalid/acme/strideiq")
    repo.config("remote.origin.promisor", "true")
    repo.config("extensions.partialClone", "origin")
    repo.config("core.repositoryFormatVersion", "1")
    tree = repo.sha("refs/remotes/origin/staging^{tree}")
    (repo.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()


def _submodule(repo: Repo, evil: str) -> None:
    inner = Repo.init(repo.path / "inner")
    inner.commit("inner")
    inner.config("core.fsmonitor", evil)
    inner.hook("post-index-change", evil)
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{inner.sha('HEAD')},inner")
    (repo.path / ".gitmodules").write_text('[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n')
    repo.config("submodule.inner.url", "./inner")
    (inner.path / "file").write_text("changed\n")


def _pagers(repo: Repo, evil: str) -> None:
    for command in ("log", "status", "diff", "config", "for-each-ref"):
        repo.config(f"pager.{command}", evil)


def _aliases(repo: Repo, evil: str) -> None:
    for command in ("status", "log", "rev-list", "for-each-ref", "show-ref", "rev-parse"):
        repo.config(f"alias.{command}", f"!{evil}")


CASES: dict[str, Callable[[Repo, str], None]] = {
    "core.fsmonitor": lambda repo, evil: repo.config("core.fsmonitor", evil),
    "hooks": _hooks,
    "core.hooksPath": _hooks_path,
    "core.sshCommand": lambda repo, evil: repo.config("core.sshCommand", evil),
    "diff.external": lambda repo, evil: repo.config("diff.external", evil),
    "core.pager": lambda repo, evil: repo.config("core.pager", evil),
    "pager.log": _pagers,
    "filter": _filter,
    "filter in an included file": _filter_included,
    "filter that calls itself lfs": _false_lfs,
    "textconv": _textconv,
    "gpg.program": _signatures,
    "core.editor": lambda repo, evil: repo.config("core.editor", evil),
    "core.askPass": lambda repo, evil: repo.config("core.askPass", evil),
    "credential.helper": lambda repo, evil: repo.config("credential.helper", f"!{evil}"),
    "lazy fetch": _lazy_fetch,
    "submodule": _submodule,
    "alternate refs": lambda repo, evil: repo.config("core.alternateRefsCommand", evil),
}


async def read_everything(clone: GitClone, repo: Repo) -> None:
    """Make every read that stays in the clone; one that git refuses is fine."""
    main, staging = repo.sha("refs/heads/main"), "refs/remotes/origin/staging"
    for reading in (
        clone.status,
        clone.branches,
        clone.promotion,
        lambda: clone.tip(staging),
        lambda: clone.is_ancestor(main, staging),
        lambda: clone.divergence(main, staging),
        lambda: clone.commits(main, staging),
        lambda: clone.history(staging),
        lambda: clone.changed_files(main, staging),
        lambda: clone.same_tree(main, staging),
    ):
        with contextlib.suppress(ConsoleError):
            await reading()
    remote_of(repo.path)


async def read_the_files(clone: GitClone, repo: Repo) -> None:
    """Make the reads that look into files and merges."""
    main, staging = repo.sha("refs/heads/main"), repo.sha("refs/heads/staging")
    for reading in (
        lambda: clone.unsaved(str(repo.path)),
        lambda: clone.changes(main, staging, folder="x"),
        lambda: clone.message(staging),
        lambda: clone.tags(),
        lambda: clone.conflicts(main, staging),
        lambda: clone.file_at(staging, "coach"),
        lambda: clone.patch(main, staging),
    ):
        with contextlib.suppress(ConsoleError):
            await reading()


@pytest.mark.parametrize("case", CASES)
async def test_reads_of_files_run_nothing_either(repo: Repo, tmp_path: Path, opened: Opener, case: str) -> None:
    canary = tmp_path / "canary"
    evil = program(tmp_path / "evil", f"touch {canary}; exit 0")
    CASES[case](repo, str(evil))
    (repo.path / "file").write_text("edited\n")
    before = (repo.path / ".git" / "index").read_bytes()
    canary.unlink(missing_ok=True)
    await read_the_files(opened(repo), repo)
    assert not canary.exists()
    assert (repo.path / ".git" / "index").read_bytes() == before


@pytest.mark.parametrize("case", CASES)
async def test_reads_run_nothing_of_the_clones_own(repo: Repo, tmp_path: Path, opened: Opener, case: str) -> None:
    canary = tmp_path / "canary"
    evil = program(tmp_path / "evil", f"touch {canary}; exit 0")
    CASES[case](repo, str(evil))
    before = (repo.path / ".git" / "index").read_bytes()
    canary.unlink(missing_ok=True)  # setting the trap may have sprung it
    await read_everything(opened(repo), repo)
    assert not canary.exists()
    assert (repo.path / ".git" / "index").read_bytes() == before


@pytest.mark.parametrize("case", ["core.fsmonitor", "filter", "hooks"])
async def test_the_traps_are_real(repo: Repo, tmp_path: Path, case: str) -> None:
    """Plain git does spring them: without this the test above would prove nothing."""
    canary = tmp_path / "canary"
    evil = program(tmp_path / "evil", f"touch {canary}; exit 0")
    CASES[case](repo, str(evil))
    canary.unlink(missing_ok=True)
    os.utime(repo.path / "file", (1, 1))
    subprocess.run(["git", "status"], cwd=repo.path, capture_output=True, check=False)
    assert canary.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("core.sshCommand", "{evil}"),
        ("core.sshCommand", "ssh -o ProxyCommand={evil}"),
        ("core.sshCommand", "ssh; {evil}"),
        ("core.sshCommand", "ssh -F /tmp/evil.conf"),
        ("credential.helper", "!{evil}"),
        ("credential.helper", "{evil}"),
        ("credential.https://github.com.helper", "!{evil}"),
        ("remote.origin.uploadpack", "{evil}"),
        ("remote.origin.vcs", "evil"),
        ("core.alternateRefsCommand", "{evil}"),
        ("core.gitProxy", "{evil}"),
    ],
)
async def test_commands_in_the_clones_config_stop_every_way_to_origin(
    repo: Repo, tmp_path: Path, opened: Opener, key: str, value: str
) -> None:
    canary = tmp_path / "canary"
    evil = program(tmp_path / "evil", f"touch {canary}")
    repo.config(key, value.format(evil=evil))
    clone = opened(repo)
    for call in (lambda: clone.remote_tip("main"), clone.fetch, lambda: clone.push("feature/x", repo.sha("main"))):
        with pytest.raises(CloneError, match="own config sets"):
            await call()
    assert not canary.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("core.sshCommand", "ssh -i ~/.ssh/id_acme -o IdentitiesOnly=yes"),
        ("core.sshCommand", "/usr/bin/ssh -p 2222"),
        ("credential.helper", "osxkeychain"),
        ("credential.helper", "cache --timeout=3600"),
        ("credential.helper", ""),
        ("remote.origin.uploadpack", "git-upload-pack"),
    ],
)
async def test_usual_settings_of_one_clone_pass(repo: Repo, opened: Opener, key: str, value: str) -> None:
    repo.config(key, value)
    assert await opened(repo).remote_tip("main") == repo.sha("main")


async def test_the_founders_own_config_is_trusted(repo: Repo, opened: Opener, home: Path) -> None:
    repo.git("config", "--global", "core.sshCommand", "sh -c 'exec ssh \"$@\"' --")
    assert await opened(repo).remote_tip("main") == repo.sha("main")


@pytest.mark.parametrize("url", ["ext::sh -c 'touch {canary}'", "evil::x", "-x", "--upload-pack=touch {canary}"])
async def test_addresses_that_are_commands(repo: Repo, tmp_path: Path, opened: Opener, url: str) -> None:
    canary = tmp_path / "canary"
    repo.git("config", "remote.origin.url", url.format(canary=canary))
    for call in (opened(repo).fetch, lambda: opened(repo).remote_tip("main")):
        with pytest.raises(ConsoleError):
            await call()
    assert not canary.exists()


async def test_fetching_runs_no_hook(repo: Repo, origin: Repo, tmp_path: Path, opened: Opener) -> None:
    canary = tmp_path / "canary"
    origin.git("update-ref", "refs/heads/new", repo.sha("main"))
    _hooks(repo, f"touch {canary}")
    await opened(repo).fetch()
    assert repo.sha("refs/remotes/origin/new") == repo.sha("main")
    assert not canary.exists()


async def test_children_inherit_only_what_is_allowed(
    repo: Repo, tmp_path: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hooks run on writes; what they see of the environment is what every child sees."""
    seen = tmp_path / "seen"
    repo.hook("post-checkout", f"env > {seen}; tr '\\0' ' ' < /proc/$PPID/cmdline >> {seen} 2>/dev/null")
    monkeypatch.setenv("STRIDEIQ_GITHUB_TOKEN", "ghp_canarycanarycanarycanary")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "evil")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("BASH_ENV", "evil")
    await opened(repo).switch("staging")
    said = seen.read_text()
    assert "GIT_TERMINAL_PROMPT=0" in said
    assert "LC_ALL=C" in said
    for word in ("ghp_canary", "STRIDEIQ", "GIT_EXTERNAL_DIFF", "BASH_ENV=", "GIT_PYTHON"):
        assert word not in said
    assert not (tmp_path / "trace").exists()
