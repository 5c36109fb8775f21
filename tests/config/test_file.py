"""The file of variables beside the environment: which counts, and what is refused in it."""

import logging
from pathlib import Path

import pytest

from qbwc_service.config import Config, ConfigError, examined
from qbwc_service.config.env_file import Line, lines_of
from qbwc_service.config.sources import Given, gather


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "service.env"


def named(file: Path, content: str, **environment: str) -> dict[str, str]:
    """An environment that names this file."""
    file.write_text(content, encoding="utf-8")
    return {"QBWC_CONFIG_FILE": str(file)} | environment


def test_the_file_is_read_and_the_environment_wins(file: Path, key_file: Path) -> None:
    content = f"""
# who we are
QBWC_PUBLIC_URL=https://sync.example.com

QBWC_SECRET_KEY_FILE='{key_file}'
QBWC_TRUSTED_PROXIES="1"
QBWC_LOG_LEVEL=ERROR
"""
    config = Config.from_environment(named(file, content, QBWC_LOG_LEVEL="DEBUG"))
    assert config.public_url == "https://sync.example.com"
    assert config.secret_key_file == key_file
    assert config.trusted_proxies == 1
    assert config.log_level == "DEBUG"


def test_an_empty_variable_of_the_environment_does_not_hide_the_file(
    file: Path, key_file: Path
) -> None:
    content = f"QBWC_SECRET_KEY_FILE={key_file}\nQBWC_LOG_LEVEL=ERROR\nQBWC_DATABASE_POOL=\n"
    config = Config.from_environment(named(file, content, QBWC_LOG_LEVEL=""))
    assert config.log_level == "ERROR"
    assert config.database_limits.pool_size == 12


def test_without_a_name_the_default_file_is_read_where_it_exists(
    tmp_path: Path, key_file: Path
) -> None:
    environment = {"QBWC_SECRET_KEY_FILE": str(key_file)}
    assert gather(environment).file is None
    default = tmp_path / "default" / "service.env"
    default.parent.mkdir()
    default.write_text("QBWC_LOG_LEVEL=ERROR\n", encoding="utf-8")
    assert gather(environment).file == default
    assert Config.from_environment(environment).log_level == "ERROR"


def test_lines_that_systemd_put_into_the_environment_are_told_by_their_line(file: Path) -> None:
    environment = named(file, "\nQBWC_LOG_LEVEL=LOUD\n", QBWC_LOG_LEVEL="LOUD")
    assert gather(environment).given["QBWC_LOG_LEVEL"] == Given("LOUD", f"{file}, line 2")


def test_a_file_by_notepad_can_be_read(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfQBWC_LOG_LEVEL=ERROR\r\nQBWC_TRUSTED_PROXIES=1\r\n")
    given = gather({"QBWC_CONFIG_FILE": str(file)}).given
    assert given["QBWC_LOG_LEVEL"].text == "ERROR"
    assert given["QBWC_TRUSTED_PROXIES"].text == "1"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("A=", ""),
        ("A=b c", "b c"),
        ("  A=b  ", "b"),
        ("A='b $c \\ # \"d'", 'b $c \\ # "d'),
        ('A="b c"', "b c"),
        ("A=''", ""),
        ("A=b#c=d", "b#c=d"),
    ],
)
def test_what_a_line_says(line: str, text: str) -> None:
    assert list(lines_of(f"# remark\n\n{line}\n")) == [Line(3, "A", text)]


