"""Secrets show themselves nowhere, and the redactor takes them out of any text."""

import base64
import copy
import pickle
from urllib.parse import quote

import pytest

from strideiq_console.domain.secret import MASK, Redactor, Secret, without_userinfo

TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
ODD = "s3cr3t/with+odd=chars"


@pytest.mark.parametrize("text", [repr, str, "{}".format, "{0!r}".format, lambda s: f"{s:>10}", lambda s: f"{[s]}"])
def test_every_way_of_writing_it_masks(text) -> None:
    assert TOKEN not in text(Secret(TOKEN))


def test_it_is_never_pickled_nor_copied_deeply() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(TOKEN))
    with pytest.raises(TypeError):
        copy.deepcopy(Secret(TOKEN))


@pytest.mark.parametrize(
    "text",
    [
        ODD,
        f"x{ODD}y",
        quote(ODD, safe=""),
        base64.b64encode(ODD.encode()).decode(),
        base64.b64encode(f"user:{ODD}".encode()).decode(),
        base64.b64encode(f"a:{ODD}".encode()).decode(),
        f"https://user:{ODD}@example.com/x",
    ],
)
def test_known_values_go_in_every_spelling(text: str) -> None:
    told = Redactor([Secret(ODD)])(f"before {text} after")
    assert ODD not in told
    assert quote(ODD, safe="") not in told
    assert base64.b64encode(ODD.encode()).decode()[4:16] not in told
    assert told.startswith("before ")
    assert told.endswith(" after")


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        "github_pat_" + "A1b2" * 10,
        "Authorization: Bearer abcdefghijklmnop",
        "Project-Access-Token: 0123-4567",
        "https://someone:pass@example.com/repo.git",
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
    ],
)
def test_what_looks_like_a_token_goes_unknown_as_well(text: str) -> None:
    told = Redactor()(text)
    assert MASK in told
    assert "pass@" not in told
    assert "MIIE" not in told
    assert "0123456789abcdef" not in told


def test_ordinary_text_stays() -> None:
    text = "merge hotfix/fix-auth-crash (8c1f2e0, 2 commits) into main; see https://example.com/a?b=c"
    assert Redactor([Secret("abc")])(text) == text


def test_a_remote_is_shown_without_its_user() -> None:
    assert without_userinfo("https://u:p@github.com/acme/strideiq.git") == "https://github.com/acme/strideiq.git"
