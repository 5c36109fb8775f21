"""Carries out manual syncs: a slice at a time from the job, to the end from the command line.

Transactions beside those of sync.py and pages.py: manual.begin, manual.progress, manual.end. After
a crash between any two of them the row still runs, and the slice is read once more; reading twice
makes nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from qbwc_service.connections import find_connection
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger import manual_syncs
from qbwc_service.ledger.manual_syncs import Wanted, wanted_of
from qbwc_service.ledger.models import Connection, KeapOrder, ManualSync, ManualSyncState
from qbwc_service.staging.checks import check_orders
from qbwc_service.staging.failures import Stopping, SyncBusy, SyncFailed
from qbwc_service.staging.number_search import NumberSearch
from qbwc_service.staging.reading import Progress, Reader, Reading
from qbwc_service.staging.sync import Turn, alone, note_success

#: trouble that passes by itself; the others need a person first
_PASSING = frozenset({"keap-not-answering", "keap-slow-down"})
_AGAIN_AFTER = timedelta(minutes=1)
_GIVEN_UP_AFTER = timedelta(hours=24)
_BROKE_OFF = "reading-broke-off"


@dataclass(frozen=True, slots=True)
class ByHand:
    """A manual sync that was carried out: its row, and what was read for it."""

    row_id: int
    reading: Reading


def sync_by_hand(
    access: Access, connection_name: str, wanted: Wanted, *, who: str, progress: Progress
) -> ByHand:
    """Write it down and carry it out to the end. `progress` is also told "numbers".

    Raises ConnectionUnknown, SyncBusy and SyncFailed.
    """
    row_id = 0
    try:
        with alone(access, connection_name, progress) as turn:
            row_id = _begin_own(access, turn.connection.id, wanted, who)
            carrying = _Carrying(access, turn, row_id)
            while carrying.carry_on():
                pass
            carrying.end()
    except SyncFailed as failed:
        if row_id:
            _fail(access, row_id, failed)
        raise
    note_success(access, turn.connection.id, is_poll=False)
    return ByHand(row_id, carrying.reading)


def carry_on(access: Access, connection_name: str, progress: Progress) -> bool:
    """One slice of what was asked for first; whether another slice can follow at once.

    Raises ConnectionUnknown, SyncBusy and SyncFailed; the row tells of the failure as well.
    """
    row_id = _next(access, connection_name)
    if row_id is None:
        return False
    try:
        with alone(access, connection_name, progress) as turn:
            if not _begin(access, turn.connection.id, row_id):
                return True
            carrying = _Carrying(access, turn, row_id)
            if not carrying.carry_on():
                carrying.end()
    except (SyncBusy, Stopping):
        raise
    except SyncFailed as failed:
        _fail(access, row_id, failed)
        raise
    except Exception:
        _fail(access, row_id, None)
        raise
    note_success(access, turn.connection.id, is_poll=False)
    return _next(access, connection_name) is not None


class _Carrying:
    """One manual sync under way; its lease is held."""

    def __init__(self, access: Access, turn: Turn, row_id: int) -> None:
        self._access = access
        self._connection_id = turn.connection.id
        self._progress = turn.progress
        self._extra = turn.pace.extra
        self._hold = turn.hold
        self._row_id = row_id
        self._reader = Reader(
            access.database,
            turn.connection.id,
            turn.client,
            clock=access.clock,
            progress=turn.progress,
            hold=turn.hold,
        )
        self._search = NumberSearch(
            access.database,
            turn.connection.id,
            turn.client,
            self._reader.account,
            turn.progress,
        )

    @property
    def reading(self) -> Reading:
        return self._reader.result()

    def carry_on(self) -> bool:
        """One slice; whether something is left."""
        with self._access.database.reading() as db:
            row = db.get_one(ManualSync, self._row_id)
        wanted = wanted_of(row)
        if wanted.numbers:
            is_left = self._numbers(row, wanted)
        else:
            # A range of days can wait for tomorrow where few calls are left for today.
            with self._extra():
                is_left = self._days(row, wanted)
        check_orders(self._reader)
        self._reader.plan()
        return is_left

    def end(self) -> None:
        with self._access.database.writing("manual.end") as db:
            db.get_one(Connection, self._connection_id, with_for_update=True)
            self._hold(db)
            row = db.get_one(ManualSync, self._row_id, with_for_update=True)
            manual_syncs.end(row, ManualSyncState.DONE, self._access.clock())

    def _numbers(self, row: ManualSync, wanted: Wanted) -> bool:
        left = wanted.numbers[row.done :]
        if not left:
            return False
        found = self._search.search(left, wanted.by)
        order_ids = {one.order_id for one in found if one.order_id is not None}
        if order_ids:
            self._reader.read_orders(sorted(order_ids))
        with self._access.database.writing("manual.progress") as db:
            connection = db.get_one(Connection, self._connection_id, with_for_update=True)
            self._hold(db)
            fresh = db.get_one(ManualSync, self._row_id, with_for_update=True)
            if fresh.done != row.done:
                return True
            manual_syncs.send_by_hand(
                db,
                connection,
                manual_syncs.orders_of(db, connection.id, order_ids),
                even_if_skipped=wanted.even_if_skipped,
                who=fresh.asked_by,
                now=self._access.clock(),
            )
            manual_syncs.add_found(fresh, found)
        return len(left) > len(found)

    def _days(self, row: ManualSync, wanted: Wanted) -> bool:
        """One page of them."""
        pages = self._reader.walk_days(wanted.first, wanted.last, above=row.above)
        page = next(pages, None)
        if page is None:
            return False
        with self._access.database.writing("manual.progress") as db:
            connection = db.get_one(Connection, self._connection_id, with_for_update=True)
            self._hold(db)
            fresh = db.get_one(ManualSync, self._row_id, with_for_update=True)
            if fresh.above != row.above:
                return True
            orders = manual_syncs.orders_of(db, connection.id, page.order_ids)
            placed = [order for order in orders if wanted.includes(order.order_date)]
            manual_syncs.send_by_hand(
                db,
                connection,
                placed,
                even_if_skipped=wanted.even_if_skipped,
                who=fresh.asked_by,
                now=self._access.clock(),
            )
            others = sorted(_ids(orders) - _ids(placed))
            manual_syncs.add_days(fresh, page.above, others, len(orders))
        return True


def _ids(orders: Iterable[KeapOrder]) -> set[int]:
    return {order.keap_id for order in orders}


def _next(access: Access, connection_name: str) -> int | None:
    with access.database.reading() as db:
        connection_id = find_connection(db, connection_name).id
        row = manual_syncs.next_open(db, connection_id, access.clock())
        return row.id if row else None


def _begin_own(access: Access, connection_id: int, wanted: Wanted, who: str) -> int:
    with access.database.writing("manual.begin") as db:
        connection = db.get_one(Connection, connection_id, with_for_update=True)
        row = manual_syncs.ask(db, connection, wanted, who=who, now=access.clock())
        manual_syncs.begin(row, access.clock())
        return row.id


def _begin(access: Access, connection_id: int, row_id: int) -> bool:
    """Whether it is still to be carried out: another process may have ended it meanwhile."""
    with access.database.writing("manual.begin") as db:
        db.get_one(Connection, connection_id, with_for_update=True)
        row = db.get_one(ManualSync, row_id, with_for_update=True)
        if row.state not in manual_syncs.OPEN:
            return False
        manual_syncs.begin(row, access.clock())
        return True


def _fail(access: Access, row_id: int, failed: SyncFailed | None) -> None:
    """Say why on the row; what passes by itself is tried again later, for a day."""
    now = access.clock()
    with access.database.writing("manual.end") as db:
        row = db.get_one(ManualSync, row_id, with_for_update=True)
        if row.state not in manual_syncs.OPEN:
            return
        row.trouble = failed.message if failed else _BROKE_OFF
        row.trouble_details = failed.details if failed else {}
        if row.trouble in _PASSING and now - row.asked_at < _GIVEN_UP_AFTER:
            wait = timedelta(seconds=min((failed and failed.retry_after) or 0, 86_400))
            row.not_before = now + max(wait, _AGAIN_AFTER)
        else:
            manual_syncs.end(row, ManualSyncState.FAILED, now)