_BETWEEN_QUOTES = "put the value between single quotes: A='...', with no such quote inside"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A=C:\\keys", _BETWEEN_QUOTES),
        ("A=$HOME/x", _BETWEEN_QUOTES),
        ("A=b # a remark", _BETWEEN_QUOTES),
        ("A='b", _BETWEEN_QUOTES),
        ('A="b$c"', _BETWEEN_QUOTES),
        ("A='it's'", _BETWEEN_QUOTES),
        ("A=`b`", _BETWEEN_QUOTES),
        ("export A=b", "leave out the word export"),
        ("A = b", "leave out the blanks before the equals sign"),
        ("[service]", "write NAME=value; a remark begins with #"),
        ("A", "write NAME=value; a remark begins with #"),
    ],
)
def test_what_others_would_read_differently_is_refused(line: str, reason: str) -> None:
    (read,) = lines_of(line)
    assert read.wrong == reason


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "\nQBWC_PUBLC_URL=https://sync.example.com\n",
            (
                "QBWC_PUBLC_URL in {file}, line 2: there is no such variable "
                "(did you mean QBWC_PUBLIC_URL?)"
            ),
        ),
        (
            "keap_client_id=abc",
            (
                "keap_client_id in {file}, line 1: there is no such variable "
                "(did you mean KEAP_CLIENT_ID?)"
            ),
        ),
        ("COLOUR=red", "COLOUR in {file}, line 1: there is no such variable"),
        (
            "QBWC_LOG_LEVEL=ERROR\nQBWC_LOG_LEVEL=INFO",
            "QBWC_LOG_LEVEL in {file}, line 2: it stands in line 1 too; keep one",
        ),
        (
            "QBWC_CONFIG_FILE=other.env",
            "QBWC_CONFIG_FILE in {file}, line 1: it names this file; set it in the environment",
        ),
        (
            "QBWC_DATABASE_POOL=0",
            "QBWC_DATABASE_POOL in {file}, line 1: write a whole number from 1 to 500",
        ),
        ("QBWC_DATABASE_POOL 3", "{file}, line 1: write NAME=value; a remark begins with #"),
    ],
)
def test_a_fault_in_the_file_is_refused_and_names_its_line(
    file: Path, key_file: Path, content: str, sentence: str
) -> None:
    environment = named(file, content, QBWC_SECRET_KEY_FILE=str(key_file))
    with pytest.raises(ConfigError) as refused:
        Config.from_environment(environment)
    assert str(refused.value) == sentence.format(file=file)


def test_a_file_that_is_named_has_to_be_there(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"QBWC_CONFIG_FILE: there is no file .*; make it"):
        Config.from_environment({"QBWC_CONFIG_FILE": str(file)})


def test_a_file_that_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"QBWC_LOG_LEVEL=\xff")
    with pytest.raises(ConfigError, match="this is not plain text"):
        Config.from_environment({"QBWC_CONFIG_FILE": str(file)})


def test_an_unknown_name_in_the_environment_is_told_and_no_refusal(key_file: Path) -> None:
    config = Config.from_environment(
        {
            "QBWC_SECRET_KEY_FILE": str(key_file),
            "QBWC_LOG_LEVLE": "ERROR",
            "KEAP_COLOUR": "red",
            "QBWC_TEST_DATABASE": "postgresql",
            "QBWC_CRASH_AT": "",
            "OTHER": "x",
        }
    )
    assert config.log_level == "INFO"
    assert config.warnings == (
        "KEAP_COLOUR in the environment: there is no such variable",
        (
            "QBWC_LOG_LEVLE in the environment: there is no such variable "
            "(did you mean QBWC_LOG_LEVEL?)"
        ),
    )


def test_all_faults_are_found_at_once_and_nothing_is_made(file: Path, tmp_path: Path) -> None:
    content = "QBWC_DATABASE_POOL=0\nQBWC_PUBLIC_URL=x\nQBWC_SMTP_USER=olga\nKEAP_CLIENT_ID=abc\n"
    before = sorted(tmp_path.rglob("*"))
    reading = examined(named(file, content, QBWC_LOG_LEVEL="LOUD"))
    assert sorted(fault.variable for fault in reading.faults) == [
        "KEAP_CLIENT_SECRET_FILE",
        "QBWC_DATABASE_POOL",
        "QBWC_LOG_LEVEL",
        "QBWC_PUBLIC_URL",
        "QBWC_SMTP_HOST",
        "QBWC_SMTP_PASSWORD_FILE",
    ]
    assert sorted(tmp_path.rglob("*")) == sorted([*before, file])


def test_a_warning_is_logged_when_the_service_starts(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from qbwc_service.cli.surroundings import opened

    said: list[str] = []
    monkeypatch.setenv("QBWC_SECRET_KEY_FILE", str(key_file))
    monkeypatch.setenv("QBWC_DATABASE_URL", f"sqlite:///{tmp_path / 'service.db'}")
    monkeypatch.setenv("QBWC_LOG_LEVLE", "ERROR")
    logger = logging.getLogger("qbwc_service.cli.surroundings")
    monkeypatch.setattr(logger, "warning", said.append)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        with opened("make", chatty=True):
            pass
        with opened():
            pass
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert len(said) == 1
    assert "did you mean QBWC_LOG_LEVEL?" in said[0]
