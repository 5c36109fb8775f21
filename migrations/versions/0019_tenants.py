"""Links by which people join once; connections that are suspended; contacts that are erased."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "connection",
        sa.Column("suspended_because", sa.Text(), nullable=False, server_default=sa.text("''")),
    )
    op.add_column("keap_contact", sa.Column("erased_at", sa.DateTime(), nullable=True))
    op.create_table(
        "invitation",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("sees_all", sa.Boolean(), nullable=False),
        sa.Column("invited_by", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("digest", name="uq_invitation_digest"),
    )
    op.create_table(
        "invitation_connection",
        sa.Column("invitation_id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitation.id"],
            name="fk_invitation_connection_invitation_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_invitation_connection_connection_id"
        ),
        sa.PrimaryKeyConstraint("invitation_id", "connection_id", name="pk_invitation_connection"),
    )


def downgrade() -> None:
    op.drop_table("invitation_connection")
    op.drop_table("invitation")
    with op.batch_alter_table("keap_contact") as contact:
        contact.drop_column("erased_at")
    with op.batch_alter_table("connection") as connection:
        connection.drop_column("suspended_because")
