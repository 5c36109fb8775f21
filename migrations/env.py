"""How Alembic runs: inside the caller's transaction, one at a time, on our tables alone."""

from alembic import context
from sqlalchemy import text

from qbwc_service.ledger.models import Connection

_TABLES = Connection.metadata

# Any fixed number serves; it is held until the transaction ends, so two starts upgrade in turn.
_LOCK = 5_170_742_096_117


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in _TABLES.tables


connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
context.configure(
    connection=connection,
    target_metadata=_TABLES,
    render_as_batch=True,
    transactional_ddl=True,
    include_name=_is_ours,
)
with context.begin_transaction():
    context.run_migrations()
