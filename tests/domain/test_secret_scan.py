"""What blocks a commit, what is only said, and that a finding never holds what was found (R33, S6)."""

from __future__ import annotations

import time

import pytest

from strideiq_console.domain.policy.secret_scan import (
    BINARY,
    ENVIRONMENT_FILE,
    KEY_FILE,
    LARGE,
    LINE_ENDS,
    MORE,
    MOST_PER_FILE,
    NOT_LOOKED_THROUGH,
    TOO_LARGE,
    VALUE,
    Leak,
    blocking,
    entropy,
    scan,
)
from strideiq_console.domain.worktree import ChangeKind, FileChange

# Made of parts, so that no scanner finds them here.
R36 = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2"
UUID = "3f2b8c1e-" + "9d4a-4f6b-8e2c-7a1d5b9c0e3f"
GITHUB, GITHUB_FINE = "gh" + "p_" + R36, "github" + "_pat_" + "11ABCDEFG0" + R36
JWT = "ey" + "JhbGciOiJIUzI1NiJ9" + "." + "ey" + "JzdWIiOiJmb3VuZGVyIn0" + "." + "s5dX2kQv9wLm3nRt7yUi"
RANDOM = "q7Vw2Zp" + "9Xk4Lm8Rt1"


def change(*lines: str, path: str = "web/app.py", kind: ChangeKind = ChangeKind.ADDED) -> FileChange:
    return FileChange(path, kind, 100, binary=False, added=lines)


def rules(line: str, path: str = "web/app.py") -> list[str]:
    return [leak.rule for leak in scan([change(line, path=path)])]


FOUND = [
    (f"token = {GITHUB!r}", "a GitHub token"),
    (GITHUB, "a GitHub token"),
    ("gh" + "o_" + R36, "a GitHub token"),
    ("gh" + "u_" + R36, "a GitHub token"),
    ("gh" + "s_" + R36, "a GitHub token"),
    ("gh" + "r_" + R36, "a GitHub token"),
    (f"git clone https://{GITHUB}@github.com/acme/strideiq", "a GitHub token"),
    (f"# {GITHUB_FINE}", "a GitHub token"),
    ("-----BEGIN " + "RSA PRIVATE KEY-----", "a private key"),
    ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
    ("-----BEGIN " + "OPENSSH PRIVATE KEY-----", "a private key"),
    ("-----BEGIN " + "ENCRYPTED PRIVATE KEY-----", "a private key"),
    ("-----BEGIN " + "PGP PRIVATE KEY BLOCK-----", "a private key"),
    ('"private_key": "-----BEGIN ' + 'PRIVATE KEY-----\\nMIIE"', "a private key"),
    ("PuTTY-User-Key" + "-File-3: ssh-ed25519", "a private key"),
    ("id = AKIA" + "Z7Q2M4N6P8R1S3T5", "an AWS access key"),
    ("ASIA" + "Z7Q2M4N6P8R1S3T5", "an AWS access key"),
    ("aws_secret_access_key = " + R36 + "/x+Y", "an AWS secret key"),
    ('"SecretAccessKey": "' + R36 + '/x+Y"', "an AWS secret key"),
    ("xox" + "b-1234567890-ABCDEFGHIJ", "a Slack token"),
    ("xap" + "p-1-A0123-456-abcdef", "a Slack token"),
    ("https://hooks.slack" + ".com/services/T0123456/B0123456/aB3dE5fG7hJ9kL1mN2pQ4rS6", "a Slack webhook"),
    ("sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc", "a Stripe key"),
    ("rk_" + "live_4eC39HqLyjWDarjtT1zdp7dc", "a Stripe key"),
    ("wh" + "sec_4eC39HqLyjWDarjtT1zdp7dc", "a Stripe key"),
    ("AI" + "zaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY", "a Google key"),
    ("vc" + "p_" + R36, "a Vercel token"),
    ("VERCEL_TOKEN=" + R36[:24], "a Vercel token"),
    ("RAILWAY_TOKEN=" + UUID, "a Railway token"),
    (f'railway_api_token: "{UUID}"', "a Railway token"),
    (f'"Project-Access-Token": "{UUID}"', "a Railway token"),
    ("np" + "m_" + R36, "an npm token"),
    ("//registry.npmjs.org/:_authToken=" + R36, "an npm token"),
    ("py" + "pi-AgEIcHlwaS5vcmc" + R36, "a PyPI token"),
    ("gl" + "pat-" + R36[:20], "a GitLab token"),
    ("SG" + "." + R36[:22] + "." + R36 + R36[:7], "a SendGrid key"),
    ("sk-" + "ant-api03-" + R36, "a key of a language model's service"),
    ("sk-" + "proj-" + R36, "a key of a language model's service"),
    (f"Authorization: Bearer {JWT}", "a signed web token (JWT)"),
    ("DATABASE_URL=postgresql://app:" + "hX7pQ2@db.acme.example/strideiq", "a database address with a password"),
    ("postgresql+asyncpg://app:" + "hX7pQ2@containers.railway.app:6432/railway", "a database address with a password"),
    ("redis://:" + "hX7pQ2@cache.railway.internal:6379", "a database address with a password"),
    ("mongodb+srv://app:" + "hX7pQ2@cluster0.acme.example/x", "a database address with a password"),
    ("mysql://strideiq:" + "strideiq@db.acme.example/x", "a database address with a password"),
    (f'SECRET_KEY = "{RANDOM}"', VALUE),
    (f"api_key: '{RANDOM}'", VALUE),
    (f'"apiKey": "{RANDOM}",', VALUE),
    (f'headers["X-Api-Key"] = "{RANDOM}"', VALUE),
    (f'token: str = "{RANDOM}"', VALUE),
    (f'const password = "{RANDOM}";', VALUE),
    (f'{{:client-secret => "{RANDOM}"}}', VALUE),
    (f'FERNET_KEY = b"{RANDOM}{RANDOM}="', VALUE),
    ('password = "' + "violet-hammock-drizzle-pumpkin-fjord" + '"', VALUE),
    (f'İ token = "{RANDOM}"', VALUE),
]

