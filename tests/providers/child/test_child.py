"""A child runs from an absolute path in a chosen environment, and ends in time with all that it started."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.providers import child
from strideiq_console.providers.child import ending, running

PYTHON = sys.executable
BARE = {"PATH": os.defpath}


def script(*lines: str) -> list[str]:
    return [PYTHON, "-c", "\n".join(lines)]


async def alive(pid: int) -> bool:
    """Say whether a process runs; one that ended but was not collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def gone(pid: int) -> bool:
    for _ in range(200):
        if not await alive(pid):
            return True
        await asyncio.sleep(0.02)
    return False


async def written(path: Path) -> str:
    for _ in range(500):
        if path.exists() and path.read_text():
            return path.read_text()
        await asyncio.sleep(0.02)
    raise AssertionError(f"{path.name} was never written")


async def test_output_code_and_input_come_through(tmp_path: Path) -> None:
    lines = ("import sys, os", "print(sys.stdin.read()[::-1], os.getcwd())", "sys.stderr.write('two\\nwords')", "sys.exit(3)")
    done = await child.run(script(*lines), cwd=tmp_path, env=BARE, timeout=10, stdin=b"abc")
    assert (done.code, done.stdout.decode().split(), done.stderr) == (3, ["cba", str(tmp_path)], b"two\nwords")
    assert not done.truncated
    assert done.last_words() == "two / words"
    assert 0 < done.seconds < 10


async def test_a_child_that_reads_nothing_of_a_large_input_is_no_fault() -> None:
    assert (await child.run(script("pass"), cwd=None, env=BARE, timeout=10, stdin=b"x" * 5_000_000)).code == 0


async def test_the_environment_is_exactly_what_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIDEIQ_GITHUB_TOKEN", "canary-of-the-founder")
    env = child.allowed(
        {**os.environ, "LC_TIME": "C", "DATABASE_URL": "x", "FOO": "1"}, extra=("DATABASE_URL", "STRIDEIQ_GITHUB_TOKEN")
    )
    done = await child.run(script("import os, json", "print(json.dumps(dict(os.environ)))"), cwd=None, env=env, timeout=10)
    seen = json.loads(done.stdout)
    assert seen.items() >= {"LC_TIME": "C", "DATABASE_URL": "x"}.items()
    assert "canary" not in done.stdout.decode()
    assert "FOO" not in seen
    assert {name for name in seen if name not in env} <= {"LC_CTYPE"}  # which Python sets for itself


async def test_a_flood_is_read_to_its_end_and_kept_to_the_cap() -> None:
    done = await child.run(script("print('x' * 9_000_000)", "print('end')"), cwd=None, env=BARE, timeout=30, cap=1000)
    assert (len(done.stdout), done.truncated, done.code) == (1000, True, 0)
    assert len(done.tail) <= 4096
    assert done.last_words() == "end"


