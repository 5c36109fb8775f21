"""Sign in with Keap, walks through Keap's lists, shared pace, manual sync."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = (
    "manual_sync",
    "keap_pace",
    "keap_sign_in_try",
    "keap_sign_in",
    "keap_walk",
    "keap_order_payment",
)
_FILLED = (
    "password_key",
    "keap_account_name",
    "test_merchants",
    "order_payment_unit",
    "keap_pace",
)


def upgrade() -> None:
    _connection()
    _keap_order()
    _keap_payment()
    _keap_order_payment()
    _keap_walk()
    _keap_sign_in()
    _keap_sign_in_try()
    _keap_pace()
    _manual_sync()


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)
    with op.batch_alter_table("keap_payment") as table:
        for column in ("kind", "is_shared"):
            table.drop_column(column)
    op.drop_index("ix_keap_order_unchecked", "keap_order")
    op.drop_index("ix_keap_order_work", "keap_order")
    op.execute("UPDATE keap_order SET total_paid = 0 WHERE total_paid IS NULL")
    with op.batch_alter_table("keap_order") as table:
        table.alter_column("total_paid", existing_type=sa.BigInteger(), nullable=False)
        table.drop_index("ix_keap_order_invoice")
        for column in ("settles_at", "deleted_at", "overrides", "is_checked"):
            table.drop_column(column)
    _work_index("has_work")
    with op.batch_alter_table("connection") as table:
        for column in (*_FILLED, "account_read_at"):
            table.drop_column(column)


def _connection() -> None:
    with op.batch_alter_table("connection") as table:
        table.add_column(_filled("password_key", sa.String(16)))
        table.add_column(_filled("keap_account_name", sa.Text()))
        table.add_column(_filled("test_merchants", sa.JSON(), "[]"))
        table.add_column(_filled("order_payment_unit", sa.String(5)))
        table.add_column(_filled("keap_pace", sa.String(80)))
        table.add_column(sa.Column("account_read_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("connection") as table:
        for name in _FILLED:
            table.alter_column(name, server_default=None)


def _keap_order() -> None:
    op.drop_index("ix_keap_order_work", "keap_order")
    with op.batch_alter_table("keap_order") as table:
        table.alter_column("total_paid", existing_type=sa.BigInteger(), nullable=True)
        table.add_column(sa.Column("settles_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("deleted_at", sa.DateTime(), nullable=True))
        table.add_column(_filled("overrides", sa.JSON(), "[]"))
        table.add_column(_filled("is_checked", sa.Boolean(), sa.true()))
        table.create_index("ix_keap_order_invoice", ["connection_id", "invoice_id"])
    with op.batch_alter_table("keap_order") as table:
        table.alter_column("overrides", server_default=None)
        table.alter_column("is_checked", server_default=None)
    _work_index("has_work AND is_checked")
    op.create_index(
        "ix_keap_order_unchecked",
        "keap_order",
        ["connection_id", "keap_id"],
        sqlite_where=sa.text("NOT is_checked"),
        postgresql_where=sa.text("NOT is_checked"),
    )


def _work_index(where: str) -> None:
    op.create_index(
        "ix_keap_order_work",
        "keap_order",
        ["connection_id", "next_try_at", "keap_id"],
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _keap_payment() -> None:
    with op.batch_alter_table("keap_payment") as table:
        table.add_column(_filled("kind", sa.String(40)))
        table.add_column(_filled("is_shared", sa.Boolean(), sa.false()))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    kind = "json_extract(received, '$.kind')" if is_sqlite else "received->>'kind'"
    orders = "json_extract(received, '$.order_ids')" if is_sqlite else "received->'order_ids'"
    op.execute(
        f"UPDATE keap_payment SET kind = {kind}, is_shared = json_array_length({orders}) > 1"  # noqa: S608 # nosec B608 # words of ours alone
    )
    with op.batch_alter_table("keap_payment") as table:
        table.alter_column("kind", server_default=None)
        table.alter_column("is_shared", server_default=None)


def _filled(name: str, kind: Any, value: Any = "") -> sa.Column[Any]:
    """For the rows that are there already; the default goes again afterwards."""
    return sa.Column(name, kind, nullable=False, server_default=value)


def _keap_order_payment() -> None:
    op.create_table(
        "keap_order_payment",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.String(40), nullable=False),
        sa.Column("pay_status", sa.String(40), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_order_payment_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keap_order_payment"),
        sa.UniqueConstraint(
            "connection_id", "row_id", name="uq_keap_order_payment_connection_id_row_id"
        ),
    )
    op.create_index(
        "ix_keap_order_payment_order", "keap_order_payment", ["connection_id", "order_id"]
    )
    op.create_index(
        "ix_keap_order_payment_payment", "keap_order_payment", ["connection_id", "payment_id"]
    )


def _keap_walk() -> None:
    op.create_table(
        "keap_walk",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("above", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_walk_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keap_walk"),
        sa.UniqueConstraint("connection_id", "name", name="uq_keap_walk_connection_id_name"),
    )


def _keap_sign_in() -> None:
    op.create_table(
        "keap_sign_in",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("previous_refresh_token", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("signed_in_by", sa.String(80), nullable=False),
        sa.Column("tenant", sa.String(120), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("broken_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_sign_in_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keap_sign_in"),
        sa.UniqueConstraint("connection_id", "state", name="uq_keap_sign_in_connection_id_state"),
    )


def _keap_sign_in_try() -> None:
    op.create_table(
        "keap_sign_in_try",
        sa.Column("state_digest", sa.String(64), nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("begun_by", sa.String(80), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_sign_in_try_connection_id"
        ),
        sa.PrimaryKeyConstraint("state_digest", name="pk_keap_sign_in_try"),
    )


def _keap_pace() -> None:
    op.create_table(
        "keap_pace",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("free_at", sa.DateTime(), nullable=False),
        sa.Column("slow_until", sa.DateTime(), nullable=True),
        sa.Column("closed_until", sa.DateTime(), nullable=True),
        sa.Column("day_limit", sa.Integer(), nullable=True),
        sa.Column("day_available", sa.Integer(), nullable=True),
        sa.Column("day_ends_at", sa.DateTime(), nullable=True),
        sa.Column("minute_limit", sa.Integer(), nullable=True),
        sa.Column("minute_available", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_keap_pace"),
    )


def _manual_sync() -> None:
    op.create_table(
        "manual_sync",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("above", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.String(60), nullable=False),
        sa.Column("trouble_details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_manual_sync_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_manual_sync"),
    )
    op.create_index("ix_manual_sync_connection", "manual_sync", ["connection_id", "id"])
