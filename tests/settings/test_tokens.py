from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.secret import Secret
from strideiq_console.settings.keyring_backend import ALLOWED, PasswordStore, vetted
from strideiq_console.settings.secret_names import secret_names, take_out, variable
from strideiq_console.settings.tokens import SystemTokens, WorldTokens

ROOT = Path(__file__).parents[2]
NAMES = secret_names(("production", "staging", "eu-west"))


class Shelf:
    """A keyring that holds what it is given, and counts."""

    def __init__(self, held: dict[str, str]) -> None:
        self.held = held
        self.asked: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        assert service == "strideiq-console"
        self.asked.append(username)
        return self.held.get(username)


def never() -> PasswordStore:
    raise AssertionError("the keyring must not be asked")


def test_the_environment_comes_first_and_the_keyring_is_asked_once_for_the_rest() -> None:
    shelf = Shelf({"github": "from-keyring", "vercel": "v-token\n"})
    tokens = SystemTokens({"STRIDEIQ_GITHUB_TOKEN": " env-token\n", "STRIDEIQ_RAILWAY_TOKEN": ""}, keyring=lambda: shelf)
    assert tokens.get("github") == Secret("env-token")
    assert shelf.asked == []
    assert (tokens.origin("github"), tokens.origin("vercel")) == ("environment", "keyring")
    assert tokens.get("vercel") == Secret("v-token")
    assert tokens.get("railway") is None
    assert tokens.origin("railway").startswith("none: strideiq secrets set railway, or set STRIDEIQ_RAILWAY_TOKEN")
    assert shelf.asked == ["github_bot", "vercel", "railway", "cloudflare", "prometheus", "alertmanager"]


def test_every_name_has_its_variable_and_others_are_unknown() -> None:
    schemes = {"database": "postgresql://u:p@h/d", "redis": "rediss://h"}
    environ = {variable(name): schemes.get(name.partition("_")[0], f"token-{name}") for name in NAMES}
    assert {"STRIDEIQ_GITHUB_BOT_TOKEN", "STRIDEIQ_DATABASE_PRODUCTION_URL", "STRIDEIQ_REDIS_EU_WEST_URL"} <= set(environ)
    tokens = SystemTokens(environ, names=NAMES, keyring=never)
    assert [tokens.origin(name) for name in NAMES] == ["environment"] * len(NAMES)
    take_out(environ)
    assert environ == {}
    with pytest.raises(KeyError):
        tokens.get("gitlab")


@pytest.mark.parametrize("value", ["two words", "line\nbreak", "tökén", "x\x1b[0m", "x" * 5000])
def test_what_no_header_can_carry_is_refused_without_being_repeated(value: str) -> None:
    tokens = SystemTokens({"STRIDEIQ_GITHUB_TOKEN": value}, keyring=never)
    assert tokens.get("github") is None
    assert tokens.origin("github").startswith("none: STRIDEIQ_GITHUB_TOKEN holds")
    assert value not in tokens.origin("github")


def test_a_keyring_that_hangs_is_given_up_once() -> None:
    release, calls = threading.Event(), []

    def hang() -> PasswordStore:
        calls.append(1)
        release.wait(30)
        raise OSError("too late")

    tokens = SystemTokens({}, keyring=hang, timeout=0.05)
    begin = time.monotonic()
    assert [tokens.get(name) for name in tokens.names] == [None] * len(tokens.names)
    assert time.monotonic() - begin < 2
    assert "did not answer" in tokens.origin("github")
    assert calls == [1]
    release.set()


def test_a_keyring_that_raises_tells_its_kind_and_not_its_words() -> None:
    def broken() -> PasswordStore:
        raise RuntimeError("token hunter2 is locked")

    tokens = SystemTokens({}, keyring=broken)
    assert tokens.get("github") is None
    assert tokens.origin("github").startswith("none: the keyring failed (RuntimeError)")
    assert "hunter2" not in tokens.origin("github")


def made(name: str, **attributes: object) -> PasswordStore:
    module, _, kind = name.rpartition(".")
    found: PasswordStore = type(kind, (), {"__module__": module, "get_password": lambda *_: "x", **attributes})()
    return found


def test_only_real_keyrings_are_allowed() -> None:
    for name in ALLOWED:
        assert vetted(made(name)).get_password("", "") == "x"
    for name in (
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
        "keyrings.alt.file.EncryptedKeyring",
        "evil.Keyring",
    ):
        with pytest.raises(ConfigurationError, match=name) as caught:
            vetted(made(name))
        assert "environment variable" in caught.value.next_step


def test_a_chain_is_as_good_as_its_worst_link() -> None:
    chain, good = "keyring.backends.chainer.ChainerBackend", made("keyring.backends.SecretService.Keyring")
    assert vetted(made(chain, backends=[good, made("keyring.backends.libsecret.Keyring")]))
    with pytest.raises(ConfigurationError, match="Plaintext"):
        vetted(made(chain, backends=[good, made("keyrings.alt.file.PlaintextKeyring")]))
    with pytest.raises(ConfigurationError, match="empty chain"):
        vetted(made(chain, backends=[]))


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_the_real_library_with_a_weak_backend_is_refused(backend: str) -> None:
    code = "from strideiq_console.settings.tokens import SystemTokens; print(SystemTokens({}, timeout=30).origin('github'))"
    environ = {"PYTHON_KEYRING_BACKEND": backend, "PATH": ""}
    child = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, cwd=ROOT, check=True)
    assert child.stdout.startswith("none: the keyring here is not one that keeps secrets"), child.stderr
    assert backend in child.stdout


def test_a_world_has_its_own_tokens_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIDEIQ_VERCEL_TOKEN", "real-token-of-somebody")
    tokens = WorldTokens({"github": "sandbox-github-founder"})
    assert tokens.get("github") == Secret("sandbox-github-founder")
    assert tokens.origin("github") == "world"
    assert tokens.get("vercel") is None
    assert tokens.origin("vercel") == "none: this world has none"


def test_tokens_do_not_show_themselves() -> None:
    tokens = SystemTokens({"STRIDEIQ_GITHUB_TOKEN": "planted-token-value"}, keyring=never)
    assert "planted" not in f"{tokens.get('github')!r} {tokens!r} {tokens.origin('github')}"


def test_an_address_must_look_like_one_and_is_not_repeated() -> None:
    tokens = SystemTokens({"STRIDEIQ_DATABASE_STAGING_URL": "mysql://u:hunter2@h"}, names=NAMES, keyring=never)
    assert tokens.get("database_staging") is None
    assert tokens.origin("database_staging") == (
        "none: STRIDEIQ_DATABASE_STAGING_URL does not begin with postgresql://: set it anew"
    )


def test_only_secrets_are_taken_out_of_an_environment() -> None:
    environ = {"STRIDEIQ_STATE": "/s", "STRIDEIQ_CONFIG": "/c", "GITHUB_TOKEN": "not ours", "STRIDEIQ_VERCEL_TOKEN": "x"}
    take_out(environ)
    assert environ == {"STRIDEIQ_STATE": "/s", "STRIDEIQ_CONFIG": "/c", "GITHUB_TOKEN": "not ours"}