HARMLESS = [
    "gh" + "p_short",
    "gh" + "p_" + "x" * 36,
    "the prefix gh" + "p_ marks a token",
    "my" + GITHUB,
    "AKIA" + "IOSFODNN7EXAMPLE",
    "AKIA" + "SHORT",
    "aws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
    'BEGIN = "-----BEGIN [A-Z ]*PRIVATE KEY-----"',
    "sk_" + "test_notlive",
    "class='sk-folding-cube-animation-wrapper-element'",
    "pypi-simple and pypi-server are packages",
    "npm_config_cache=/tmp/cache",
    "vercel_rollback_deployment_to_previous",
    "commit = '3f2b8c1e9d4a4f6b8e2c7a1d5b9c0e3f7a1d5b9c'",
    "id: " + UUID,
    "eyJ" + "hbGciOi is where a token starts",
    "postgresql://localhost/strideiq",
    "postgresql://app@db.acme.example/strideiq",
    "postgresql://postgres:postgres@localhost:5432/test",
    "postgresql://strideiq:strideiq@db:5432/strideiq",
    "postgresql://app:${DB_PASSWORD}@db.acme.example/strideiq",
    "postgresql://app:<password>@db.acme.example/strideiq",
    "https://user:name@acme.example/",
    'password = os.environ["DATABASE_PASSWORD"]',
    'token = "os.environ[DATABASE_TOKEN_42]"',
    "const token = process.env.GITHUB_TOKEN_2024",
    'secret = "changeme-changeme-42"',
    'secret = "<your secret of 32 letters>"',
    'secret = "<Y0ur-Secret-Of-32-Letters>"',
    'token = "${{ secrets.DEPLOY_TOKEN_1 }}"',
    'token = "${DEPLOY_TOKEN_1234567}"',
    'token = f"{prefix1}-{user2}-{moment3}"',
    'api_key = "an-Example-Key-42-Bits"',
    'password = "aaaaaaaaaaaaaaaaaaaa"',
    'password = "abababab12abababab"',
    'token = "the-quick-brown-fox-jumps-over-lazy-dogs"',
    'token = "grpcs://accounts.acme42.net:8443/oauth2/Token"',
    'password = "short1!"',
    'password_hint = "your first pet and 2 digits"',
    'message = "Please set a password of 16 characters"',
    'token_url = "https://accounts.acme.example/o/token42"',
    'secret: "/run/secrets/postgres_password_1"',
    'token = "access_token_of_cookie"',
    'secret_name = "strideiqProductionDatabase1"',
    f"token = {RANDOM}",
    "secretary = 'A1b2C3d4E5f6G7h8I9j0'",
    "",
]


@pytest.mark.parametrize(("line", "rule"), FOUND, ids=[f"{n:02}" for n in range(len(FOUND))])
def test_a_secret_is_found_by_its_rule_and_not_shown(line: str, rule: str) -> None:
    (leak,) = scan([change("import os", line)])
    assert (leak.path, leak.line, leak.rule, leak.blocks) == ("web/app.py", 2, rule, True)
    assert leak.sentence() == f"web/app.py, line 2: {rule}"
    assert not any(part in repr(leak) for part in (R36[:12], RANDOM, "hX7pQ2", UUID, "4eC39"))


