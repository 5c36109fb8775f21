"""What people are shown of the configuration holds no secret."""

from pathlib import Path

import pytest

from qbwc_service.config import examined
from qbwc_service.config.effective import effective, without_passwords
from qbwc_service.config.variables import VARIABLES
from tests.config.conftest import KEY

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://qbwc:s3cret@db/qbwc", "postgresql://qbwc:***@db/qbwc"),
        ("postgresql://qbwc:s3/cr@et@db/qbwc", "postgresql://qbwc:***@db/qbwc"),
        (
            "postgresql://qbwc@db/qbwc?password=s3cret&a=b",
            "postgresql://qbwc@db/qbwc?password=***&a=b",
        ),
        ("postgresql:///qbwc?sslpassword=s3cret", "postgresql:///qbwc?sslpassword=***"),
        ("https://me:s3cret@sync.example.com", "https://me:***@sync.example.com"),
        ("postgresql://qbwc@db/qbwc", "postgresql://qbwc@db/qbwc"),
        ("sqlite:////srv/service.db", "sqlite:////srv/service.db"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_passwords_in_addresses_are_hidden(url: str, shown: str) -> None:
    assert without_passwords(url) == shown


def test_every_variable_is_shown_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "service.env"
    file.write_text(f"QBWC_SECRET_KEY={KEY}\nQBWC_DATABASE_POOL=3\n", encoding="utf-8")
    environment = {"QBWC_CONFIG_FILE": str(file), "QBWC_LOG_LEVEL": "error"}
    rows = {row.name: (row.value, row.place) for row in effective(examined(environment))}
    assert list(rows) == [variable.name for variable in VARIABLES]
    assert rows["QBWC_CONFIG_FILE"] == (str(file), "the environment")
    assert rows["QBWC_SECRET_KEY"] == ("(hidden)", f"{file}, line 1")
    assert rows["QBWC_SECRET_KEY_FILE"] == ("", "default")
    assert rows["QBWC_DATABASE_POOL"] == ("3", f"{file}, line 2")
    assert rows["QBWC_LOG_LEVEL"] == ("error", "the environment")
    assert rows["QBWC_DATABASE_POOL_EXTRA"] == ("4", "default")
    database = tmp_path / "user_data_dir" / "qbwc-service" / "service.db"
    assert rows["QBWC_DATABASE_URL"] == (f"sqlite:///{database}", "default")


def test_every_default_is_of_its_kind() -> None:
    for variable in VARIABLES:
        if variable.default:
            variable.read_default()


def test_the_document_has_the_table_of_the_variables() -> None:
    rows = [
        "| Variable | Value | Meaning | Default |",
        "|---|---|---|---|",
    ]
    for variable in VARIABLES:
        kind = variable.check.words + ("; secret" if variable.is_secret else "")
        default = f"`{variable.default}`" if variable.default else variable.without
        rows.append(f"| `{variable.name}` | {kind} | {variable.meaning} | {default} |")
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("|")][: len(rows)] == rows
