"""Addresses with which a home server could lead a token astray, as templates.

``{s}`` is the scheme, ``{h}`` home's host, ``{H}`` home's port, ``{F}`` the foreign server's and ``{P}`` the one that speaks plain
http. Every host name leads to this machine, so whoever believes one of these reaches the foreign server.
"""

from __future__ import annotations

LOCATIONS: dict[str, str] = {
    "absolute": "{s}://evil.example:{F}/x",
    "scheme-relative": "//evil.example:{F}/x",
    "three-slashes": "///evil.example:{F}/x",
    "four-slashes": "{s}:////evil.example:{F}/x",
    "no-slashes": "{s}:evil.example:{F}/x",
    "home-as-user": "{s}://{h}:{H}@evil.example:{F}/x",
    "home-as-user-encoded": "{s}://{h}%2f@evil.example:{F}/x",
    "home-as-user-at-twice": "{s}://{h}@{h}@evil.example:{F}/x",
    "user-at-foreign": "{s}://user:pass@evil.example:{F}/x",
    "user-at-home": "{s}://user@{h}:{H}/x",
    "empty-user": "{s}://@evil.example:{F}/x",
    "suffix-host": "{s}://{h}.evil.example:{F}/x",
    "glued-suffix": "{s}://{h}evil.example:{F}/x",
    "prefix-host": "{s}://evil{h}:{F}/x",
    "below-home": "{s}://sub.{h}:{F}/x",
    "above-home": "{s}://home.example:{F}/x",
    "home-in-path": "{s}://evil.example:{F}/{s}://{h}:{H}/x",
    "home-in-query": "{s}://evil.example:{F}?@{h}:{H}/x",
    "home-in-fragment": "{s}://evil.example:{F}#@{h}:{H}/x",
    "other-port": "{s}://{h}:{F}/x",
    "port-at-twice": "{s}://{h}:{H}@{h}:{F}/x",
    "encoded-at": "{s}://{h}:{H}%40evil.example:{F}/x",
    "no-port": "{s}://{h}/x",
    "empty-port": "{s}://evil.example:/x",
    "impossible-port": "{s}://{h}:99999/x",
    "huge-port": "{s}://{h}:99999999999/x",
    "downgraded": "http://{h}:{P}/x",
    "downgraded-foreign": "http://evil.example:{P}/x",
    "websocket": "ws://evil.example:{P}/x",
    "ftp": "ftp://evil.example:{F}/x",
    "file": "file:///etc/hostname",
    "javascript": "javascript:fetch('{s}://evil.example:{F}')",
    "data": "data:application/json,[]",
    "cyrillic": "{s}://аpi.home.example:{F}/x",
    "full-width-dot": "{s}://api。home。example:{F}/x",
    "circled": "{s}://ⓐpi.home.example:{F}/x",
    "punycode": "{s}://xn--pi-6kc.home.example:{F}/x",
    "soft-hyphen": "{s}://a\u00adpi.home.example:{F}/x",
    "trailing-dot": "{s}://{h}.:{F}/x",
    "upper-case": "{S}://API.HOME.EXAMPLE:{F}/x",
    "backslash": "{s}://evil.example:{F}\\@{h}:{H}/x",
    "backslashes-for-slashes": "{s}:\\\\evil.example:{F}\\x",
    "slash-backslash": "/\\evil.example:{F}/x",
    "two-backslashes": "\\\\evil.example:{F}/x",
    "tab-in-host": "{s}://evil.exam\tple:{F}/x",
    "tab-in-slashes": "/\t/evil.example:{F}/x",
    "encoded-newline": "{s}://evil.example%0d%0a:{F}/x",
    "folded-line": "{s}://evil.example:{F}\r\n /x",
    "second-location": "/x\r\nLocation: {s}://evil.example:{F}/x",
    "injected-header": "/x\r\nLink: <{s}://evil.example:{F}/x>; rel=next",
    "space-before": "   {s}://evil.example:{F}/x",
    "zero-byte": "{s}://evil.example\0.{h}:{F}/x",
    "ipv6": "{s}://[::1]:{F}/x",
    "ipv4-in-ipv6": "{s}://[::ffff:127.0.0.1]:{F}/x",
    "broken-ipv6": "{s}://[::1:{F}/x",
    "address": "{s}://127.0.0.1:{F}/x",
    "decimal": "{s}://2130706433:{F}/x",
    "octal": "{s}://0177.0.0.1:{F}/x",
    "hexadecimal": "{s}://0x7f.0.0.1:{F}/x",
    "short-address": "{s}://127.1:{F}/x",
    "zero-address": "{s}://0.0.0.0:{F}/x",
}


def location(name: str, *, scheme: str, host: str, home: int, foreign: int, plain: int) -> bytes:
    """Return one address, as bytes for a header."""
    parts = {"s": scheme, "S": scheme.upper(), "h": host, "H": home, "F": foreign, "P": plain}
    return LOCATIONS[name].format_map(parts).encode()
