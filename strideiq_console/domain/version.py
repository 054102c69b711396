"""Versions by Semantic Versioning 2.0, read from tags, and which one comes next (R53)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import total_ordering

from strideiq_console.domain.conventional import parse as parse_message

_ID = r"(?:0|[1-9][0-9]{0,17}|[0-9]{0,60}[A-Za-z-][0-9A-Za-z-]{0,60})"
_VERSION = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z_-]{0,20}[-_/]?v?|v|)"
    r"(?P<major>0|[1-9][0-9]{0,8})\.(?P<minor>0|[1-9][0-9]{0,8})\.(?P<patch>0|[1-9][0-9]{0,8})"
    rf"(?:-(?P<pre>{_ID}(?:\.{_ID}){{0,9}}))?(?:\+(?P<build>[0-9A-Za-z.-]{{1,60}}))?\Z"
)
_LONGEST = 200


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version. ``pre`` is what follows the hyphen: ``rc.1``. Order is semver's precedence; ``build`` has no part in it."""

    major: int
    minor: int
    patch: int
    pre: str = ""
    build: str = field(default="", compare=False)

    def __str__(self) -> str:
        pre, build = (f"-{self.pre}" if self.pre else "", f"+{self.build}" if self.build else "")
        return f"{self.major}.{self.minor}.{self.patch}{pre}{build}"

    def __lt__(self, other: Version) -> bool:
        return self._precedence < other._precedence

    @property
    def _precedence(self) -> tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]:
        # A number stands before a word, a shorter row before the longer one that it begins, and any of them before none.
        parts = self.pre.split(".") if self.pre else []
        row = tuple((not p.isdigit(), int(p) if p.isdigit() else 0, "" if p.isdigit() else p) for p in parts)
        return (self.major, self.minor, self.patch, not self.pre, row)

    @property
    def core(self) -> Version:
        """Return the version that a pre-release leads to."""
        return Version(self.major, self.minor, self.patch)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag that names a version. ``scheme`` is what stands before the numbers: ``v``, nothing, ``release-``."""

    version: Version
    name: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Tags:
    """What the tags say. ``found`` newest version first; ``strange`` are tags that name none; ``conflicts`` are sentences."""

    found: tuple[Tagged, ...]
    strange: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def latest(self) -> Tagged | None:
        """Return the tag of the newest version that is no pre-release."""
        return next((tagged for tagged in self.found if not tagged.version.pre), None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version that could come next, and why."""

    version: Version
    why: str


def parse(text: str) -> Version | None:
    """Read ``1.2.3``, ``v1.2.3-rc.1``, ``release-1.2.3``; None when it is no version by semver 2.0."""
    tagged = _read(text)
    return tagged.version if tagged is not None else None


def read_tags(names: Iterable[str]) -> Tags:
    """Sort tags into versions and others, and say where they contradict each other."""
    known = tuple(dict.fromkeys(names))
    read = {name: _read(name) for name in known}
    found = sorted((t for t in read.values() if t is not None), key=lambda t: t.name)
    found.sort(key=lambda t: t.version, reverse=True)
    return Tags(tuple(found), tuple(name for name in known if read[name] is None), _conflicts(found))


def proposals(tags: Tags, messages: Sequence[str]) -> tuple[Proposal, ...]:
    """Return the versions that could come next, the fitting one first; none when no tag names a version: then a person says it.

    ``messages`` are the whole messages of the commits since the latest version. A breaking change raises the first number, or the
    second while the first is 0; a feature raises the second; everything else the third.
    """
    if not tags.found:
        return ()
    top, latest = tags.found[0].version, tags.latest
    steps, why = _raise(latest.version if latest is not None else top.core, messages)
    if latest is None or top.pre:
        return _after_pre(tags.found[0], steps[0] if latest is not None else top.core, why)
    since = f" since {latest.name}"
    rest = [Proposal(version, f"raises the {_part(version)} number") for version in steps[1:]]
    return (Proposal(steps[0], why + since), *rest)


