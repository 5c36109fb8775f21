"""The products that orders sell, and which item they go to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "keap_product",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_product_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_keap_product"),
        sa.UniqueConstraint("connection_id", "key", name="uq_keap_product_connection_id_key"),
    )
    op.create_index("ix_keap_product_state", "keap_product", ["connection_id", "state", "key"])
    op.create_table(
        "keap_order_product",
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_order_product_connection_id"
        ),
        sa.PrimaryKeyConstraint("connection_id", "order_id", "key", name="pk_keap_order_product"),
    )
    op.create_index(
        "ix_keap_order_product_key", "keap_order_product", ["connection_id", "key", "rule"]
    )
    # Which products there are is learned by planning: what waits is planned anew.
    op.execute(
        "UPDATE keap_order SET needs_plan = true, has_work = true "
        "WHERE status IN ('held', 'ready', 'will-retry')"
    )


def downgrade() -> None:
    op.drop_table("keap_order_product")
    op.drop_table("keap_product")
