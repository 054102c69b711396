"""Tokens: from the environment, else from a keyring of the operating system, never from a file (RELIABILITY rule 17, R81)."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping

from strideiq_console.domain.secret import Secret
from strideiq_console.settings.keyring_backend import SERVICE, PasswordStore, system_keyring
from strideiq_console.settings.secret_names import TOKENS, is_address, variable

TIMEOUT = 3.0
ENVIRONMENT, KEYRING, WORLD = "environment", "keyring", "world"


class Tokens(ABC):
    """Where secrets come from. ``names`` are those that may be asked for; KeyError for any other."""

    names: tuple[str, ...] = tuple(TOKENS)

    @abstractmethod
    def _find(self, name: str) -> tuple[Secret | None, str]:
        """Return the token and its origin, or None and why there is none."""

    def get(self, name: str) -> Secret | None:
        """Return a token; None when there is none. May take up to 3 s for a keyring, so never call it on the screen's thread."""
        return self._find(self._checked(name))[0]

    def origin(self, name: str) -> str:
        """Return ``environment``, ``keyring``, ``world``, or ``none: …`` with the reason and what to do. As slow as :meth:`get`."""
        token, words = self._find(self._checked(name))
        return words if token is not None else f"none: {words}"

    def _checked(self, name: str) -> str:
        if name not in self.names:
            raise KeyError(name)
        return name


class WorldTokens(Tokens):
    """The tokens of a world alone: no real one can be loaded (RELIABILITY rule 29)."""

    def __init__(self, tokens: Mapping[str, str], *, names: Iterable[str] = tuple(TOKENS)) -> None:
        self.names = tuple(names)
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
        names: Iterable[str] = tuple(TOKENS),
        keyring: Callable[[], PasswordStore] = system_keyring,
        timeout: float = TIMEOUT,
    ) -> None:
        self.names = tuple(names)
        self._environ = {name: environ[variable(name)].strip() for name in self.names if environ.get(variable(name), "").strip()}
        self._keyring = keyring
        self._timeout = timeout
        self._lock = threading.Lock()
        self._asked: tuple[Mapping[str, str], str] | None = None

    def _find(self, name: str) -> tuple[Secret | None, str]:
        value = self._environ.get(name)
        if value is not None:
            fault = unfit(name, value)
            return (None, f"{variable(name)} {fault}: set it anew") if fault else (Secret(value), ENVIRONMENT)
        values, fault = self._from_keyring()
        if name in values:
            fault = unfit(name, values[name])
            return (
                (None, f"what the keyring holds {fault}: strideiq secrets set {name}") if fault else (Secret(values[name]), KEYRING)
            )
        return None, fault or f"strideiq secrets set {name}, or set {variable(name)}"

    def _from_keyring(self) -> tuple[Mapping[str, str], str]:
        """Return what the keyring holds, and why it could not be asked to the end (``""``: it was)."""
        with self._lock:
            if self._asked is None:
                self._asked = self._ask()
            return self._asked

    def _ask(self) -> tuple[Mapping[str, str], str]:
        found: dict[str, str] = {}
        faults: list[str] = []
        names = [name for name in self.names if name not in self._environ]

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


def unfit(name: str, value: str) -> str:
    """Say what is wrong with the value of a secret, ``""`` when nothing is; the value itself is never repeated."""
    if not value:
        return "is empty"
    if not value.isascii() or not value.isprintable() or " " in value or len(value) > 4096:
        return "holds blanks or characters that no token has"
    schemes = {"database": ("postgresql://", "postgres://"), "redis": ("redis://", "rediss://", "unix://")}
    wanted = schemes.get(name.partition("_")[0]) if is_address(name) else None
    if wanted is not None and not value.startswith(wanted):
        return f"does not begin with {wanted[0]}"
    return ""
