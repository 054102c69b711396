"""Tags (R57): read here and at origin, made annotated, pushed without ever replacing one, deleted only while still the same."""

from __future__ import annotations

from strideiq_console.domain.commit import is_sha, ref_fault, short_sha
from strideiq_console.domain.fault import CloneError, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.worktree import LoggedTag
from strideiq_console.providers.git.command import Git, Output
from strideiq_console.providers.git.faults import NOTHING_CHANGED, explained, outside, tail_of, words_of
from strideiq_console.providers.git.hooks import hook_path
from strideiq_console.providers.git.identity import require_identity
from strideiq_console.providers.git.locks import patiently
from strideiq_console.providers.git.network import LS_SECONDS, in_doubt, ready, refused_early, send
from strideiq_console.providers.git.refs import ref_tip
from strideiq_console.providers.git.writing import pin

EVERY = range(256)
_FOLDER = "refs/tags/"
_FORMAT = "%00".join(("%(refname)", "%(objecttype)", "%(objectname)", "%(*objecttype)", "%(*objectname)"))


def read_tags(git: Git) -> tuple[LoggedTag, ...]:
    """Return the clone's tags that lead to a commit, by name."""
    found = []
    for line in git.read("for-each-ref", f"--format={_FORMAT}", _FOLDER).text.split("\n"):
        if not line:
            continue
        ref, kind, name, inner, peeled = line.split("\0")
        sha = name if kind == "commit" else peeled if inner == "commit" else _peeled(git, name) if inner == "tag" else ""
        if sha:
            found.append(LoggedTag(clean_line(ref.removeprefix(_FOLDER)), sha, name, annotated=kind == "tag"))
    return tuple(sorted(found, key=lambda tag: tag.name))


def _peeled(git: Git, name: str) -> str:
    """Return the commit behind a tag of a tag, ``""`` when it is none."""
    return git.read("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", allow=EVERY).text


def remote_tags(git: Git) -> tuple[LoggedTag, ...]:
    """Ask origin for its tags. What a lightweight tag of origin leads to is taken for a commit: origin does not say."""
    ready(git)
    output = git.ask("ls-remote", "--tags", "--upload-pack=git-upload-pack", "--", "origin", allow=EVERY, seconds=LS_SECONDS)
    if output.code != 0:
        raise outside(output.words, doing="asking for its tags")
    objects: dict[str, str] = {}
    peeled: dict[str, str] = {}
    for line in output.text.split("\n"):
        sha, _, ref = line.partition("\t")
        if is_sha(sha) and ref.startswith(_FOLDER):
            name = ref.removeprefix(_FOLDER)
            if name.endswith("^{}"):
                peeled[name.removesuffix("^{}")] = sha
            else:
                objects[name] = sha
    return tuple(
        LoggedTag(clean_line(name), peeled.get(name, sha), sha, annotated=name in peeled) for name, sha in sorted(objects.items())
    )


def create_tag(git: Git, name: str, sha: str, message: str, *, patience: float) -> str:
    """Make an annotated tag with exactly this message, signed where the founder's config says so; return its object."""
    ref = _ref(name)
    if not is_sha(sha):
        raise CloneError("a tag needs a full SHA", consequence="git was not called")
    if not message.strip():
        raise CloneError("the tag's message is empty", consequence="git was not called", next_step="write what is released")
    names = git.read("for-each-ref", "--format=%(refname:lstrip=2)", _FOLDER).text.split("\n")
    twins = [clean_line(one) for one in names if one != name and one.casefold() == name.casefold()]
    if twins:
        raise CloneError(
            f"{name} differs from the tag {twins[0]} in case only", consequence=NOTHING_CHANGED, next_step="choose another name"
        )
    here = ref_tip(git, ref)
    if here is None:
        require_identity(git)
        words = ("tag", "-a", "-F", "-", "--cleanup=verbatim", "--end-of-options", name, sha)
        stdin = f"{message.rstrip()}\n".encode("utf-8", "surrogateescape")
        output = patiently(lambda: git.write(*words, allow=EVERY, stdin=stdin), patience)
        here = ref_tip(git, ref)
        if here is None:
            raise explained(f"creating the tag {name}", output.words, folder=git.folder)
    if not _is_that(git, here, sha, message):
        raise CloneError(
            f"the tag {name} exists already, on {short_sha(_peeled(git, here))} or with other words",
            consequence="it is kept: a tag that others may have is never moved",
            next_step="choose the next version",
        )
    return here


