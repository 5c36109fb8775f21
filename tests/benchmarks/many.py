"""Many connections at once, as they stand after their first day: lists read, nothing to do."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from qbwc_service.clock import utc_now
from qbwc_service.database import Database
from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import (
    Connection,
    MirrorList,
    Reconciliation,
    ReconciliationState,
)
from qbwc_service.secrecy import Secrecy
from qbwc_service.webconnector.mirrored_lists import LISTS
from tests.benchmarks.bench import START
from tests.world import KEY

#: what the simulated company is called
COMPANY = "Blue Sky Demo"
PASSWORD = "bench-bench-bench-bench"
#: since when there is nothing new: less than after which lists are read again
READ_AGO = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Known:
    """One of them, with what its Web Connector needs."""

    id: int
    name: str
    user: str
    owner_id: str
    file_id: str


def add_idle_connections(database: Database, count: int) -> Sequence[Known]:
    """So many connections that have nothing to do for the next hours; PASSWORD opens each."""
    secrecy, now = Secrecy(KEY), utc_now()
    with database.writing("bench") as db:
        made = [
            Connection(
                name=f"shop-{number}",
                uid=str(uuid.uuid4()),
                created_at=now,
                settings={"start_date": START.isoformat(), "income_account": "Sales"},
                user_name=f"shop-{number}-user",
                password_digest=secrecy.password_digest(PASSWORD),
                password_key=secrecy.key_id,
                owner_id="{" + str(uuid.uuid4()) + "}",
                file_id="{" + str(uuid.uuid4()) + "}",
                company_name=COMPANY,
                currency="USD",
                time_zone="UTC",
                next_sync_at=now + timedelta(days=365),
            )
            for number in range(count)
        ]
        db.add_all(made)
        db.flush()
        known = [
            Known(each.id, each.name, each.user_name, each.owner_id, each.file_id) for each in made
        ]
        read = now - READ_AGO
        db.execute(
            rows_of(MirrorList),
            [
                {"connection_id": each.id, "list_name": one.name, "watermark": "",
                 "loaded_at": read, "read_at": read}
                for each in known
                for one in LISTS
            ],
        )  # fmt: skip
        db.execute(
            rows_of(Reconciliation),
            [
                {"connection_id": each.id, "first_day": START, "last_day": START,
                 "state": ReconciliationState.DONE, "asked_at": read, "asked_by": "nightly",
                 "began_at": read, "ended_at": read, "counts": {}, "unread": {}}
                for each in known
            ],
        )  # fmt: skip
    return known
