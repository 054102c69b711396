from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.settings.faults import SettingFault, SettingsError
from strideiq_console.settings.load import load
from strideiq_console.settings.model import Mode, Settings

TOKEN = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"


def read(tmp_path: Path, text: str | bytes, *, clone: str = "", world: bool = False) -> Settings:
    file = tmp_path / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    folder = tmp_path / "clone"
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    if clone:
        (folder / ".strideiq.toml").write_text(clone)
    return load(config=file, cwd=folder, environ={"STRIDEIQ_STATE": str(tmp_path / "state")}, world=world)


def faults(tmp_path: Path, text: str | bytes, *, clone: str = "") -> list[SettingFault]:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text, clone=clone)
    assert isinstance(caught.value, ConfigurationError)
    assert str(caught.value).count("\n") == len(caught.value.faults) - 1
    return list(caught.value.faults)


def test_without_any_file_the_documents_environments_have_no_address(tmp_path: Path) -> None:
    settings = load(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "none")})
    assert [e.name for e in settings.environments] == ["production", "staging", "local"]
    assert {e.url + e.api for e in settings.environments} == {""}
    assert [e.branch for e in settings.environments] == ["main", "staging", ""]
    assert [(e.production, e.protected) for e in settings.environments] == [(True, True), (False, True), (False, False)]
    assert settings.mode is Mode.PRE_DEPLOYMENT
    assert settings.file is None
    assert settings.clone == tmp_path
    assert set(settings.origins.values()) == {"default"}


def test_everything_that_is_set_arrives(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        """
mode = "live"
founder = "Ada"
[clone]
path = "work/repo"
[branches]
main = "trunk"
[environments.production]
url = "https://strideiq.run/"
api = "https://api.strideiq.run"
[environments.local]
url = "http://127.0.0.1:3000"
[environments.qa]
url = "https://qa.example.org"
branch = "qa"
[github]
api_url = "http://localhost:8080/api/v3/"
repository = "acme/strideiq"
required_checks = ["unit", "lint", "unit"]
[vercel]
project = "prj_AbCdEfGhIjKlMnOpQrStUvWx12"
team = "team_acme"
[railway]
project = "7c9d1f5e-2b64-4a38-9e0d-5a1f3c8b2d47"
token_kind = "project"
[railway.environments]
production = "prod"
staging = ""
qa = "qa"
[prometheus]
url = "http://[::1]:9090"
[ui]
theme = "day"
[ui.keys]
refresh = "r,f5"
""",
    )
    assert (settings.mode, settings.founder, settings.main) == (Mode.LIVE, "Ada", "trunk")
    assert settings.clone == tmp_path / "work" / "repo"
    assert settings.environment("production").url == "https://strideiq.run"  # type: ignore[union-attr]
    assert settings.environment_of_branch("trunk") is settings.environment("production")
    assert settings.environment("qa").branch == "qa"  # type: ignore[union-attr]
    assert settings.github.api_url == "http://localhost:8080/api/v3"
    assert settings.github.required_checks == ("unit", "lint")
    assert settings.railway.environments == (("production", "prod"), ("qa", "qa"))
    assert settings.railway.token_kind == "project"
    assert settings.outside.prometheus.url == "http://[::1]:9090"
    assert settings.ui.keys == (("refresh", "r,f5"),)
    assert settings.origins["github.api_url"] == str(tmp_path / "config.toml")
    assert settings.origins["vercel.api_url"] == "default"
    assert settings.origins["environments.qa.url"] == str(tmp_path / "config.toml")
    assert settings.origins["state"] == "environment"
    assert settings.state == tmp_path / "state"


def test_a_bom_and_crlf_are_fine(tmp_path: Path) -> None:
    assert read(tmp_path, b'\xef\xbb\xbfmode = "live"\r\n[ui]\r\ntheme = "day"\r\n').ui.theme == "day"
    (fault,) = faults(tmp_path, b'\xef\xbb\xbfmode = "live"\r\n[ui]\r\nteme = "day"\r\n')
    assert (fault.key, fault.line, fault.nearest) == ("ui.teme", 3, "theme")


