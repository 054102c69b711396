"""The one module that runs git: a full argv list each time, from an absolute path, in an environment built from an allow-list.

There are three kinds of calls. :meth:`Git.read` looks at the clone and runs nothing that the clone's own config names: no hook,
no file-system monitor, no pager, no filter, no transport. :meth:`Git.ask` reads from origin, so the founder's ssh and credential
helper run, but none of the clone's hooks. :meth:`Git.write` changes something: there the founder's hooks run as they would by hand.

GitPython starts the child (``Git.execute`` with ``as_process``); waiting is done here, because its own timeout kills with SIGKILL,
which leaves stale locks behind. A child gets SIGTERM and five seconds first.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.git.faults import explained, not_started, too_slow

if TYPE_CHECKING:
    from git.cmd import Git as GitPython

READ_SECONDS = 60.0
ASK_SECONDS = 120.0
WRITE_SECONDS = 600.0
GRACE_SECONDS = 5.0

HARDENED = (
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.ext.allow=never",
    "-c",
    "safe.bareRepository=explicit",
    "-c",
    "log.showSignature=false",
    "-c",
    "core.askPass=",
)
NO_HOOKS = ("-c", "core.hooksPath=/dev/null")

# What a child may inherit. The console's tokens are not among it, nor any GIT_* variable, which could redirect git.
_FOR_ALL = "PATH HOME USER LOGNAME TMPDIR TZ XDG_CONFIG_HOME XDG_RUNTIME_DIR"
_FOR_ORIGIN = (
    "SSH_AUTH_SOCK SSH_AGENT_PID DBUS_SESSION_BUS_ADDRESS SUDO_UID "
    "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR"
)
_FOR_WINDOWS = (
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA "
    "PROGRAMDATA PROGRAMFILES TEMP TMP"
)
ALLOWED = frozenset(f"{_FOR_ALL} {_FOR_ORIGIN} {_FOR_WINDOWS}".split())
_LOCAL = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
_NETWORK = {"GIT_ALLOW_PROTOCOL": "https:http:ssh:file"}
_ALWAYS = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "LANG": "C", "LANGUAGE": "C", "GIT_PAGER": "cat", "GIT_EDITOR": "false"}


@dataclass(frozen=True, slots=True)
class Output:
    """What git said. ``words`` is its standard error as text, not yet clean; ``text`` keeps undecodable bytes as surrogates."""

    code: int
    out: bytes
    words: str

    @property
    def text(self) -> str:
        """Return standard output as text, without the newline at its end."""
        return self.out.decode("utf-8", "surrogateescape").removesuffix("\n")


class Git:
    """Runs git in one folder. Blocking: callers are on a worker thread. Safe to share between threads.

    ``redact`` takes secrets out of whatever git says before it becomes part of an error.
    """

    def __init__(self, folder: Path, *, redact: Callable[[str], str]) -> None:
        self.folder = folder
        self.redact = redact
        self._inside: tuple[Path, ...] = (folder,)
        self._elsewhere: dict[str, str] = {}
        self._program: str | None = None

    def at(self, folder: Path, *, objects: Path | None = None) -> Git:
        """Return a git for another work tree; ``objects`` is the folder that gets what it makes, if not its own repository's."""
        other = Git(folder, redact=self.redact)
        other._inside = (*self._inside, folder)
        other._elsewhere = {} if objects is None else {"GIT_OBJECT_DIRECTORY": str(objects)}
        return other

    def read(
        self,
        *argv: str,
        config: tuple[str, ...] = (),
        allow: Collection[int] = (0,),
        seconds: float = READ_SECONDS,
        stdin: bytes | None = None,
    ) -> Output:
        """Look at the clone without running anything that it names, and without taking a lock."""
        return self._run((*HARDENED, *NO_HOOKS, *config), argv, _LOCAL, allow, seconds, stdin)

    def ask(self, *argv: str, allow: Collection[int] = (0,), seconds: float = ASK_SECONDS) -> Output:
        """Read from origin. Callers have looked at the clone's transport first (:mod:`.transport`)."""
        return self._run((*HARDENED, *NO_HOOKS), argv, _NETWORK, allow, seconds)

    def write(
        self,
        *argv: str,
        config: tuple[str, ...] = (),
        allow: Collection[int] = (0,),
        seconds: float = WRITE_SECONDS,
        hooks: bool = True,
        stdin: bytes | None = None,
    ) -> Output:
        """Change something; the founder's hooks run unless ``hooks`` is false. ``stdin`` is what the child reads, then its end."""
        return self._run((*HARDENED, *(() if hooks else NO_HOOKS), *config), argv, _NETWORK, allow, seconds, stdin)

    def _run(
        self,
        options: tuple[str, ...],
        argv: tuple[str, ...],
        extra: Mapping[str, str],
        allow: Collection[int],
        seconds: float,
        stdin: bytes | None = None,
    ) -> Output:
        deed = f"git {argv[0]}"
        program = self._resolve()
        path = _search_path(self._inside)
        library = _library(program)
        command = [*_without_the_rest(path, kept=self._elsewhere), program, *options, *argv]
        environment = {**_ALWAYS, **extra, **self._elsewhere, "PATH": path, **_blanks()}
        keywords: dict[str, Any] = {} if sys.platform == "win32" else {"start_new_session": True}
        if stdin is not None:
            keywords["istream"] = subprocess.PIPE
        try:
            process = library(self.folder).execute(command, as_process=True, env=environment, shell=False, **keywords)
        except (OSError, _command_error()) as error:
            raise not_started(deed, self.folder, self.redact(str(error))) from error
        child = process.proc
        if child is None:
            raise not_started(deed, self.folder, "the process could not be followed")
        try:
            out, err = child.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(child)
            raise too_slow(deed, seconds) from None
        output = Output(child.returncode, out, self.redact(err.decode("utf-8", "replace")))
        if output.code not in allow:
            raise explained(deed, output.words, folder=self.folder)
        return output

    def _resolve(self) -> str:
        """Return git's absolute path, looked up once and never in the clone itself or the working directory."""
        if self._program is None:
            found = shutil.which("git", path=_search_path(self._inside))
            if found is None or not Path(found).is_absolute():
                raise CloneError(
                    "git is not installed, or not on PATH",
                    consequence="nothing of the clone can be read",
                    next_step="install git, then start again",
                )
            self._program = found
        return self._program


