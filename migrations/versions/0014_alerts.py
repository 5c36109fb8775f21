"""Alerts: what was told, what is on its way; how often a Web Connector calls."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.add_column(
        "connection",
        sa.Column("calls_every", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column(
        "connection",
        sa.Column("webhook_key", sa.Text(), nullable=False, server_default=sa.text("''")),
    )
    op.create_table(
        "alert_state",
        sa.Column("connection_id", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "kind", name="pk_alert_state"),
    )
    op.create_table(
        "alert",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.UniqueConstraint("key", name="uq_alert_key"),
    )
    op.create_index("ix_alert_connection", "alert", ["connection_id", "id"])
    op.create_table(
        "alert_delivery",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("alert_id", _ROW_ID, nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_alert_delivery_alert_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_delivery"),
        sa.UniqueConstraint(
            "alert_id", "channel", "target", name="uq_alert_delivery_alert_id_channel_target"
        ),
    )
    op.create_index(
        "ix_alert_delivery_waiting",
        "alert_delivery",
        ["next_try_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade() -> None:
    op.drop_table("alert_delivery")
    op.drop_table("alert")
    op.drop_table("alert_state")
    op.drop_column("connection", "webhook_key")
    op.drop_column("connection", "calls_every")
