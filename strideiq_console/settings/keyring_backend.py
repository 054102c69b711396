"""The operating system's keyring, if it is a real one: an allow-list, since keyring falls back to plain text silently (T9)."""

from __future__ import annotations

from typing import Protocol, TypeVar

from strideiq_console.domain.fault import ConfigurationError

SERVICE = "strideiq-console"
ALLOWED = frozenset(
    {
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
    }
)
CHAIN = "keyring.backends.chainer.ChainerBackend"


class PasswordStore(Protocol):
    """What the console asks of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return a password; None when there is none."""
        ...


class PasswordVault(PasswordStore, Protocol):
    """What the console asks of a keyring that it writes to."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a password."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Remove a password; raises when there is none."""
        ...


V = TypeVar("V", bound=PasswordStore)


def system_keyring() -> PasswordVault:
    """Return the keyring of this system. ConfigurationError unless its class, and all classes of a chain, are on the allow-list.

    Importing it takes a quarter of a second and asking it may hang: call this in a thread.
    """
    import keyring

    return vetted(keyring.get_keyring())


def vetted(backend: V) -> V:
    """Return ``backend`` if it is allowed; ConfigurationError otherwise."""
    links = list(getattr(backend, "backends", ())) if _name(backend) == CHAIN else [backend]
    strangers = sorted({_name(link) for link in links} - ALLOWED)
    if not links or strangers:
        raise ConfigurationError(
            f"the keyring here is not one that keeps secrets ({', '.join(strangers) or 'an empty chain'})",
            next_step="Set the environment variable STRIDEIQ_…_TOKEN, or install and unlock a keyring (GNOME Keyring, KWallet)",
        )
    return backend


def _name(backend: object) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"
