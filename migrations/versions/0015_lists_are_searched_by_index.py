"""Lists of a hundred thousand rows are filtered, searched and added up in indexes alone.

The rows themselves are kilobytes wide: what people filter and search by has columns of its own.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_AT_ONCE = 1_000
#: name, table, columns
_INDEXES: Sequence[tuple[str, str, Sequence[str]]] = (
    (
        "ix_keap_order_listed",
        "keap_order",
        (
            "connection_id",
            "keap_id",
            "status",
            "order_date",
            "currency",
            "total",
            "total_paid",
            "cause",
            "skip",
            "contact_id",
            "invoice_id",
            "search_name",
        ),
    ),
    (
        "ix_keap_payment_listed",
        "keap_payment",
        (
            "connection_id",
            "paid_on",
            "id",
            "kind",
            "status",
            "amount",
            "order_id",
            "method",
            "gateway",
            "search_reference",
        ),
    ),
    ("ix_keap_contact_email", "keap_contact", ("connection_id", "search_email", "contact_id")),
    ("ix_event_at", "event", ("connection_id", "at", "id")),
    ("ix_error_entry_at", "error_entry", ("connection_id", "at", "id")),
)
_COLUMNS: Sequence[tuple[str, str, int]] = (
    ("keap_order", "search_name", 80),
    ("keap_payment", "method", 80),
    ("keap_payment", "gateway", 80),
    ("keap_payment", "search_reference", 80),
    ("keap_contact", "search_email", 80),
)


def upgrade() -> None:
    for table, column, length in _COLUMNS:
        op.add_column(
            table, sa.Column(column, sa.String(length), nullable=False, server_default="")
        )
    op.add_column(
        "update_session",
        sa.Column("read_counts", sa.JSON, nullable=False, server_default=sa.text("'{}'")),
    )
    _fill("keap_order", ["customer_name"], _of_order)
    _fill("keap_payment", ["received", "raw"], _of_payment)
    _fill("keap_contact", ["buyer"], _of_contact)
    op.drop_index("ix_posting_order", table_name="posting")
    for name, table, columns in _INDEXES:
        op.create_index(name, table, list(columns))
    op.create_index(
        "ix_posting_order",
        "posting",
        ["connection_id", "order_id", "kind", "state", "amount"],
        sqlite_where=sa.text("order_id IS NOT NULL"),
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_posting_order", table_name="posting")
    for name, table, _ in _INDEXES:
        op.drop_index(name, table_name=table)
    op.create_index("ix_posting_order", "posting", ["connection_id", "order_id"])
    op.drop_column("update_session", "read_counts")
    for table, column, _ in reversed(_COLUMNS):
        op.drop_column(table, column)


def _fill(table: str, read: Sequence[str], values: Callable[[Any], dict[str, str]]) -> None:
    """Each row's new columns out of its own text."""
    db, after = op.get_bind(), 0
    chosen = sa.table(table, sa.column("id"), *(sa.column(name) for name in read))
    while True:
        rows = db.execute(
            sa.select(chosen).where(chosen.c.id > after).order_by(chosen.c.id).limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        filled = [{"row_id": row.id, **values(row)} for row in rows]
        names = [name for name in filled[0] if name != "row_id"]
        target = sa.table(table, sa.column("id"), *(sa.column(name) for name in names))
        db.execute(
            target.update()
            .where(target.c.id == sa.bindparam("row_id"))
            .values({name: sa.bindparam(name) for name in names}),
            filled,
        )
        after = rows[-1].id


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()[:80]


def _of_order(row: Any) -> dict[str, str]:
    return {"search_name": _key(row.customer_name)}


def _of_payment(row: Any) -> dict[str, str]:
    received, raw = _document(row.received), _document(row.raw)
    parts = [str(raw.get(f"merchant_account_{name}") or "") for name in ("type", "id")]
    return {
        "method": str(received.get("method", ""))[:80],
        "gateway": " ".join(part for part in parts if part)[:80],
        "search_reference": _key(str(received.get("transaction_id", ""))),
    }


def _of_contact(row: Any) -> dict[str, str]:
    return {"search_email": _key(str(_document(row.buyer).get("email", "")))}


def _document(text: Any) -> dict[str, Any]:
    """JSON as either database gives it."""
    found = text if isinstance(text, dict) else json.loads(text or "{}")
    return found if isinstance(found, dict) else {}