@pytest.mark.parametrize("line", HARMLESS, ids=[f"{n:02}" for n in range(len(HARMLESS))])
def test_what_only_looks_like_one_is_left_alone(line: str) -> None:
    assert rules(line) == []


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (".env", ENVIRONMENT_FILE),
        ("api/.env", ENVIRONMENT_FILE),
        (".env.local", ENVIRONMENT_FILE),
        ("web/.ENV.Production", ENVIRONMENT_FILE),
        ("deploy\\.env", ENVIRONMENT_FILE),
        ("home/id_rsa", KEY_FILE),
        ("certs/push.p12", KEY_FILE),
        (".pgpass", KEY_FILE),
        (".env.example", ""),
        (".env.sample", ""),
        (".env.local.template", ""),
        (".environment", ""),
        ("env.py", ""),
        ("id_rsa.pub", ""),
    ],
)
def test_some_files_are_never_committed_whatever_they_hold(path: str, rule: str) -> None:
    expected = [Leak(path, None, rule, blocks=True)] if rule else []
    assert list(scan([change("a line", path=path)])) == expected


@pytest.mark.parametrize("host", ["localhost:5432", "127.0.0.1", "db", "[::1]:5432", "host_1"])
def test_a_database_on_this_machine_is_said_and_does_not_block(host: str) -> None:
    (leak,) = scan([change(f"postgresql://app:{'hX7'}pQ2@{host}/strideiq")])
    assert (leak.rule, leak.blocks) == ("a password in the address of a database on this machine", False)


def test_files_of_settings_hold_values_without_quotes() -> None:
    assert rules(f"SESSION_SECRET={RANDOM}", ".env.example") == [VALUE]
    assert rules(f"  password: {RANDOM}", "deploy/compose.yml") == [VALUE]
    assert rules(f"export API_KEY={RANDOM}", "deploy/start.sh") == [VALUE]
    assert rules("  token: ${{ secrets.DEPLOY_TOKEN_1 }}", ".github/workflows/ci.yml") == []
    assert rules("SESSION_SECRET=", ".env.example") == []
    assert rules(f"FERNET_KEY={RANDOM}{RANDOM}==", ".env.example") == [VALUE]


def test_what_cannot_be_looked_through_is_said_and_does_not_block() -> None:
    big = FileChange("dump.sql", ChangeKind.ADDED, LARGE + 1, binary=False, added=None)
    picture = FileChange("logo.png", ChangeKind.MODIFIED, 10, binary=True, added=None)
    ends = FileChange("readme.md", ChangeKind.MODIFIED, 10, binary=False, added=("a",), crlf_only=True)
    unread = FileChange("odd.txt", ChangeKind.UNTRACKED, 10, binary=False, added=None)
    found = scan([big, picture, ends, unread])
    assert [(leak.path, leak.rule) for leak in found] == [
        ("dump.sql", TOO_LARGE),
        ("dump.sql", NOT_LOOKED_THROUGH),
        ("logo.png", BINARY),
        ("readme.md", LINE_ENDS),
        ("odd.txt", NOT_LOOKED_THROUGH),
    ]
    assert blocking(found) == ()
    exact = FileChange("data.csv", ChangeKind.ADDED, LARGE, binary=False, added=())
    assert scan([exact]) == ()


def test_a_changed_file_counts_its_added_lines() -> None:
    (leak,) = scan([change("a", GITHUB, kind=ChangeKind.MODIFIED)])
    assert leak.sentence() == "web/app.py, added line 2: a GitHub token"


def test_a_deleted_file_holds_nothing_and_order_is_kept() -> None:
    gone = FileChange(".env", ChangeKind.DELETED, 0, binary=False, added=(GITHUB,))
    assert scan([gone]) == ()
    assert [leak.path for leak in scan([change(GITHUB, path="b"), gone, change(GITHUB, path="a")])] == ["b", "a"]


def test_a_file_full_of_secrets_is_not_listed_line_by_line() -> None:
    found = scan([change(*[GITHUB] * 500)])
    assert len(found) == MOST_PER_FILE + 1
    assert (found[-1].rule, found[-1].blocks) == (MORE, True)
    here = "redis://:" + "hX7pQ2@localhost"
    assert [leak.blocks for leak in scan([change(*[here] * 500)])] == [False] * (MOST_PER_FILE + 1)
    assert scan([change(*[here] * 500, GITHUB)])[-1].blocks


def test_one_line_can_break_several_rules_each_is_said_once() -> None:
    assert rules(f"{GITHUB} {GITHUB} {JWT}") == ["a GitHub token", "a signed web token (JWT)"]


HOSTILE = {
    "one letter": "a",
    "names": "secret=",
    "settings": "secret:",
    "quotes": "secret='",
    "spaces": "token: ",
    "tokens": "eyJaaaaaaaaaa.",
    "dashes": "eyJ-",
    "addresses": "postgres://a:",
    "keys": "-----BEGIN A B ",
    "models": "sk-",
    "types": "token: a|a.a[",
    "aws": "secretaccesskey:",
    "slack": "xoxb-",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_in_one_line_takes_little_time(name: str) -> None:
    line = HOSTILE[name] * (1_000_000 // len(HOSTILE[name]))
    began = time.process_time()
    scan([change(line, path="a.env.example")])
    assert time.process_time() - began < 10


def test_entropy() -> None:
    assert (entropy(""), entropy("aaaa"), entropy("abab"), entropy("abcd")) == (0, 0, 1, 2)
