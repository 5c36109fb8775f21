"""Rules, and the orders that they matched."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rule",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name="fk_rule_connection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rule"),
    )
    op.create_index("ix_rule_position", "rule", ["connection_id", "position", "id"])
    op.create_table(
        "rule_hit",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_rule_hit_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rule_hit"),
        sa.UniqueConstraint("rule_id", "order_id", name="uq_rule_hit_rule_id_order_id"),
    )
    op.create_index("ix_rule_hit_at", "rule_hit", ["connection_id", "at", "rule_id"])
    op.create_index("ix_rule_hit_order", "rule_hit", ["connection_id", "order_id"])


def downgrade() -> None:
    op.drop_table("rule_hit")
    op.drop_table("rule")
