from __future__ import annotations

import pytest

from strideiq_console.settings.checks import token_like, url_fault

GOOD = [
    "",
    "https://strideiq.run",
    "https://api.github.com",
    "https://ghe.example.org/api/v3",
    "https://backboard.railway.com/graphql/v2",
    "https://strideiq.run:8443/",
    "https://xn--bcher-kva.example",
    "https://93.184.216.34",
    "http://localhost:3000",
    "http://LOCALHOST",
    "http://127.0.0.1:8000",
    "http://127.8.9.1",
    "http://[::1]:9090",
    "https://[2606:2800:220:1::1]",
]
BAD = [
    "strideiq.run",
    "//strideiq.run",
    "http://strideiq.run",
    "ftp://strideiq.run",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://",
    "https:///x",
    "https://user@strideiq.run",
    "https://user:pw@strideiq.run",
    "https://@strideiq.run",
    "https://strideiq.run@evil.example",
    "http://localhost@evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "https://strideiq.run?token=x",
    "https://strideiq.run#x",
    "https://strideiq.run/../x",
    "https://strideiq.run/%2e%2e/x",
    "https://strideiq.run:99999",
    "https://strideiq.run:x",
    "https://[::1",
    "https://10.0.0.1",
    "http://10.0.0.1",
    "https://192.168.1.1",
    "https://172.16.0.9",
    "https://169.254.169.254/latest",
    "https://100.64.0.1",
    "https://0.0.0.0",
    "https://[fe80::1]",
    "https://[fd00::1]",
    "https://[::ffff:10.0.0.1]",
    "https://2130706433",
    "https://0x7f000001",
    "https://127.1",
    "https://010.0.0.1",
    "https://db.internal",
    "https://printer.local",
    "https://bücher.example",
    "https://strideiq.run\n",
    "https://stride iq.run",
    "https://strideiq.run\\@evil.example",
    "\thttps://strideiq.run",
    "https://strideiq_run$.example",
]


@pytest.mark.parametrize("url", GOOD)
def test_addresses_that_are_taken(url: str) -> None:
    assert url_fault(url) is None


@pytest.mark.parametrize("url", BAD)
def test_addresses_that_are_refused(url: str) -> None:
    assert url_fault(url)


@pytest.mark.parametrize(
    "value",
    [
        "ghp_" + "a1B2" * 9,
        "github_pat_" + "A1b2" * 10,
        "gho_" + "a1B2" * 9,
        "glpat-abcdefghij0123456789",
        "vcp_" + "a1B2" * 6,
        "sk-" + "a1B2" * 6,
        "xoxb-1234567890-abc",
        "AKIA" + "ABCDEFGH12345678",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "-----BEGIN RSA PRIVATE KEY-----",
        "0123456789abcdef0123456789abcdef01234567",
        "Xy12" * 6,
        "Bearer Xy12" + "Xy12" * 6,
    ],
)
def test_tokens_are_known(value: str) -> None:
    assert token_like(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "founder + QA",
        "basic verification of the token authentication flows",
        "prj_AbCdEfGhIjKlMnOpQrStUvWx12",
        "team_AbCdEfGhIjKlMnOpQrStUvWx",
        "7c9d1f5e-2b64-4a38-9e0d-5a1f3c8b2d47",
        "https://api-staging.strideiq.run",
        "feature/a-long-name-of-a-branch-2026",
        "sanitized copy or synthetic",
        "backend-integration-tests",
        "BackendIntegrationTestsOnLinux",
    ],
)
def test_ordinary_values_are_no_tokens(value: str) -> None:
    assert not token_like(value)


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("api.github.com", True),
        ("eu.api.github.com", True),
        ("github.example.com", True),
        ("api.github.com.evil.example", False),
        ("evilapi.github.com", False),
        ("my-backboard.railway.com", False),
        ("api.vercel.com.", False),
    ],
)
def test_a_host_that_pretends_to_be_a_provider_is_told(host: str, good: bool) -> None:
    assert (url_fault(f"https://{host}/v1") is None) is good
