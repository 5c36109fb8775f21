"""Roles of people, the connections they may see, and what they did."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW_COLUMNS = ("email", "password_is_one_time", "role", "sees_all", "disabled_at")


def upgrade() -> None:
    # Who could sign in until now could do everything.
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("email", sa.String(200), nullable=False, server_default=""))
        person.add_column(
            sa.Column(
                "password_is_one_time", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        person.add_column(sa.Column("role", sa.String(40), nullable=False, server_default="owner"))
        person.add_column(
            sa.Column("sees_all", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        person.add_column(sa.Column("disabled_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("person") as person:
        for column in ("email", "password_is_one_time", "role", "sees_all"):
            person.alter_column(column, server_default=None)
    op.create_table(
        "person_connection",
        sa.Column("person_id", _ROW_ID, nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_person_connection_person_id"
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_person_connection_connection_id"
        ),
        sa.PrimaryKeyConstraint("person_id", "connection_id", name="pk_person_connection"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("connection_id", _ROW_ID, nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name="fk_audit_entry_connection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at", "id"])
    op.create_index("ix_audit_entry_connection", "audit_entry", ["connection_id", "at", "id"])
    op.create_index("ix_audit_entry_who", "audit_entry", ["who", "at", "id"])


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.drop_table("person_connection")
    with op.batch_alter_table("person") as person:
        for column in _NEW_COLUMNS:
            person.drop_column(column)