def _search_path(folders: Collection[Path]) -> str:
    """Return PATH without relative entries and without folders inside the clone, where a hostile repository could put a program."""
    inside = {Path.cwd(), *(folder.absolute() for folder in folders), *(folder.resolve() for folder in folders)}
    kept = [
        entry
        for entry in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if entry and Path(entry).is_absolute() and not any(Path(entry).is_relative_to(place) for place in inside)
    ]
    return os.pathsep.join(kept)


def _without_the_rest(path: str, *, kept: Collection[str]) -> list[str]:
    """Return the words that drop every variable outside the allow-list; names alone, so that no value ever stands in an argv.

    GitPython hands its own whole environment down and can only add to it, hence ``env -u``. Windows has no such program: there
    :func:`_blanks` empties the values.
    """
    program = None if sys.platform == "win32" else shutil.which("env", path=path)
    if program is None:
        return []
    words = [program]
    for name in os.environ:
        if name.upper() not in ALLOWED and name not in _ALWAYS and name not in _LOCAL and name not in kept:
            words += ["-u", name]
    return words


def _blanks() -> dict[str, str]:
    if os.name != "nt":
        return {}
    return {name: "" for name in os.environ if name.upper() not in ALLOWED and not name.upper().startswith("GIT_")}


def _library(program: str) -> type[GitPython]:
    """Import GitPython late (it costs 100 ms) and tell it which git to try, since its import runs ``git version``."""
    if "git.cmd" not in sys.modules:
        os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = program
        os.environ["GIT_PYTHON_REFRESH"] = "quiet"
    from git.cmd import Git as Library

    return Library


def _command_error() -> type[Exception]:
    from git.exc import CommandError

    return CommandError


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask the child and all that it started to end; after five seconds make them."""
    if sys.platform == "win32":
        child.terminate()
    else:
        _signal(child.pid, signal.SIGTERM)
    try:
        child.communicate(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        if sys.platform == "win32":
            child.kill()
        else:
            _signal(child.pid, signal.SIGKILL)
        child.communicate()


def _signal(group: int, number: int) -> None:
    if sys.platform != "win32":
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            return
