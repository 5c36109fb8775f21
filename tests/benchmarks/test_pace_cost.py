"""What the shared pace costs each call to Keap. Counts, not times: the same on every machine."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from keap import Pace, Quota, QuotaWindow
from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base
from qbwc_service.staging.pace import Identity, SharedPace
from tests.staging.joined import NOON

TAKES = 100
LEFT = Quota((QuotaWindow("product-quota", "day", 30_000, 29_000, 1_000),))


@pytest.mark.parametrize(
    ("identity", "statements"),
    [
        # Safety of this commit, begin, read and write: one row for a key, one more write for the
        # account of a client id.
        (Identity.of_key("KeapAK-secret"), 4),
        (Identity.of_client("our-client", "ab103"), 5),
    ],
    ids=["key", "client id"],
)
def test_a_call_costs_one_transaction_of_a_few_statements(
    tmp_path: Path, identity: Identity, statements: int
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'service.db'}")
    Base.metadata.create_all(database.engine)
    pace = SharedPace(database, identity, Pace(per_second=0))
    pace.take(NOON)
    sent: list[str] = []
    commits: list[object] = []
    event.listen(database.engine, "before_cursor_execute", lambda *about: sent.append(about[2]))
    event.listen(database.engine, "commit", commits.append)

    for second in range(1, TAKES + 1):
        pace.told(LEFT, NOON)
        pace.take(NOON + timedelta(seconds=second))

    database.close()
    print(f"{len(sent) / TAKES:g} statements and {len(commits) / TAKES:g} commits a call")
    assert len(commits) == TAKES
    assert len(sent) <= statements * TAKES