async def test_a_timeout_tells_the_last_words_without_secrets() -> None:
    secret = "hunter2-hunter2"
    lines = ("import sys, time", f"print('first\\nconnecting as {secret}\\x1b[2J', file=sys.stderr, flush=True)", "time.sleep(60)")
    with pytest.raises(OutsideError) as caught:
        await child.run(script(*lines), cwd=None, env=BARE, timeout=1.0, redact=Redactor([Secret(secret)]), source="alembic")
    fault = caught.value.fault
    assert (fault.kind, fault.source) == (FaultKind.TIMEOUT, "alembic")
    assert "1 s" in fault.cause
    assert "first / connecting as" in fault.cause
    assert secret not in fault.sentence()
    assert "\x1b" not in fault.sentence()


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")
async def test_a_timeout_ends_the_grandchildren_even_when_they_ignore_the_first_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "GRACE_SECONDS", 0.3)
    note = tmp_path / "pid"
    inner = f"import os,signal,time;signal.signal(15,signal.SIG_IGN);open({str(note)!r},'w').write(str(os.getpid()));time.sleep(60)"
    lines = ("import subprocess, sys, time", f"subprocess.Popen([sys.executable, '-c', {inner!r}])", "time.sleep(60)")
    with pytest.raises(OutsideError):
        await child.run(script(*lines), cwd=None, env=BARE, timeout=3.0)
    assert await gone(int(note.read_text()))


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")
async def test_a_cancel_lets_the_child_clean_up_and_ends_it(tmp_path: Path) -> None:
    note, bye = tmp_path / "pid", tmp_path / "bye"
    lines = (
        "import os, signal, time",
        f"signal.signal(15, lambda *_: (open({str(bye)!r}, 'w').write('cleaned'), os._exit(0)))",
        f"open({str(note)!r}, 'w').write(str(os.getpid()))",
        "time.sleep(60)",
    )
    task = asyncio.create_task(child.run(script(*lines), cwd=None, env=BARE, timeout=60))
    pid = int(await written(note))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gone(pid)
    assert bye.read_text() == "cleaned"


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")
async def test_a_background_process_that_holds_the_pipes_does_not_hold_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LINGER_SECONDS", 0.1)
    note = tmp_path / "pid"
    inner = f"import os,time;open({str(note)!r},'w').write(str(os.getpid()));time.sleep(60)"
    lines = (
        "import os, subprocess, sys, time",
        f"subprocess.Popen([sys.executable, '-c', {inner!r}])",
        f"while not os.path.exists({str(note)!r}): time.sleep(0.01)",
        "print('whole', flush=True)",
    )
    done = await asyncio.wait_for(child.run(script(*lines), cwd=None, env=BARE, timeout=60), 20)
    assert (done.code, done.stdout) == (0, b"whole\n")
    assert await gone(int(await written(note)))


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script with a first line")
async def test_a_program_of_the_clone_is_never_found_by_its_name(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "alembic").write_text("#!/bin/sh\necho owned\n")
        (folder / "alembic").chmod(0o755)
    path = os.pathsep.join([".", "", str(tmp_path), str(tmp_path / "bin")])
    with pytest.raises(OutsideError) as caught:
        await child.run(["alembic"], cwd=tmp_path, env={"PATH": path}, timeout=5)
    assert caught.value.fault.kind is FaultKind.NOT_CONFIGURED
    assert "in the working folder alone" in caught.value.fault.cause
    elsewhere = await child.run([str(tmp_path / "alembic")], cwd=tmp_path, env={"PATH": path}, timeout=5)
    assert elsewhere.stdout == b"owned\n"  # an absolute path is the user's own word


@pytest.mark.parametrize(
    ("argv", "kind", "words"),
    [
        ([], FaultKind.NOT_CONFIGURED, "names no program"),
        (["no-such-program"], FaultKind.NOT_CONFIGURED, "not installed"),
        (["/no/such/program"], FaultKind.NOT_CONFIGURED, "does not exist"),
        (["bin/tool"], FaultKind.NOT_CONFIGURED, "relative path"),
        ([PYTHON, "a\0b"], FaultKind.NOT_CONFIGURED, "NUL"),
    ],
    ids=["empty", "missing", "missing-path", "relative", "nul"],
)
async def test_what_cannot_be_run_is_a_fault_with_a_next_step(argv: list[str], kind: FaultKind, words: str) -> None:
    with pytest.raises(OutsideError) as caught:
        await child.run(argv, cwd=None, env=BARE, timeout=5)
    assert caught.value.fault.kind is kind
    assert words in caught.value.fault.cause
    assert "config.toml" in caught.value.fault.next_step


async def test_a_missing_folder_and_a_file_that_is_no_program_are_local_faults(tmp_path: Path) -> None:
    garbage = tmp_path / "tool"
    garbage.write_bytes(b"\x00\x01garbage")
    garbage.chmod(0o755)
    for argv, cwd in ((script("pass"), tmp_path / "nowhere"), ([str(garbage)], None)):
        with pytest.raises(OutsideError) as caught:
            await child.run(argv, cwd=cwd, env=BARE, timeout=5)
        assert caught.value.fault.kind is FaultKind.LOCAL
        assert "cannot be started" in caught.value.fault.cause
