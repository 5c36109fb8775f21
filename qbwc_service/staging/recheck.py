"""Once a night: the last weeks of Keap once more, and a part of what is older.

For what no feed shows: deleted orders and payments, payments whose day was corrected, contacts that
were edited while their orders wait. A record is missing only when Keap has it neither in its place
in the list nor when it is asked for by its id; and where half a page is missing at once, that is no
deletion but a key that sees less than before.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Protocol

from keap import PAGE_SIZE, Order, Page, Payment
from qbwc_service.ledger import walks
from qbwc_service.ledger.models import KeapWalk
from qbwc_service.ledger.walks import Walk
from qbwc_service.staging import checked_rows, recheck_rows
from qbwc_service.staging.pages import Step
from qbwc_service.staging.reading import Reader

#: of the account's time
AT = time(3)
WINDOW = timedelta(days=45)
#: records of what is older, of each kind, a night
SWEPT = 40 * PAGE_SIZE
#: more than so many, and more than half of what a page should hold, are not taken for deleted
BELIEVED = 20


def recheck_when_due(reader: Reader) -> None:
    """Does nothing before the night comes; goes on where the last reading had to stop."""
    for kind in (_Orders(reader), _Payments(reader)):
        walk = _find(reader, kind.recent)
        if walk is None:
            # What was just read for the first time needs no second look.
            _end(reader, Step(kind.recent, 0, reader.clock()))
            continue
        if walk.ended_at is None or walk.ended_at < last_night(reader):
            _look_again(reader, kind, walk)
        _sweep_older(reader, kind)


def last_night(reader: Reader) -> datetime:
    """When the newest look was due."""
    local = reader.clock().astimezone(reader.account.zone)
    day = local.date() if local.time() >= AT else local.date() - timedelta(days=1)
    return datetime.combine(day, AT, reader.account.zone)


class _Kind(Protocol):
    """What differs between orders and payments."""

    #: the message for a list that lacks too much to be true
    fewer: str
    recent: Walk
    older: Walk
    #: up to which id the part of what is older goes that is under way
    part: Walk

    def pages(self, above: int) -> Iterator[Page[Order] | Page[Payment]]: ...

    def known(self, above: int, up_to: int | None) -> set[int]: ...

    def first(self, since: date | None = None) -> int | None: ...

    def last(self) -> int: ...

    def later(self, above: int, count: int) -> int | None: ...

    def take(self, page: Page[Order] | Page[Payment], step: Step) -> None: ...

    def ask_for(self, ids: set[int]) -> set[int]: ...

    def delete(self, ids: set[int]) -> None: ...

    def look_at_what_waits(self) -> None: ...


def _look_again(reader: Reader, kind: _Kind, walk: KeapWalk) -> None:
    begin = _before_window(reader, kind)
    if walk.ended_at is not None:
        # Before anything else of this night: nobody knows how often it will be interrupted.
        _begin_part(reader, kind, begin)
        kind.look_at_what_waits()
    if _sweep_recent(reader, kind, walk.above if walk.ended_at is None else begin):
        reader.writer.tell(kind.fewer, is_so=False)


def _before_window(reader: Reader, kind: _Kind) -> int:
    """The id above which everything is looked at every night."""
    window = reader.clock().astimezone(reader.account.zone).date() - WINDOW
    first = kind.first(window)
    return kind.last() if first is None else first - 1


def _sweep_recent(reader: Reader, kind: _Kind, above: int) -> bool:
    """From there to the end of the list; False where too much was missing to be true."""
    began_at, is_whole = reader.clock(), True
    for page in kind.pages(above):
        is_whole &= _settle_missing(reader, kind, above, page.highest_id, page.ids)
        above = page.highest_id
        kind.take(page, Step(kind.recent, above, began_at))
        reader.page_done()
    is_whole &= _settle_missing(reader, kind, above, None)
    _end(reader, Step(kind.recent, above, began_at))
    return is_whole


def _begin_part(reader: Reader, kind: _Kind, recent: int) -> None:
    """Choose what of the older ones is looked at this night, unless the last part is unfinished."""
    walk, part = _find(reader, kind.older), _find(reader, kind.part)
    if walk is not None and walk.ended_at is None and part is not None:
        return
    done = walk.above if walk is not None and walk.above < recent else 0
    above = max(done, (kind.first() or 1) - 1)
    up_to = min(kind.later(above, SWEPT) or recent, recent)
    if above < up_to:
        now = reader.clock()
        reader.writer.begin_walks(Step(kind.older, above, now), Step(kind.part, up_to, now))


def _sweep_older(reader: Reader, kind: _Kind) -> None:
    """The part that is under way; the next one begins anew when it came to the window."""
    walk, part = _find(reader, kind.older), _find(reader, kind.part)
    if walk is None or part is None or walk.ended_at is not None:
        return
    above, up_to = walk.above, part.above
    # A slice may have ended with the last page of the part.
    for page in kind.pages(above) if above < up_to else ():
        _settle_missing(reader, kind, above, page.highest_id, page.ids)
        above = page.highest_id
        kind.take(page, Step(kind.older, above, walk.began_at))
        reader.page_done()
        if above >= up_to:
            break
    if above < up_to:
        # The list ended before.
        _settle_missing(reader, kind, above, up_to)
        above = up_to
    is_whole = above >= _before_window(reader, kind)
    _end(reader, Step(kind.older, 0 if is_whole else above, walk.began_at))


def _settle_missing(
    reader: Reader,
    kind: _Kind,
    above: int,
    up_to: int | None,
    found: Collection[int] = frozenset(),
) -> bool:
    """What should be in the list between these ids (None: to its end) and was not found there."""
    expected = kind.known(above, up_to)
    missing = expected.difference(found)
    if not missing:
        return True
    gone = missing - kind.ask_for(missing)
    if len(gone) > BELIEVED and len(gone) * 2 > len(expected):
        reader.writer.tell(kind.fewer, is_so=True, missing=len(gone))
        return False
    if gone:
        kind.delete(gone)
    return True


def _find(reader: Reader, walk: Walk) -> KeapWalk | None:
    with reader.database.reading() as db:
        return walks.find(db, reader.writer.connection_id, walk)


def _end(reader: Reader, step: Step) -> None:
    reader.writer.end_walk(step)


class _Orders:
    fewer = "keap-shows-fewer-orders"
    recent = Walk.RECHECK_ORDERS
    older = Walk.SWEEP_ORDERS
    part = Walk.SWEEP_ORDERS_UP_TO

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._connection_id = reader.writer.connection_id

    def pages(self, above: int) -> Iterator[Page[Order]]:
        return self._reader.client.walk_orders(above=above)

    def known(self, above: int, up_to: int | None) -> set[int]:
        with self._reader.database.reading() as db:
            return recheck_rows.orders_between(db, self._connection_id, above, up_to)

    def first(self, since: date | None = None) -> int | None:
        with self._reader.database.reading() as db:
            return recheck_rows.first_order(db, self._connection_id, since)

    def last(self) -> int:
        with self._reader.database.reading() as db:
            return recheck_rows.last_order(db, self._connection_id)

    def later(self, above: int, count: int) -> int | None:
        with self._reader.database.reading() as db:
            return recheck_rows.order_after(db, self._connection_id, above, count)

    def take(self, page: Page[Order] | Page[Payment], step: Step) -> None:
        self._reader.take_orders(page, step=step)  # type: ignore[arg-type]

    def ask_for(self, ids: set[int]) -> set[int]:
        return self._reader.read_orders(sorted(ids))

    def delete(self, ids: set[int]) -> None:
        self._reader.writer.deleted(orders=sorted(ids))

    def look_at_what_waits(self) -> None:
        with self._reader.database.writing("staging.check-again") as db:
            checked_rows.check_again(db, self._connection_id, "payments-do-not-add-up")
            waiting = recheck_rows.contacts_that_wait(db, self._connection_id)
        self._reader.read_contacts_of(waiting)


class _Payments:
    fewer = "keap-shows-fewer-payments"
    recent = Walk.RECHECK_PAYMENTS
    older = Walk.SWEEP_PAYMENTS
    part = Walk.SWEEP_PAYMENTS_UP_TO

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._connection_id = reader.writer.connection_id

    def pages(self, above: int) -> Iterator[Page[Payment]]:
        return self._reader.client.walk_payments(above=above)

    def known(self, above: int, up_to: int | None) -> set[int]:
        with self._reader.database.reading() as db:
            return recheck_rows.payments_between(db, self._connection_id, above, up_to)

    def first(self, since: date | None = None) -> int | None:
        with self._reader.database.reading() as db:
            return recheck_rows.first_payment(db, self._connection_id, since)

    def last(self) -> int:
        with self._reader.database.reading() as db:
            return recheck_rows.last_payment(db, self._connection_id)

    def later(self, above: int, count: int) -> int | None:
        with self._reader.database.reading() as db:
            return recheck_rows.payment_after(db, self._connection_id, above, count)

    def take(self, page: Page[Order] | Page[Payment], step: Step) -> None:
        self._reader.take_payments(page, step=step)  # type: ignore[arg-type]

    def ask_for(self, ids: set[int]) -> set[int]:
        found: set[int] = set()
        for page in self._reader.client.payments(ids=[str(number) for number in sorted(ids)]):
            found |= self._reader.take_payments(page)
        return found

    def delete(self, ids: set[int]) -> None:
        self._reader.writer.deleted(payments=sorted(ids))

    def look_at_what_waits(self) -> None:
        """What waits is looked at with the orders."""
