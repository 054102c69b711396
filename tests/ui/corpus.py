"""Sequences that control a terminal, and characters that lie about text: what row E1 of the test plan lists, at least 400."""

from __future__ import annotations

import base64

CSI_FINALS = [chr(code) for code in range(0x40, 0x7F)]
OSC_NUMBERS = (
    *(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 19, 22, 50, 51, 52, 66, 99),
    *(104, 105, 110, 111, 112, 117, 119, 133, 176, 440, 633, 697, 777, 1337),
)
STRINGS = {"DCS": ("\x1bP", "\x90"), "SOS": ("\x1bX", "\x98"), "PM": ("\x1b^", "\x9e"), "APC": ("\x1b_", "\x9f")}
ENDS = {"BEL": "\x07", "ST": "\x1b\\", "C1": "\x9c", "none": ""}
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u00ad\u034f\u115f\u1160\u180e\u200b\u200c\u200d\u2060\u2061\u2064\u3164\ufeff\uffa0\ufe0f"
TAGS = "\U000e0001\U000e0041\U000e0065\U000e0076\U000e0069\U000e006c\U000e0020\U000e007f"
INVALID = (
    *(b"\xc0\x9b[2J", b"\xe0\x80\x9b[2J", b"\xf0\x80\x80\x9b[2J", b"\xc0\x80", b"\xe0\x82\x9b"),  # overlong forms of ESC, CSI, NUL
    *(b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xff\xfe", b"\xe2\x28\xa1", b"\xe2\x80", b"\x9b31m", b"\x9d0;evil\x9c"),
)
"""Bytes that are no UTF-8, as a program that trusts them would decode them."""
WRAPPED = (b"\x1b]0;evil\x07", b"\x1b[2J\x1b[H", "\u202eevil".encode(), b"evil\x1b[8m", b"\x1b]52;c;ZXZpbA==\x1b\\", b"a\x00b")
"""What stands within base64, which providers send files and logs in."""
PIECES = (
    *(
        ("\x1b", "[2J"),
        ("\x1b[", "2J"),
        ("\x1b[2", "J"),
        ("\x1b]", "0;evil\x07"),
        ("\x1b]0;evil", "\x07"),
        ("\x1b]52;c;ZX", "ZpbA==\x07"),
    ),
    *(
        ("\x1b]8;;https://evil.invalid", "\x1b\\here"),
        ("\x1bP", "evil\x1b\\"),
        ("\x1b_evil\x1b", "\\"),
        ("\x9b", "31m"),
        ("\r", "\n"),
    ),
)
"""Sequences cut in two: each half comes as a text of its own, in a neighbouring line or cell."""


def sequences() -> list[str]:
    """Return the corpus: every string holds at least one character that must not reach a terminal from data."""
    found = [chr(code) for code in range(0x20)] + ["\x7f"] + [chr(code) for code in range(0x80, 0xA0)]
    found += [bytes([code]).decode("utf-8", "surrogateescape") for code in range(0x80, 0xA0)]
    found += [f"\x1b[1{final}" for final in CSI_FINALS] + [f"\x9b2{final}" for final in "JHKABCDmhlnpqrstu"]
    found += [f"\x1b]{number};evil{end}" for number in OSC_NUMBERS for end in ("\x07", "\x1b\\", "")]
    found += [f"\x9d{number};evil\x9c" for number in OSC_NUMBERS]
    found += [f"{start}evil{end}" for starts in STRINGS.values() for start in starts for end in ENDS.values()]
    found += [
        "\x1b]52;c;ZXZpbA==\x07",
        "\x1b]8;;https://evil.invalid\x1b\\here\x1b]8;;\x1b\\",
        "\x1bc",
        "\x1b[2J\x1b[H",
        "\x1b[?1049l",
    ]
    found += [
        "\x1b[201~q",
        "\x1b[?1000h",
        "\x1b(0lqk",
        "\x1b#8",
        "\x1b[6n",
        "\x1b[c",
        "\x0e\x0f",
        "a\rb",
        "a\bb",
        "\x1bM",
        "\x1b7\x1b8",
    ]
    found += [f"a{mark}b" for mark in BIDI + ZERO_WIDTH + TAGS]
    found += [raw.decode("utf-8", "surrogateescape") for raw in INVALID]
    found += [base64.b64decode(text).decode() for text in in_base64()]
    found += [piece for pair in PIECES for piece in pair]
    return [text for text in dict.fromkeys(found) if not text.isprintable()]


def in_base64() -> list[str]:
    """Return hostile bytes as a provider would send them."""
    return [base64.b64encode(raw).decode() for raw in WRAPPED]
