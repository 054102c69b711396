"""Writes secrets into the operating system's keyring, and proves that they arrived: write, read back, compare (RELIABILITY T9)."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from typing import TypeVar

from strideiq_console.domain.fault import ConsoleError, NotAuthorisedError, UsageError
from strideiq_console.domain.secret import Secret
from strideiq_console.settings.keyring_backend import SERVICE, PasswordVault, system_keyring
from strideiq_console.settings.secret_names import describe, variable
from strideiq_console.settings.tokens import unfit

TIMEOUT = 3.0
T = TypeVar("T")


class Vault:
    """The keyring, for writing. Every call asks it in a thread that is given up after ``timeout`` seconds.

    ConfigurationError for a keyring that is not on the allow-list, NotAuthorisedError for one that is locked, silent or failing.
    """

    def __init__(self, *, keyring: Callable[[], PasswordVault] = system_keyring, timeout: float = TIMEOUT) -> None:
        self._keyring = keyring
        self._timeout = timeout

    def backend(self) -> str:
        """Return the keyring's class, as it is told in lists and by the doctor."""
        found = type(self._within(self._keyring, "be found"))
        return f"{found.__module__}.{found.__qualname__}"

    def set(self, name: str, secret: Secret) -> None:
        """Store a secret. What comes back is compared; a keyring that answers anything else is not trusted with it."""
        fault = unfit(name, secret.reveal())
        if fault:
            raise UsageError(f"{describe(name)} {fault}", consequence="Nothing was stored", next_step="copy it again, whole")

        def write() -> bool:
            store = self._keyring()
            store.set_password(SERVICE, name, secret.reveal())
            back = store.get_password(SERVICE, name) or ""
            return hmac.compare_digest(back.encode(), secret.reveal().encode())

        if not self._within(write, "store it"):
            raise NotAuthorisedError(
                f"the keyring gave back something else than {describe(name)}",
                consequence="It is not counted as stored",
                next_step=f"unlock or repair the keyring, or set {variable(name)}",
            )

    def delete(self, name: str) -> bool:
        """Remove a secret; say whether there was one. It is read back, so that "removed" is true."""

        def remove() -> bool:
            store = self._keyring()
            if store.get_password(SERVICE, name) is None:
                return False
            store.delete_password(SERVICE, name)
            if store.get_password(SERVICE, name) is not None:
                raise NotAuthorisedError(
                    f"the keyring still holds {describe(name)}",
                    next_step=f"remove {SERVICE} / {name} with the keyring's own program",
                )
            return True

        return self._within(remove, "remove it")

    def _within(self, work: Callable[[], T], deed: str) -> T:
        """Do work in a thread of its own: a locked keyring may wait for a dialog that nobody sees."""
        done: list[T] = []
        failed: list[Exception] = []

        def run() -> None:
            try:
                done.append(work())
            except Exception as error:  # noqa: BLE001 - backends raise anything; it is told below
                failed.append(error)

        thread = threading.Thread(target=run, name="vault", daemon=True)
        thread.start()
        thread.join(self._timeout)
        if done:
            return done[0]
        if failed and isinstance(failed[0], ConsoleError):
            raise failed[0]
        # The kind alone: a backend's own words may repeat what it was asked to keep.
        why = f"failed ({type(failed[0]).__name__})" if failed else f"did not answer within {self._timeout:g} s"
        raise NotAuthorisedError(
            f"the keyring {why} when asked to {deed}",
            consequence="Whether it was done is not known" if not failed else "Nothing is counted as done",
            next_step="unlock the keyring and try again, or set the environment variable (strideiq secrets list names them)",
        )
