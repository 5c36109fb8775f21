"""Keap calls when something changes."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "keap_hooks",
        sa.Column("connection_id", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.Column("check_at", sa.DateTime(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("handshake_until", sa.DateTime(), nullable=True),
        sa.Column("handshake_secret", sa.Text(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=True),
        sa.Column("wish_at", sa.DateTime(), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_keap_hooks_connection_id"
        ),
        sa.PrimaryKeyConstraint("connection_id", name="pk_keap_hooks"),
        sa.UniqueConstraint("token_digest", name="uq_keap_hooks_token_digest"),
    )


def downgrade() -> None:
    op.drop_table("keap_hooks")