def taken(version: Version, local: Iterable[str], remote: Iterable[str]) -> str:
    """Say where a tag names this version already, whatever it looks like; empty where it is free."""
    places = {"in the clone": local, "at origin": remote}
    found = {place: [name for name in names if parse(name) == version] for place, names in places.items()}
    where = [f"{place} ({', '.join(sorted(names))})" for place, names in found.items() if names]
    return f"{tag(version)} exists already {' and '.join(where)}" if where else ""


def below(version: Version, tags: Tags) -> str:
    """Say which version is newer already; empty when ``version`` is the newest."""
    newest = tags.found[0] if tags.found else None
    return f"{tag(version)} is older than {newest.name}" if newest is not None and version < newest.version else ""


def tag(version: Version) -> str:
    """Return the tag of a release: ``vX.Y.Z``, without the build, which does not tell two versions apart."""
    return f"v{replace(version, build='')}"


def release_branch(version: Version) -> str:
    """Return the branch of a release: ``release/vX.Y.Z`` (R20)."""
    return f"release/{tag(version)}"


def _read(name: str) -> Tagged | None:
    found = _VERSION.match(name) if len(name) <= _LONGEST else None
    if found is None:
        return None
    numbers = (int(found["major"]), int(found["minor"]), int(found["patch"]))
    return Tagged(Version(*numbers, found["pre"] or "", found["build"] or ""), name, found["scheme"])


def _conflicts(found: Sequence[Tagged]) -> tuple[str, ...]:
    schemes = Counter(tagged.scheme for tagged in found)
    sentences = []
    if len(schemes) > 1:
        ways = ", ".join(
            f"{scheme}X.Y.Z ({count})" for scheme, count in sorted(schemes.items(), key=lambda item: (-item[1], item[0]))
        )
        sentences.append(f"versions are tagged in {len(schemes)} ways: {ways}")
    names: dict[Version, list[str]] = {}
    for tagged in found:
        names.setdefault(tagged.version, []).append(tagged.name)
    sentences += [f"{version} is tagged {len(same)} times: {', '.join(same)}" for version, same in names.items() if len(same) > 1]
    return tuple(sentences)


def _raise(base: Version, messages: Sequence[str]) -> tuple[tuple[Version, ...], str]:
    """Return the fitting version and the larger ones, and what asks for it."""
    read = [message for message in map(parse_message, messages) if message is not None]
    breaking = sum(message.breaking for message in read)
    features = sum(message.type == "feat" for message in read)
    major, minor = Version(base.major + 1, 0, 0), Version(base.major, base.minor + 1, 0)
    patch = Version(base.major, base.minor, base.patch + 1)
    if breaking:
        why = _counted(breaking, "breaking change")
        return ((minor, major), f"{why}; the first number stays 0 until you say otherwise,") if base.major == 0 else ((major,), why)
    if features:
        return (minor, major), _counted(features, "new feature")
    if not messages:
        return (patch, minor, major), "nothing changed"
    return (patch, minor, major), f"{_counted(len(messages), 'commit')}, no feature and nothing breaking"


def _after_pre(top: Tagged, fitting: Version, why: str) -> tuple[Proposal, ...]:
    """Propose after a pre-release: what it leads to, or more where the changes ask for more, and the next pre-release."""
    goal = max(top.version.core, fitting)
    first = Proposal(goal, f"{top.name} leads to it" if goal == top.version.core else f"{why} since the last release")
    head, dot, last = top.version.pre.rpartition(".")
    again = f"{head}{dot}{int(last) + 1}" if last.isdigit() else f"{top.version.pre}.1"
    core = top.version.core
    return (first, Proposal(Version(core.major, core.minor, core.patch, again), f"another pre-release after {top.name}"))


def _part(version: Version) -> str:
    return "first" if not version.minor and not version.patch else "second" if not version.patch else "third"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
