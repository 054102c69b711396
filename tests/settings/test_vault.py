from __future__ import annotations

import threading
import time

import pytest

from strideiq_console.domain.fault import ConfigurationError, NotAuthorisedError, UsageError
from strideiq_console.domain.secret import Secret
from strideiq_console.settings.keyring_backend import SERVICE
from strideiq_console.settings.vault import Vault

PLANTED = "planted-token-value"


class Shelf:
    """A keyring in memory; ``twist`` changes what it keeps, ``sticky`` keeps what is deleted."""

    def __init__(self, *, twist: str = "", sticky: bool = False) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self._twist, self._sticky = twist, sticky

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = self._twist or password

    def delete_password(self, service: str, username: str) -> None:
        if not self._sticky:
            del self.held[service, username]


def test_what_is_stored_is_read_back_and_removed() -> None:
    shelf = Shelf()
    vault = Vault(keyring=lambda: shelf)
    vault.set("github", Secret(PLANTED))
    assert shelf.held == {(SERVICE, "github"): PLANTED}
    assert vault.delete("github") is True
    assert vault.delete("github") is False
    assert vault.backend() == f"{__name__}.Shelf"


@pytest.mark.parametrize("twist", ["something else", PLANTED[:-1], PLANTED + "\n"])
def test_a_keyring_that_gives_back_something_else_is_not_trusted(twist: str) -> None:
    with pytest.raises(NotAuthorisedError, match="gave back something else") as caught:
        Vault(keyring=lambda: Shelf(twist=twist)).set("vercel", Secret(PLANTED))
    assert "STRIDEIQ_VERCEL_TOKEN" in caught.value.next_step
    assert PLANTED not in caught.value.sentence()


def test_removed_means_that_it_is_gone() -> None:
    shelf = Shelf(sticky=True)
    vault = Vault(keyring=lambda: shelf)
    vault.set("github", Secret(PLANTED))
    with pytest.raises(NotAuthorisedError, match="still holds"):
        vault.delete("github")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("github", "two words"),
        ("github", "x" * 5000),
        ("database_production", "mysql://u:p@h/d"),
        ("redis_staging", "h:6379"),
        ("github", ""),
    ],
)
def test_what_cannot_be_a_secret_is_refused_before_the_keyring_is_asked(name: str, value: str) -> None:
    def never() -> Shelf:
        raise AssertionError("the keyring must not be asked")

    with pytest.raises(UsageError) as caught:
        Vault(keyring=never).set(name, Secret(value))
    assert value == "" or value not in caught.value.sentence()


def test_a_keyring_that_hangs_is_given_up() -> None:
    release = threading.Event()

    def hang() -> Shelf:
        release.wait(30)
        return Shelf()

    begin = time.monotonic()
    with pytest.raises(NotAuthorisedError, match="did not answer within") as caught:
        Vault(keyring=hang, timeout=0.05).set("github", Secret(PLANTED))
    assert "not known" in caught.value.consequence
    assert time.monotonic() - begin < 3
    release.set()


def test_a_keyring_that_raises_tells_its_kind_and_not_its_words() -> None:
    class Broken(Shelf):
        def set_password(self, service: str, username: str, password: str) -> None:
            raise RuntimeError(f"{password} was not taken")

    with pytest.raises(NotAuthorisedError, match=r"failed \(RuntimeError\)") as caught:
        Vault(keyring=Broken).set("github", Secret(PLANTED))
    assert PLANTED not in f"{caught.value.sentence()} {caught.value!r}"


def test_a_weak_keyring_is_refused_for_writing_too(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    import keyring.backends.null

    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.null.Keyring)
    with pytest.raises(ConfigurationError, match=r"null\.Keyring"):
        Vault(timeout=30).set("github", Secret(PLANTED))