def _is_that(git: Git, here: str, sha: str, message: str) -> bool:
    kind = git.read("cat-file", "-t", here).text
    if kind != "tag" or _peeled(git, here) != sha:
        return False
    said = git.read("cat-file", "tag", here).text.partition("\n\n")[2]
    body = said.partition("-----BEGIN ")[0] if "-----BEGIN " not in message else said
    return body.strip() == message.strip() or said.startswith(message.strip())


def delete_tag(git: Git, name: str, tag: str, *, patience: float) -> None:
    """Delete a tag of the clone only while it is ``tag``, which is pinned first; one that is gone already is fine."""
    ref = _ref(name)
    here = ref_tip(git, ref)
    if here is None:
        return
    if here != tag:
        raise CloneError(
            f"the tag {name} is {short_sha(here)}, not {short_sha(tag)}", consequence="it is kept", next_step="look at it first"
        )
    pin(git, f"deleted-tag/{tag}", tag, patience=patience)
    words = ("update-ref", "--no-deref", "-m", "strideiq: delete", "-d", ref, tag)
    output = patiently(lambda: git.write(*words, allow=EVERY), patience)
    if ref_tip(git, ref) is not None:
        raise explained(f"deleting the tag {name}", output.words, folder=git.folder)


def push_tag(git: Git, name: str, tag: str) -> None:
    """Push a tag of the clone that is ``tag``; judged by what origin has afterwards, as a push of a branch is."""
    ref = _ref(name)
    if ref_tip(git, ref) != tag:
        raise CloneError(f"the tag {name} is not {short_sha(tag)} here", consequence="nothing was pushed", next_step="plan anew")
    before = _at_origin(git, name)
    if before == tag:
        return
    if before is not None:
        raise _taken(name, before)
    said = send(git, f"{ref}:{ref}")
    try:
        now = _at_origin(git, name)
    except OutsideError as error:
        if refused_early(said) is not None:
            raise _not_arrived(git, name, said) from error
        raise in_doubt(f"the tag {name}", error) from error
    if now is None:
        raise _not_arrived(git, name, said)
    if now != tag:
        raise _taken(name, now)


def _at_origin(git: Git, name: str) -> str | None:
    return next((tag.object for tag in remote_tags(git) if tag.name == name), None)


def _taken(name: str, there: str) -> CloneError:
    return CloneError(
        f"origin has another tag {name} ({short_sha(there)})",
        consequence="it is kept: the console never replaces a tag; yours stays here",
        next_step="choose the next version, or look at who made that tag",
    )


def _not_arrived(git: Git, name: str, said: Output) -> CloneError:
    hook = hook_path(git, "pre-push")
    told = words_of(f"{said.text}\n{said.words}", lines=6)
    if hook is not None and "remote:" not in said.words and "fatal:" not in said.words:
        told = f"your pre-push hook ({hook}) stopped it: {tail_of(said.text + chr(10) + said.words)}"
    return CloneError(
        f"the tag {name} did not arrive at origin: {told}",
        consequence="origin stays as it was; the tag is safe here",
        next_step="do what origin or the hook asks for, then retry; hooks are never skipped",
    )


def _ref(name: str) -> str:
    fault = ref_fault(name)
    if fault is not None:
        raise CloneError(
            f"the tag name {clean_line(name, limit=120)} is refused: {fault}",
            consequence="git is not called with it",
            next_step="choose another name",
        )
    return f"{_FOLDER}{name}"