def test_every_fault_is_listed_at_once_with_key_line_and_nearest_spelling(tmp_path: Path) -> None:
    text = """# one line
mode = "liv"
[environments.production]
bugdet = 3
url = "ftp://strideiq.run"
[environments.prodution]
url = "https://strideiq.run"
[github]
api_url = 7
required_checks = [
  "a",
  3,
]
[ui]
theme = "../night"
[railway.environments]
stagin = "x"
[env.production]
url = "x"
"""
    found = [(fault.key, fault.line, fault.nearest) for fault in faults(tmp_path, text)]
    assert found == [
        ("mode", 2, "live"),
        ("environments.production.bugdet", 4, ""),
        ("environments.production.url", 5, ""),
        ("environments.prodution", 6, "production"),
        ("github.api_url", 9, ""),
        ("github.required_checks", 10, ""),
        ("ui.theme", 15, ""),
        ("railway.environments.stagin", 17, "staging"),
        ("env", 18, "environments"),
    ]


def test_a_fault_reads_as_one_plain_line(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, '[environments.production]\nbranhc = "main"\n')
    place = tmp_path / "config.toml"
    assert fault.sentence() == f"{place}:2: [environments.production] branhc: unknown key; did you mean branch?"
    (fault,) = faults(tmp_path, "[github]\napi_url = 1\n")
    assert fault.sentence() == f"{place}:2: [github] api_url: must be text, not a whole number"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a = = 1", 1, "not valid TOML"),
        ('mode = "live"\n\nx = [1,\n', 0, "not valid TOML"),
        ('a = 1\na = 2\n[github]\nx = "\n"', 2, "at line 2, column"),
        (b"mode = '\xff'", 1, "not UTF-8"),
        ('mode = "live"\n'.encode("utf-16"), 1, "not UTF-8"),
        ("x = " + "[" * 5000, 0, "nested too deeply"),
        ("x = " + "9" * 5000, 0, "not valid TOML"),
        (".".join("a" * 200) + " = 1", 1, "nested too deeply"),
        (b"#" * 1_000_001, 0, "larger than"),
    ],
    ids=["syntax", "end", "twice", "latin-1", "utf-16", "brackets", "digits", "dots", "size"],
)
def test_what_cannot_be_read_is_one_fault(tmp_path: Path, text: str | bytes, line: int, words: str) -> None:
    found = faults(tmp_path, text)
    assert words in found[0].cause
    assert found[0].line == line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mode = true", "must be text, not true or false"),
        ("schema = true", "must be a whole number, not true or false"),
        ("schema = 2", "newer console"),
        ("schema = 0", "must be 1"),
        ("github = 3", "must be a table, not a whole number"),
        ("[[environments]]\nx = 1", "must be a table, not a list"),
        ("founder = 2026-01-09", "not a date or time"),
        ('founder = "a\\u001b[31m"', "control or invisible"),
        ('founder = "a\\u202e"', "control or invisible"),
        ('[branches]\nmain = "+main"', "first or last character"),
        ('[branches]\nmain = ""', "must name a branch"),
        ('[branches]\nmain = "staging"', "same branch"),
        ('[environments.production]\nbranch = "staging"', "same branch"),
        ('[environments.production]\nhealth = "health"', "must be a path"),
        ('[environments.production]\nhealth = "//evil.example"', "must be a path"),
        ('[environments."a b"]\nurl = ""', "must be a name"),
        ('[github]\nrepository = "acme"', "owner/name"),
        ('[github]\nrepository = "../.."', "owner/name"),
        ('[github]\nrequired_checks = [""]', "empty"),
        ('[vercel]\nproject = "a/../b"', "id or a name"),
        ('[railway]\ntoken_kind = "personal"', "one of workspace, account, project"),
        ('[ui]\nglyphs = "emoji"', "one of auto, unicode, ascii"),
        ('[ui]\ntheme = "Night"', "name of a theme"),
        ('[ui.keys]\n"a b" = "x"', "id of an action"),
        ('[ui.keys]\nrefresh = ["r"]', "must be text, not a list"),
    ],
)
def test_wrong_values(tmp_path: Path, text: str, words: str) -> None:
    assert words in faults(tmp_path, text)[0].cause


