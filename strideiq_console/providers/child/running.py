"""Starts a child, feeds and reads it, and waits for its end within a time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strideiq_console.domain.secret import Redactor
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.child.ending import finish
from strideiq_console.providers.child.faults import TAIL, Teller, last_words
from strideiq_console.providers.child.program import resolve

LINGER_SECONDS = 1.0
CAP = 2_000_000
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Finished:
    """A child that ended by itself. ``code`` is negative for a signal; ``truncated``: more was printed than was kept.

    The bytes are raw. ``tail`` are the last bytes of standard error, or of standard output when there was no error text.
    """

    code: int
    stdout: bytes
    stderr: bytes
    truncated: bool
    seconds: float
    tail: bytes = b""

    def last_words(self, redact: Callable[[str], str] | None = None, *, lines: int = 3) -> str:
        """Return the last lines that were printed, as one clean line without secrets; ``""`` when nothing was."""
        return last_words(self.tail, redact or Redactor(), lines=lines)


async def run(
    argv: Sequence[str],
    *,
    cwd: Path | None,
    env: Mapping[str, str],
    timeout: float,  # noqa: ASYNC109 - it ends a process group and becomes a fault
    cap: int = CAP,
    stdin: bytes = b"",
    source: str = "command",
    redact: Callable[[str], str] | None = None,
    keep: Sequence[int] = (),
) -> Finished:
    """Run a program to its end in exactly the environment ``env``; any exit code is an answer, not an error.

    A bare name is looked up in the PATH of ``env``, in absolute folders outside ``cwd`` and the working directory; an absolute path
    is taken as it is. ``cap`` bounds what is kept of each stream; the rest is read and dropped, so that the child is not cut short.
    ``keep`` are open descriptors that the child inherits, which Windows cannot do: there they are left out.

    Raises OutsideError: NOT_CONFIGURED when the program is missing, LOCAL when it cannot be started, TIMEOUT with its last lines.
    A cancel ends the child before it is passed on.
    """
    tell = Teller(source, clean_line(Path(argv[0]).name if argv else "", limit=60), redact or Redactor())
    program = resolve(argv, cwd, env, tell)
    began = asyncio.get_running_loop().time()
    process = await _start((program, *argv[1:]), cwd, env, bool(stdin), tell, keep)
    out, err = _Stream(cap), _Stream(cap)
    try:
        async with asyncio.timeout(timeout):
            await _attend(process, out, err, stdin)
    except TimeoutError:
        await finish(process)
        raise tell.too_slow(timeout, err.tail or out.tail) from None
    except BaseException:
        await finish(process)
        raise
    seconds = asyncio.get_running_loop().time() - began
    code = process.returncode if process.returncode is not None else -1
    cut = out.cut or err.cut
    return Finished(code, bytes(out.head), bytes(err.head), cut, seconds, bytes(err.tail or out.tail))


class _Stream:
    """What a child prints: its first bytes up to a cap, and its last few."""

    def __init__(self, cap: int) -> None:
        self.head = bytearray()
        self.tail = bytearray()
        self.cut = False
        self._cap = cap

    async def drain(self, pipe: asyncio.StreamReader) -> None:
        while chunk := await pipe.read(_CHUNK):
            room = self._cap - len(self.head)
            self.head += chunk[:room]
            self.cut = self.cut or len(chunk) > room
            self.tail = (self.tail + chunk)[-TAIL:]


async def _start(
    argv: Sequence[str], cwd: Path | None, env: Mapping[str, str], fed: bool, tell: Teller, keep: Sequence[int]
) -> asyncio.subprocess.Process:
    if cwd is not None and not cwd.is_dir():
        raise tell.not_started(NotADirectoryError(20, f"there is no folder {cwd}"))
    keywords: dict[str, Any] = {"start_new_session": True, "pass_fds": tuple(keep)}
    if sys.platform == "win32":
        keywords = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        return await asyncio.create_subprocess_exec(
            *argv, cwd=cwd, env=dict(env), stdin=pipe if fed else nothing, stdout=pipe, stderr=pipe, **keywords
        )
    except (OSError, ValueError) as error:
        raise tell.not_started(error) from error


async def _attend(process: asyncio.subprocess.Process, out: _Stream, err: _Stream, stdin: bytes) -> None:
    """Feed the child and read it until it has ended; what it left behind with our pipes in hand is ended too.

    Some releases of Python let ``wait()`` wait for the pipes as well, so the end of the streams comes first here.
    """
    pipes = ((out, process.stdout), (err, process.stderr))
    drains = [asyncio.ensure_future(stream.drain(pipe)) for stream, pipe in pipes if pipe is not None]
    if stdin:
        drains.append(asyncio.ensure_future(_feed(process, stdin)))
    waiting, lingers = set(drains), False
    try:
        while waiting:
            _, waiting = await asyncio.wait(waiting, timeout=LINGER_SECONDS)
            if waiting and process.returncode is not None:
                if lingers:
                    await finish(process)
                    return
                lingers = True
        await process.wait()
    finally:
        for task in drains:
            task.cancel()
        await asyncio.gather(*drains, return_exceptions=True)


async def _feed(process: asyncio.subprocess.Process, stdin: bytes) -> None:
    """Write what the child is to read; a child that does not want it is no fault."""
    if process.stdin is None:
        return
    try:
        process.stdin.write(stdin)
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        return
    finally:
        process.stdin.close()
