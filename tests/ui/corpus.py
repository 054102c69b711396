"""Sequences that control a terminal, and characters that lie about text: at least 200 of each kind that we know."""

from __future__ import annotations

CSI_FINALS = [chr(code) for code in range(0x40, 0x7F)]
OSC_NUMBERS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 17, 19, 50, 52, 99, 104, 110, 133, 633, 777, 1337)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u00ad\u034f\u115f\u1160\u180e\u200b\u200c\u200d\u2060\u2061\u2064\u3164\ufeff\uffa0\ufe0f\U000e0041\U000e007f"


def sequences() -> list[str]:
    """Return the corpus: every string holds at least one character that must not reach a terminal from data."""
    found = [chr(code) for code in range(0x20)] + ["\x7f"] + [chr(code) for code in range(0x80, 0xA0)]
    found += [f"\x1b[1{final}" for final in CSI_FINALS] + [f"\x9b2{final}" for final in "JHKABCDmhlnpqrstu"]
    for number in OSC_NUMBERS:
        found += [f"\x1b]{number};evil\x07", f"\x1b]{number};evil\x1b\\", f"\x9d{number};evil\x9c"]
    found += [f"\x1b{kind}evil{end}" for kind in "PX^_" for end in ("\x1b\\", "\x9c", "")]
    found += [
        "\x1b]52;c;ZXZpbA==\x07",
        "\x1b]8;;https://evil.invalid\x1b\\here\x1b]8;;\x1b\\",
        "\x1bc",
        "\x1b[2J\x1b[H",
        "\x1b[?1049l",
    ]
    found += ["\x1b[201~q", "\x1b[?1000h", "\x1b(0lqk", "\x1b#8", "\x1b[6n", "\x1b[c", "\x0e\x0f", "a\rb", "a\bb", "\x1b"]
    found += [f"a{mark}b" for mark in BIDI] + [f"a{mark}b" for mark in ZERO_WIDTH]
    return found