@pytest.mark.parametrize(
    "text",
    [
        f'founder = "{TOKEN}"',
        f'[github]\nrequired_checks = ["a", "x {TOKEN}"]',
        f'[vercel]\nproject = "{TOKEN}"',
        f'[vercel]\ntoken = "{TOKEN}"',
        f'[nowhere]\nx = [{{y = "{TOKEN}"}}]',
        f'[github]\napi_url = "https://x.example/{TOKEN}"',
        f'[github]\napi_url = "https://user:{TOKEN}@x.example"',
        f"{TOKEN} = 1",
        f'[ui.keys]\n{TOKEN} = "x"',
        f'mode = "{TOKEN}',
        'password = "hunter2hunter2"',
    ],
)
def test_a_token_is_refused_and_never_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    said = str(caught.value) + caught.value.sentence() + repr(caught.value)
    assert TOKEN not in said
    assert TOKEN[4:] not in said
    assert "hunter2" not in said


def test_a_token_in_a_file_is_told_where_it_belongs(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, f'[ui]\ntheme = "{TOKEN}"')
    assert (fault.key, fault.line) == ("ui.theme", 2)
    assert "looks like a token" in fault.cause
    assert "STRIDEIQ_GITHUB_TOKEN" in fault.cause
    assert "strideiq secrets set github" in fault.cause


def test_the_clone_may_add_names_and_checks_and_the_user_wins(tmp_path: Path) -> None:
    clone = """founder = "clone"
[github]
required_checks = ["e2e"]
[ui]
theme = "day"
[environments.production]
testers = "everybody"
purpose = "ours"
"""
    settings = read(tmp_path, '[environments.production]\npurpose = "mine"', clone=clone)
    assert settings.founder == "clone"
    assert settings.ui.theme == "day"
    assert settings.github.required_checks == (*REQUIRED_CHECKS, "e2e")
    production = settings.environment("production")
    assert production is not None
    assert (production.purpose, production.testers) == ("mine", "everybody")
    assert settings.origins["founder"] == "clone"
    assert settings.origins["environments.production.testers"] == "clone"
    more = read(tmp_path, '[github]\nrequired_checks = ["unit"]', clone=clone)
    assert more.github.required_checks == ("unit", "e2e"), "a repository adds checks and never takes any away"


@pytest.mark.parametrize(
    "text",
    [
        '[github]\napi_url = "https://evil.example"',
        '[github]\nrepository = "evil/repo"',
        '[environments.production]\nurl = "https://evil.example"',
        '[environments.staging]\nhealth = "/x"',
        '[environments.production]\nbranch = "evil"',
        '[vercel]\napi_url = "https://evil.example"',
        'mode = "live"',
        '[ui.keys]\nquit = "q"',
        '[clone]\npath = "/"',
        '[branches]\nmain = "evil"',
        '[prometheus]\nurl = "https://evil.example"',
    ],
)
def test_the_clone_never_says_where_to_go(tmp_path: Path, text: str) -> None:
    (fault,) = faults(tmp_path, "", clone=text)
    assert fault.file.name == ".strideiq.toml"
    assert "may not stand in a repository" in fault.cause
    assert fault.line > 0


def test_faults_of_both_files_come_together(tmp_path: Path) -> None:
    found = faults(tmp_path, "[ui]\ntheem = 1", clone='[environments.qa]\npurpose = "x"\n[hooks]\nrun = "rm"\n')
    assert [(f.file.name, f.key) for f in found] == [
        ("config.toml", "ui.theem"),
        (".strideiq.toml", "environments.qa"),
        (".strideiq.toml", "hooks"),
    ]


def test_a_link_in_the_clone_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    (tmp_path / "secret").write_text("private")
    (tmp_path / "clone" / ".strideiq.toml").symlink_to(tmp_path / "secret")
    (fault,) = faults(tmp_path, "")
    assert "cannot be read" in fault.cause
    assert "private" not in fault.sentence()


def test_a_world_counts_its_own_file_alone(tmp_path: Path) -> None:
    settings = read(tmp_path, 'mode = "live"', world=True)
    assert settings.file == tmp_path / "config.toml"
    with pytest.raises(ValueError, match="world"):
        load(config=None, cwd=tmp_path, environ={}, world=True)
