"""Alembic migrations; run by qbwc_service.database_schema, on the connection it hands over."""
