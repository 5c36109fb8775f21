"""What was read before lists had columns to be searched by is found by them too."""

from typing import Any

from sqlalchemy import text

from qbwc_service import database_schema
from qbwc_service.database import Database

_BEFORE = "0011"


def _insert(db: Any, table: str, values: dict[str, object]) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    db.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def test_rows_of_before_are_found(empty: Database) -> None:
    database_schema.upgrade(empty)
    database_schema.downgrade(empty, _BEFORE)
    moment = "2026-11-23 12:00:00"
    with empty.engine.begin() as db:
        _insert(
            db,
            "connection",
            {"id": 1, "name": "acme", "uid": "u", "created_at": moment, "user_name": "u",
             "password_digest": "", "owner_id": "", "file_id": "", "paused": False,
             "settings": "{}", "password_key": "", "keap_account": "", "keap_key": "",
             "keap_tenant": "", "keap_account_name": "", "test_merchants": "[]",
             "order_payment_unit": "", "keap_pace": "", "time_zone": "", "currency": "",
             "payments_watermark": 0, "last_sync_trouble": "", "company_file": "",
             "company_name": "", "quickbooks": "{}", "quickbooks_clock": "", "write_block": "",
             "write_block_details": "{}", "last_contact_result": ""},
        )  # fmt: skip
        _insert(
            db,
            "keap_order",
            {"connection_id": 1, "keap_id": 7, "invoice_id": "", "title": "", "contact_id": "",
             "customer_name": "ÅSA  Öberg", "currency": "USD", "total": 1, "raw": "{}",
             "sale": "{}", "content_hash": "", "read_at": moment, "status": "new", "cause": "",
             "subject": "", "skip": "", "has_work": False, "needs_plan": False,
             "next_try_at": moment, "is_checked": True, "overrides": "[]"},
        )  # fmt: skip
        _insert(
            db,
            "keap_payment",
            {"connection_id": 1, "payment_id": 70, "order_id": 7, "amount": 1, "kind": "cash",
             "is_shared": False,
             "raw": '{"merchant_account_type": "Stripe", "merchant_account_id": "12"}',
             "received": '{"method": "Visa", "transaction_id": "CH_1"}', "content_hash": "",
             "read_at": moment, "status": "new", "cause": "", "skip": ""},
        )  # fmt: skip
        _insert(
            db,
            "keap_contact",
            {"connection_id": 1, "contact_id": "4", "raw": "{}", "content_hash": "",
             "buyer": '{"email": "Asa@Example.com"}', "read_at": moment},
        )  # fmt: skip
    database_schema.upgrade(empty)
    with empty.engine.connect() as db:
        assert db.scalar(text("SELECT search_name FROM keap_order")) == "åsa öberg"
        assert db.execute(
            text("SELECT method, gateway, search_reference FROM keap_payment")
        ).one() == ("Visa", "Stripe 12", "ch_1")
        assert db.scalar(text("SELECT search_email FROM keap_contact")) == "asa@example.com"
