"""What secrets look like: issuers' documented prefixes, keys, addresses with a password, and values given to a telling name.

Every pattern starts at a literal or at the beginning of a run, and repeats within bounds: a hostile line costs time in proportion
to its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STANDS_IN = (
    "changeme",
    "change-me",
    "change_me",
    "change-this",
    "replace-me",
    "replace_me",
    "example",
    "placeholder",
    "dummy",
    "redacted",
    "your-",
    "your_",
    "xxxx",
    "****",
    "••••",
    "...",
    "…",
    "os.environ",
    "getenv",
    "process.env",
)
_TEMPLATE = re.compile(r"<[^<>]{1,80}>|\$\{|\$\(|\{\{|%\(|%s|#\{|\{[A-Za-z_][\w.]{0,60}\}|^\$[A-Za-z_]")
_DEFAULTS = frozenset(
    {"postgres", "password", "passwd", "secret", "pass", "user", "root", "admin", "test", "dev", "guest", "token", "pw"}
)


def stands_in(value: str) -> bool:
    """Say whether a value only stands where a secret would: ``changeme``, ``<token>``, ``${TOKEN}``, ``os.environ[...]``."""
    lower = value.lower()
    return any(word in lower for word in _STANDS_IN) or _TEMPLATE.search(value) is not None


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern with the rule it stands for. ``hints``: a lower-case line without any of them cannot match."""

    rule: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    blocks: bool = True

    def near(self, lower: str) -> bool:
        """Say whether a line is worth the pattern."""
        return any(hint in lower for hint in self.hints)

    def harmless(self, match: re.Match[str]) -> bool:
        """Say whether a match is an example.

        Its ``value``, where the pattern names one, stands in, is a documented default, or is the ``user`` again on this machine, as
        in every compose file.
        """
        parts = match.groupdict()
        value = parts.get("value")
        if value is None:
            return stands_in(match[0])
        near = parts.get("user") == value and not self.blocks
        return near or value.lower() in _DEFAULTS or stands_in(value)


_RUN = r"(?<![A-Za-z0-9_-])"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_SET = r"[\"']?\s{0,5}[:=]\s{0,5}[\"']?"
_ADDRESS = (
    r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|clickhouse)(?:\+[a-z0-9]{1,20})?"
    r"://(?P<user>[^\s:@/\"'<>]{0,128}):(?P<value>[^\s@/\"']{1,256})@"
)
_HERE = (
    r"(?:127\.[0-9.]{5,11}|0\.0\.0\.0|\[::1\]|[A-Za-z0-9_-]{1,63})(?![A-Za-z0-9._-])"  # this machine, or a compose file's service
)

