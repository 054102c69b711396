"""What the two audits share: the folder inside the clone, the child with its limits, and the faults of both."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Redactor
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.vulnerability import Waiver
from strideiq_console.providers import child
from strideiq_console.providers.http.answer import strict_json
from strideiq_console.settings.discovery import Found, discover

TIMEOUT = 120.0
CAP = 8_000_000
_CONSEQUENCE = "Whether there are known vulnerabilities is unknown"
_OFFLINE = (
    *("enotfound", "eai_again", "enetunreach", "ehostunreach", "econnrefused", "econnreset", "etimedout", "err_socket_timeout"),
    *("could not connect to", "connectionerror", "max retries exceeded", "failed to resolve", "name or service not known"),
    *("failed to establish a new connection", "network is unreachable", "connection refused", "read timed out"),
)
_TLS = ("certificate", "unable_to_verify", "self_signed", "ssl routines", "sslerror", "err_tls")


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool as the settings want it: its arguments, the folder (``""``: found in the clone), its waivers and its environment."""

    source: str
    argv: Sequence[str]
    clone: Path
    folder: str = ""
    waivers: tuple[Waiver, ...] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    fixed: Mapping[str, str] = field(default_factory=dict)
    timeout: float = TIMEOUT
    redact: Callable[[str], str] = field(default_factory=Redactor, repr=False)

    def error(self, kind: FaultKind, cause: str, next_step: str) -> OutsideError:
        """Return the error for a cause; its text is redacted, cleaned and bounded here."""
        shown = clean_line(self.redact(f"{self.source}: {cause}"), limit=500)
        return OutsideError(Fault(kind, self.source, shown, _CONSEQUENCE, next_step))

    def malformed(self, what: str) -> OutsideError:
        """Return the error for an output that is no report of this tool."""
        return self.error(FaultKind.MALFORMED, what, f"Run {self.shown} by hand and look at what it prints")

    @property
    def shown(self) -> str:
        """Return the command as the founder would type it."""
        return clean_line(" ".join(self.argv), limit=120)

    async def place(self, pick: Callable[[Found], str | None], lock: str) -> tuple[Path, str]:
        """Return the folder and its name in the clone; OutsideError where there is none, or it leads out of the clone."""
        if not self.argv:
            raise self.error(FaultKind.NOT_CONFIGURED, "it is switched off", "Set its arguments under [audits] in config.toml")
        name: str | None = self.folder
        if not name:
            name = pick(await asyncio.to_thread(discover, self.clone))
        if name is None:
            raise self.error(FaultKind.NOT_CONFIGURED, f"no {lock} is found in the clone", f"Commit a {lock}, or set its folder")
        folder = (self.clone / name).resolve()
        if not folder.is_relative_to(self.clone.resolve()):
            raise self.error(FaultKind.REFUSED, f"the folder {name} leads out of the clone", "Set another one in config.toml")
        if not folder.is_dir():
            raise self.error(FaultKind.MISSING, f"there is no folder {name} in the clone", "Set another one in config.toml")
        return folder, name or "."

    async def run(self, folder: Path, more: Sequence[str] = ()) -> child.Finished:
        """Run the tool to its end; OutsideError when it is missing, too slow, printed too much or was ended by a signal."""
        env = child.allowed(self.environ) | dict(self.fixed)
        done = await child.run(
            (*self.argv, *more), cwd=folder, env=env, timeout=self.timeout, cap=CAP, source=self.source, redact=self.redact
        )
        if done.truncated:
            raise self.error(FaultKind.TOO_LARGE, f"it printed more than {CAP // 1_000_000} MB", "Look at its output by hand")
        if done.code < 0:
            raise self.error(FaultKind.LOCAL, f"it was ended by signal {-done.code}", "Try again with r")
        return done

    def decoded(self, done: child.Finished) -> Any:
        """Return the JSON that was printed; without any, the error that its last words tell of."""
        if not done.stdout.strip():
            words = done.last_words(self.redact, lines=1) or "it said nothing"
            raise self.failed(f"it ended with code {done.code} and no report: {words}", done.stderr.decode("utf-8", "replace"))
        try:
            return strict_json(done.stdout)
        except (ValueError, OverflowError) as error:
            raise self.malformed(f"it printed {error}") from None

    def failed(self, cause: str, said: str) -> OutsideError:
        """Return the error for a tool that says it could not do its work; ``said`` is searched for the network's words."""
        words = said.lower()
        if any(word in words for word in _TLS):
            return self.error(FaultKind.TLS, cause, "Check the machine's clock, its proxy and its certificates")
        if any(word in words for word in _OFFLINE):
            return self.error(FaultKind.UNREACHABLE, f"the registry is not reachable: {cause}", "Check the network, then press r")
        return self.error(FaultKind.LOCAL, cause, f"Run {self.shown} by hand in that folder to see why")


def waivers_of(given: Iterable[Waiver]) -> tuple[Waiver, ...]:
    """Return waivers as they can be compared and shown."""
    return tuple(Waiver(one.id.strip(), clean_line(one.reason, limit=200), one.expires) for one in given)


class PackageAudit:
    """An audit of one folder of the clone, as both tools are set up (port ``Auditor``).

    ``argv`` comes from the user's own settings; ``folder`` is relative to ``clone``, ``""`` for that of the first lock file. The
    child sees the allow-listed part of ``environ`` alone, with :attr:`fixed` above it. ``timeout`` in seconds.
    """

    name: ClassVar[str]
    command: ClassVar[tuple[str, ...]]
    fixed: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        *,
        clone: Path,
        clock: Clock,
        argv: Sequence[str] | None = None,
        folder: str = "",
        waivers: Iterable[Waiver] = (),
        environ: Mapping[str, str] = os.environ,
        timeout: float = TIMEOUT,
        redact: Callable[[str], str] | None = None,
    ) -> None:
        words, made = self.command if argv is None else tuple(argv), waivers_of(waivers)
        self._tool = Tool(self.name, words, clone, folder, made, environ, self.fixed, timeout, redact or Redactor())
        self._clock = clock

    @property
    def source(self) -> str:
        """Return the word that its faults carry."""
        return self.name
