"""Accounts as people write them; the .qwc file that a connection becomes."""

from datetime import UTC, datetime

import pytest

import qwc
from qbwc_service.config import Config
from qbwc_service.connections import KeapAccountUnusable, normal_keap_account, qwc_file
from qbwc_service.ledger.models import Connection
from qwc import QwcFile

CONFIG = Config(
    database_url="sqlite:///",
    public_url="https://sync.example.com/books",
    keap_api_url="http://localhost:1/crm",
    log_level="INFO",
    secret_key=bytes(32),
)


@pytest.mark.parametrize(
    "text",
    [
        "iq146",
        " IQ146 ",
        "iq146.infusionsoft.com",
        "https://iq146.infusionsoft.com",
        "https://iq146.infusionsoft.com/Contact/manage.jsp?view=1",
    ],
)
def test_an_account_is_known_by_its_name_however_it_is_written(text: str) -> None:
    assert normal_keap_account(text) == "iq146"


def test_no_account_is_no_account() -> None:
    assert normal_keap_account("") == ""


@pytest.mark.parametrize(
    "text", ["iq146.example.com", "a b", "https://", "https://[", "-x", "me@example.com", "x" * 64]
)
def test_anything_else_is_no_account(text: str) -> None:
    with pytest.raises(KeapAccountUnusable):
        normal_keap_account(text)


def test_the_file_is_one_that_the_web_connector_takes() -> None:
    connection = Connection(
        name="acme",
        user_name="acme-7f3c",
        owner_id="{5B1D2D4E-1F0A-4C7E-9D3B-0A1B2C3D4E5F}",
        file_id="{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}",
        created_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    file = qwc_file(connection, CONFIG)
    assert qwc.check(file) == ()
    assert file == QwcFile(
        app_name="Keap Orders (acme)",
        app_url="https://sync.example.com/books/qbwc/acme",
        app_description="Brings Keap orders and payments into QuickBooks.",
        app_support="https://sync.example.com/books/support/acme",
        app_unique_name="KeapOrders-acme",
        cert_url="https://sync.example.com/books/healthz",
        user_name="acme-7f3c",
        owner_id="{5B1D2D4E-1F0A-4C7E-9D3B-0A1B2C3D4E5F}",
        file_id="{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}",
        run_every_minutes=5,
    )