SHAPES = (
    Shape("a private key", ("private key",), re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")),
    Shape("a private key", ("putty-user-key-file",), re.compile(r"PuTTY-User-Key-File-\d")),
    Shape(
        "a GitHub token",
        ("gh", "github_pat_"),
        re.compile(_RUN + r"(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{20,255})"),
    ),
    Shape("an AWS access key", ("akia", "asia"), re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])")),
    Shape(
        "an AWS secret key",
        ("secret",),
        re.compile(r"(?i)secret_?access_?key" + _SET + r"(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"),
    ),
    Shape("a Slack token", ("xox", "xapp-"), re.compile(_RUN + r"(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,255}")),
    Shape(
        "a Slack webhook",
        ("hooks.slack.com",),
        re.compile(r"hooks\.slack\.com/services/T[A-Za-z0-9]{5,20}/B[A-Za-z0-9]{5,20}/[A-Za-z0-9]{16,40}"),
    ),
    Shape(
        "a Stripe key", ("k_live_", "whsec_"), re.compile(_RUN + r"(?:[sr]k_live_[A-Za-z0-9]{16,255}|whsec_[A-Za-z0-9+/]{24,255})")
    ),
    Shape("a Google key", ("aiza",), re.compile(_RUN + r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])")),
    Shape("a Vercel token", ("vc",), re.compile(_RUN + r"vc[pcaikr]_[A-Za-z0-9]{16,255}")),
    Shape(
        "a Vercel token",
        ("vercel",),
        re.compile(r"(?i)vercel_?(?:api_?|access_?)?token" + _SET + r"(?P<value>[A-Za-z0-9]{24})(?![A-Za-z0-9_])"),
    ),
    Shape(
        "a Railway token", ("railway",), re.compile(r"(?i)railway_?(?:api_?|project_?)?token" + _SET + r"(?P<value>" + _UUID + ")")
    ),
    Shape(
        "a Railway token", ("project-access-token",), re.compile(r"(?i)project-access-token" + _SET + r"(?P<value>" + _UUID + ")")
    ),
    Shape("an npm token", ("npm_",), re.compile(_RUN + r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])")),
    Shape("an npm token", ("_authtoken",), re.compile(r"_authToken\s{0,5}=\s{0,5}(?P<value>[A-Za-z0-9+/=_-]{16,255})")),
    Shape("a PyPI token", ("pypi-",), re.compile(_RUN + r"pypi-[A-Za-z0-9_-]{50,1000}")),
    Shape("a GitLab token", ("glpat-",), re.compile(_RUN + r"glpat-[A-Za-z0-9_-]{20,255}")),
    Shape("a SendGrid key", ("sg.",), re.compile(_RUN + r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")),
    Shape(
        "a key of a language model's service",
        ("sk-",),
        re.compile(_RUN + r"sk-(?=[A-Za-z-]{0,60}[0-9_])[A-Za-z0-9_-]{32,255}"),
    ),
    Shape(
        "a signed web token (JWT)",
        ("eyj",),
        re.compile(_RUN + r"eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{16,2000}"),
    ),
    Shape("a database address with a password", ("://",), re.compile(_ADDRESS + f"(?!{_HERE})[^\\s/\"']", re.IGNORECASE)),
    Shape(
        "a password in the address of a database on this machine",
        ("://",),
        re.compile(_ADDRESS + _HERE, re.IGNORECASE),
        blocks=False,
    ),
)

_NAME = re.compile(
    r"(?P<word>secret|token|passw(?:or)?d|passphrase|credential|api[_-]?key|(?:private|access|encryption|fernet|signing|session|master)[_-]?key)"
    r"(?:[_-]?(?:key|secret|token|value|base|hash|salt|prod|production|staging|live|dev|old|new)){0,3}\d{0,3}"
)
_GIVEN = re.compile(r"[\"']?\]?\s{0,20}(?::\s{0,5}[A-Za-z][\w\[\]|. ]{0,40}=|=>|:=|[:=])\s{0,20}")
_QUOTED = re.compile(r"[A-Za-z]{0,2}(?P<mark>[\"'`])(?P<value>[^\s\"'`]{16,4096})(?P=mark)")
_BARE = re.compile(r"(?P<value>[!$%&*+./0-9:<>?@A-Z\\^_a-z{|}~-]{16,256}+={0,2})(?:\s|\Z)")
_WORDS = re.compile(r"[a-z]+(?:[_.:/-][a-z]+)*\Z|[A-Z]+(?:[_.:/-][A-Z]+)*\Z|[A-Z]?[a-z]+(?:[A-Z][a-z]+)+\Z")
_NO_SECRET = ("http://", "https://", "/", "./", "../", "#", "arn:", "op://", "vault:", "sha256:", "secrets.")


def assigned(line: str, lower: str, *, bare: bool) -> Iterator[str]:
    """Yield values that a line gives to a telling name; without quotes too where ``bare``, as in files of settings.

    What only stands in, an address, a path, and plain words (unless a password) are left out. ``lower`` is the line in lower case.
    """
    if len(lower) != len(line):  # a letter whose lower case is longer would move the places
        lower = "".join(char.lower() if char.isascii() else char for char in line)
    for name in _NAME.finditer(lower):
        given = _GIVEN.match(line, name.end())
        if given is None:
            continue
        found = _QUOTED.match(line, given.end()) or (_BARE.match(line, given.end()) if bare else None)
        if found is None:
            continue
        value = found["value"]
        plain = _WORDS.match(value) is not None and not name["word"].startswith("pass")
        if not (plain or stands_in(value) or value.startswith(_NO_SECRET) or "://" in value):
            yield value
