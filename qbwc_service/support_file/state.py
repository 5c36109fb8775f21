"""How a connection and its service are at the moment: versions, settings, counts, open errors."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from qbwc_service import __version__
from qbwc_service.blotting import blotted_details, blotted_text, mark
from qbwc_service.config import Config
from qbwc_service.database_schema import revisions
from qbwc_service.ledger.models import Connection, ErrorEntry, MirrorList, MirrorRecord
from qbwc_service.ledger.reports import status_report
from qbwc_service.settings import SETTINGS

_ERRORS: Final = 200
_PACKAGES: Final = (
    *("Flask", "Werkzeug", "SQLAlchemy", "alembic", "spyne", "lxml", "APScheduler", "httpx"),
    *("msgspec", "cryptography", "psycopg"),
)
#: of what QuickBooks told of itself
_QUICKBOOKS: Final = frozenset(
    {"product", "version", "country", "edition", "list_capacity", "list_sizes", "closing_date"}
)


def about_connection(connection: Connection) -> dict[str, Any]:
    return {
        "name": connection.name,
        "created_at": connection.created_at,
        "paused": connection.paused,
        "suspended": bool(connection.suspended_because),
        "file_id": connection.file_id,
        "keap": "connected" if connection.keap_tenant else "not yet",
        "orders_read_up_to": connection.orders_watermark,
        "next_reading": connection.next_sync_at,
        "last_reading": connection.last_sync_at,
        "last_reading_trouble": connection.last_sync_trouble,
        "time_zone": connection.time_zone,
        "currency": connection.currency,
        "company_file": mark(connection.company_file),
        "company_name": mark(connection.company_name),
        "shares_its_company_file": bool(connection.shared_with),
        "quickbooks": {
            key: value for key, value in connection.quickbooks.items() if key in _QUICKBOOKS
        },
        "quickbooks_clock": connection.quickbooks_clock,
        "not_sent_because": connection.write_block,
        "last_contact": connection.last_contact_at,
    }


def versions(db: Session, config: Config) -> dict[str, Any]:
    return {
        "service": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": {name: _version(name) for name in _PACKAGES},
        "database": make_url(config.database_url).drivername,
        "tables": sorted(revisions(db.connection())),
        "public_address": config.public_url,
        "keap_address": config.keap_api_url,
        "log_level": config.log_level,
        "proxies": config.trusted_proxies,
        "sign_in_with_keap": bool(config.keap_client_id),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def settings(connection: Connection) -> dict[str, Any]:
    """Those that differ from their defaults; texts of people's own are blotted like sentences."""
    names = {setting.name for setting in SETTINGS}
    return {
        name: blotted_text(value) if isinstance(value, str) else value
        for name, value in sorted(connection.settings.items())
        if name in names
    }


def counts(db: Session, connection: Connection) -> dict[str, Any]:
    report = status_report(db, connection)
    return {
        "orders": {status: figure.count for status, figure in report.orders.items()},
        "payments": {status: figure.count for status, figure in report.payments.items()},
        "postings": dict(report.postings),
        "unreadable": report.unreadable,
        "oldest_waiting": report.oldest_waiting,
    }


def lists(db: Session, connection: Connection) -> list[dict[str, Any]]:
    counted = {
        (name, is_active): count
        for name, is_active, count in db.execute(
            select(MirrorRecord.list_name, MirrorRecord.is_active, func.count())
            .where(MirrorRecord.connection_id == connection.id)
            .group_by(MirrorRecord.list_name, MirrorRecord.is_active)
        )
    }
    return [
        {
            "list": each.list_name,
            "active": counted.get((each.list_name, True), 0),
            "inactive": counted.get((each.list_name, False), 0),
            "changed_up_to": each.watermark,
            "loaded_at": each.loaded_at,
            "read_at": each.read_at,
        }
        for each in db.scalars(
            select(MirrorList)
            .where(MirrorList.connection_id == connection.id)
            .order_by(MirrorList.list_name)
        )
    ]


def open_errors(db: Session, connection: Connection) -> list[dict[str, Any]]:
    found = db.scalars(
        select(ErrorEntry)
        .where(ErrorEntry.connection_id == connection.id, ErrorEntry.solved_at.is_(None))
        .order_by(ErrorEntry.id.desc())
        .limit(_ERRORS)
    )
    return [
        {
            "id": each.id,
            "at": each.at,
            "order": each.order_id,
            "message": each.message,
            "times": each.times,
            "details": blotted_details(each.details),
        }
        for each in found
    ]
