"""What QuickBooks has as it was last read, the readings, and what a person found right."""

import sqlalchemy as sa
from alembic import op

# Becomes "0007" once the tables of the rules are there.
revision = "0008"
down_revision = "0007"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "quickbooks_txn",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("txn_id", sa.String(40), nullable=False),
        sa.Column("ref_number", sa.String(40), nullable=False),
        sa.Column("number_key", sa.String(40), nullable=False),
        sa.Column("customer_list_id", sa.String(40), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("txn_date", sa.Date(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=True),
        sa.Column("edit_sequence", sa.String(40), nullable=False),
        sa.Column("external_guid", sa.String(40), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("seen_in", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_quickbooks_txn_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quickbooks_txn"),
        sa.UniqueConstraint(
            "connection_id", "kind", "txn_id", name="uq_quickbooks_txn_connection_id_kind_txn_id"
        ),
    )
    op.create_index("ix_quickbooks_txn_date", "quickbooks_txn", ["connection_id", "txn_date"])
    op.create_index("ix_quickbooks_txn_number", "quickbooks_txn", ["connection_id", "number_key"])
    op.create_table(
        "reconciliation",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("unread", sa.JSON(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_reconciliation_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation"),
    )
    op.create_index("ix_reconciliation_connection", "reconciliation", ["connection_id", "id"])
    op.add_column(
        "posting", sa.Column("agreed", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    )


def downgrade() -> None:
    op.drop_column("posting", "agreed")
    op.drop_table("reconciliation")
    op.drop_table("quickbooks_txn")
