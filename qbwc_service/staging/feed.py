"""What is new in Keap since the last reading: changed orders, new payments.

Orders are asked for by the time of their change, with an overlap, and walked by their ids. Payments
are asked for by id, because manual ones are dated at midnight and may be typed days later; the last
ones before the watermark are read again, because ids may be committed out of order and payments may
be corrected. The watermark of orders is Keap's own clock when the walk began, so that neither our
clock nor what changes during a long walk hides anything.
"""

from datetime import datetime, timedelta

from keap import KeapBadRequest
from qbwc_service.ledger import walks
from qbwc_service.ledger.models import KeapWalk
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.walks import Walk
from qbwc_service.staging.pages import Step
from qbwc_service.staging.reading import Reader

ORDERS_OVERLAP = timedelta(minutes=15)
PAYMENTS_OVERLAP = 500
#: after Keap refused to be asked by ids
ASK_BY_IDS_AGAIN_AFTER = timedelta(days=1)


def read_new_orders(reader: Reader) -> None:
    """All that changed since the watermark; at first, since the start date."""
    connection = reader.connection()
    walk = _under_way(reader, Walk.ORDERS)
    since = reader.account.first_reading_since
    if walk is not None and walk.since is not None:
        since = walk.since
    elif connection.orders_watermark is not None:
        since = connection.orders_watermark - ORDERS_OVERLAP
    if _is_refused(reader, Walk.NO_ORDERS_BY_ID):
        _read_orders_by_change(reader, since)
        return
    try:
        _walk_orders(reader, since, walk)
    except KeapBadRequest as error:
        if not _is_by_ids(error):
            raise
        reader.writer.note_refusal(Walk.NO_ORDERS_BY_ID, "orders", is_refused=True)
        _read_orders_by_change(reader, since)


def read_new_payments(reader: Reader) -> None:
    """All above the watermark, and the last ones before it once more."""
    if _is_refused(reader, Walk.NO_PAYMENTS_BY_ID):
        _read_payments_by_time(reader)
        return
    try:
        _walk_payments(reader)
    except KeapBadRequest as error:
        if not _is_by_ids(error):
            raise
        reader.writer.note_refusal(Walk.NO_PAYMENTS_BY_ID, "payments", is_refused=True)
        _read_payments_by_time(reader)


def _walk_orders(reader: Reader, since: datetime, walk: KeapWalk | None) -> None:
    above = walk.above if walk else 0
    began_at = walk.began_at if walk else None
    for page in reader.client.walk_orders(above=above, modified_since=since):
        began_at = began_at or reader.keap_clock()
        above = page.highest_id
        reader.take_orders(page, step=Step(Walk.ORDERS, above, began_at, since))
        reader.page_done()
    reader.writer.end_walk(Step(Walk.ORDERS, above, began_at or reader.keap_clock(), since))


def _walk_payments(reader: Reader) -> None:
    walk = _under_way(reader, Walk.PAYMENTS)
    above = walk.above if walk else _first_payment(reader)
    began_at = walk.began_at if walk else reader.clock()
    for page in reader.client.walk_payments(above=above):
        above = page.highest_id
        reader.take_payments(page, step=Step(Walk.PAYMENTS, above, began_at))
        reader.page_done()
    reader.writer.end_walk(Step(Walk.PAYMENTS, above, began_at))


def _first_payment(reader: Reader) -> int:
    """Above which id payments are new. What was paid before the start date is not read at all,
    unless an order needs it: then its sums differ, and its payments are asked for."""
    watermark = reader.connection().payments_watermark
    if not watermark:
        since = reader.account.first_reading_since
        first = next(iter(reader.client.payments(since=since, page_size=1)), None)
        first = first or next(iter(reader.client.payments(newest_first=True, page_size=1)), None)
        watermark = first.highest_id - 1 if first else 0
    return max(0, watermark - PAYMENTS_OVERLAP)


def _read_orders_by_change(reader: Reader, since: datetime) -> None:
    began_at = None
    for page in reader.client.orders_by_change(since):
        began_at = began_at or reader.keap_clock()
        reader.take_orders(page)
    reader.writer.end_walk(Step(Walk.ORDERS, 0, began_at or reader.keap_clock(), since))


def _read_payments_by_time(reader: Reader) -> None:
    for page in reader.client.payments(since=fallback_since(reader)):
        reader.take_payments(page)


def fallback_since(reader: Reader) -> datetime:
    """From when payments are asked for by time: so many hours before the last reading, and the
    whole of that day, because Keap dates what is typed by hand at midnight."""
    connection = reader.connection()
    chosen = effective_settings(connection)
    if connection.last_sync_at is None:
        return reader.account.first_reading_since
    earliest = connection.last_sync_at - timedelta(hours=chosen.manual_payment_hours)
    return reader.account.midnight(earliest.astimezone(reader.account.zone).date())


def _under_way(reader: Reader, walk: Walk) -> KeapWalk | None:
    """The walk, where the last reading did not come to its end."""
    with reader.database.reading() as db:
        row = walks.find(db, reader.writer.connection_id, walk)
    return row if row is not None and row.ended_at is None else None


def _is_refused(reader: Reader, walk: Walk) -> bool:
    with reader.database.reading() as db:
        row = walks.find(db, reader.writer.connection_id, walk)
    if row is None or row.ended_at is None:
        return False
    if reader.clock() - row.ended_at < ASK_BY_IDS_AGAIN_AFTER:
        return True
    reader.writer.note_refusal(walk, "", is_refused=False)
    return False


def _is_by_ids(error: KeapBadRequest) -> bool:
    """It was the question by ids that Keap did not take."""
    return "id%3E" in error.request
