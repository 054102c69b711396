"""Tokens: from the environment, else from a keyring of the operating system, never from a file (RELIABILITY rule 17, R81)."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from strideiq_console.domain.secret import Secret
from strideiq_console.settings.keyring_backend import SERVICE, PasswordStore, system_keyring

TOKEN_NAMES = ("github", "github_bot", "vercel", "railway", "cloudflare")
TIMEOUT = 3.0
ENVIRONMENT, KEYRING, WORLD = "environment", "keyring", "world"


def variable(name: str) -> str:
    """Return the environment variable of a token: ``STRIDEIQ_GITHUB_BOT_TOKEN`` for ``github_bot``."""
    return f"STRIDEIQ_{name.upper()}_TOKEN"


class Tokens(ABC):
    """Where tokens come from. ``name`` is one of ``TOKEN_NAMES``; KeyError for any other."""

    @abstractmethod
    def _find(self, name: str) -> tuple[Secret | None, str]:
        """Return the token and its origin, or None and why there is none."""

    def get(self, name: str) -> Secret | None:
        """Return a token; None when there is none. May take up to 3 s for a keyring, so never call it on the screen's thread."""
        return self._find(_checked(name))[0]

    def origin(self, name: str) -> str:
        """Return ``environment``, ``keyring``, ``world``, or ``none: …`` with the reason and what to do. As slow as :meth:`get`."""
        token, words = self._find(_checked(name))
        return words if token is not None else f"none: {words}"


class WorldTokens(Tokens):
    """The tokens of a world alone: no real one can be loaded (RELIABILITY rule 29)."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = {name: Secret(value) for name, value in tokens.items()}

    def _find(self, name: str) -> tuple[Secret | None, str]:
        token = self._tokens.get(name)
        return token, WORLD if token else "this world has none"


class SystemTokens(Tokens):
    """The user's own tokens. What the environment holds stays in memory; it is never written anywhere.

    The keyring is asked once, for all names that the environment lacks, in a thread that is given up after ``timeout`` seconds.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        keyring: Callable[[], PasswordStore] = system_keyring,
        timeout: float = TIMEOUT,
    ) -> None:
        self._environ = {name: environ[variable(name)].strip() for name in TOKEN_NAMES if environ.get(variable(name), "").strip()}
        self._keyring = keyring
        self._timeout = timeout
        self._lock = threading.Lock()
        self._asked: tuple[Mapping[str, str], str] | None = None

    def _find(self, name: str) -> tuple[Secret | None, str]:
        value = self._environ.get(name)
        if value is not None:
            return _usable(value, ENVIRONMENT, f"{variable(name)} holds blanks or characters that no token has: set it anew")
        values, fault = self._from_keyring()
        if name in values:
            again = f"what the keyring holds is no token: store it anew with 'keyring set {SERVICE} {name}'"
            return _usable(values[name], KEYRING, again)
        return None, fault or f"set {variable(name)}, or store it with 'keyring set {SERVICE} {name}'"

    def _from_keyring(self) -> tuple[Mapping[str, str], str]:
        """Return what the keyring holds, and why it could not be asked to the end (``""``: it was)."""
        with self._lock:
            if self._asked is None:
                self._asked = self._ask()
            return self._asked

    def _ask(self) -> tuple[Mapping[str, str], str]:
        found: dict[str, str] = {}
        faults: list[str] = []
        names = [name for name in TOKEN_NAMES if name not in self._environ]

        def ask() -> None:
            try:
                store = self._keyring()
                for name in names:
                    value = store.get_password(SERVICE, name)
                    if value and value.strip():
                        found[name] = value.strip()
            except Exception as error:  # noqa: BLE001 - backends raise anything; the reason is told, never swallowed
                faults.append(_reason(error))

        # A daemon: a locked keyring may wait for a dialog that nobody sees, and must not keep the console from ending.
        thread = threading.Thread(target=ask, name="keyring", daemon=True)
        thread.start()
        thread.join(self._timeout)
        if thread.is_alive():
            return dict(found), f"the keyring did not answer within {self._timeout:g} s: unlock it, or set the environment variable"
        return dict(found), faults[0] if faults else ""


def _reason(error: Exception) -> str:
    from strideiq_console.domain.fault import ConsoleError
    from strideiq_console.domain.untrusted import clean_line

    if isinstance(error, ConsoleError):
        return error.sentence()
    # The kind alone: a backend's own words may repeat what it was asked to keep.
    return clean_line(f"the keyring failed ({type(error).__name__}): unlock it, or set the environment variable")


def _usable(value: str, origin: str, otherwise: str) -> tuple[Secret | None, str]:
    good = value.isascii() and value.isprintable() and " " not in value and len(value) <= 4096
    return (Secret(value), origin) if good else (None, otherwise)


def _checked(name: str) -> str:
    if name not in TOKEN_NAMES:
        raise KeyError(name)
    return name
