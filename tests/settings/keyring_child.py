"""Runs inside a session bus of its own: does deeds with the real keyring through the console's own code, and prints what came.

argv: the words ``set=VALUE``, ``get``, ``delete``, ``backend``; each gives one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.secret import Secret
from strideiq_console.settings.tokens import SystemTokens
from strideiq_console.settings.vault import Vault

NAME = "vercel"


def do(word: str) -> object:
    deed, _, value = word.partition("=")
    if deed == "set":
        Vault().set(NAME, Secret(value))
        return "stored"
    if deed == "delete":
        return Vault().delete(NAME)
    if deed == "backend":
        return Vault().backend()
    tokens = SystemTokens({})
    token = tokens.get(NAME)
    return {"origin": tokens.origin(NAME), "length": len(token.reveal()) if token else None}


for word in sys.argv[1:]:
    began = time.monotonic()
    try:
        answer = {"value": do(word)}
    except ConsoleError as error:
        answer = {"error": type(error).__name__, "sentence": error.sentence()}
    print(json.dumps({**answer, "seconds": time.monotonic() - began}), flush=True)
