from __future__ import annotations

import pytest

from strideiq_console.settings.model import GitHubSettings, Settings
from strideiq_console.ui import links

from .made_facts import ENVIRONMENTS

SETTINGS = Settings(environments=ENVIRONMENTS, github=GitHubSettings(api_url="https://git.acme.example/api/v3"))


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/strideiq/pull/43",
        "https://web-production.vercel.com/x",
        "https://strideiq.run/",
        "https://api-staging.strideiq.run/health",
        "https://git.acme.example/acme/strideiq",
    ],
)
def test_known_pages_are_opened(url: str) -> None:
    assert links.refusal(url, SETTINGS) == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://github.com/acme",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://github.com.evil.invalid/x",
        "https://evilgithub.com/x",
        "https://github.com@evil.invalid/",
        "https://user:pw@github.com/",
        "https://github.com:8443/",
        "https://evil.strideiq.run/",
        "https://[bad",
        "https://github.com:bad/",
        "//github.com/x",
        "",
    ],
)
def test_everything_else_is_not(url: str) -> None:
    assert links.refusal(url, SETTINGS) != ""


def test_a_browser_needs_a_window() -> None:
    assert not links.has_browser({})
    assert links.has_browser({"WAYLAND_DISPLAY": "wayland-0"})
