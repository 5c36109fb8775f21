"""Every order that was read is held against its payments before it may be planned.

Orders and payments are read one after the other, so that a payment typed in between is known with
an order that does not tell of it yet, or the other way round. Where the two differ, both are asked
for once more, and Keap's own list of what payments gave to the order. What still differs is for
planning to hold.
"""

from collections.abc import Sequence

from qbwc_service.ledger import walks
from qbwc_service.ledger.walks import Walk
from qbwc_service.staging import checked_rows, part_rows
from qbwc_service.staging.checked_rows import Unchecked
from qbwc_service.staging.parts import Unit, agreed_unit, judge_unit
from qbwc_service.staging.reading import PARTS_TOGETHER, Reader

CHECKED_TOGETHER = 1000
#: so many orders have to say the same of the unit of their payments' amounts
UNIT_VOTES = 5
#: more are asked, for some may not tell: deleted meanwhile, or paid in a way that fits no unit
UNIT_ASKED = 3 * UNIT_VOTES


def check_orders(reader: Reader) -> None:
    """All that were read and not checked yet, in the order of their ids."""
    above = 0
    while batch := reader.writer.unchecked(above, CHECKED_TOGETHER):
        _check(reader, batch)
        above = batch[-1].order_id
        reader.page_done()


def settle_unit(reader: Reader) -> None:
    """Find out once in which unit this account gives what payments gave to an order.

    Asked of orders that were paid by one payment; where they disagree, or are too few, every order
    is judged by itself.
    """
    if reader.connection().order_payment_unit:
        return
    with reader.database.reading() as db:
        connection_id = reader.writer.connection_id
        asked = walks.find(db, connection_id, Walk.UNIT)
        order_ids = checked_rows.orders_for_the_unit(db, connection_id, UNIT_ASKED)
    if asked is not None or len(order_ids) < UNIT_VOTES:
        return
    reader.read_parts_of(order_ids)
    unit = agreed_unit(_votes(reader, order_ids), UNIT_VOTES)
    reader.writer.keep_unit(unit, reader.account)


def _check(reader: Reader, batch: Sequence[Unchecked]) -> None:
    """Those that need calls of their own go a few at a time, and each few are done with: a slice
    that ends in the middle would else begin with the same ones for ever."""
    lacking = {one.order_id for one in batch if one.lacks_parts}
    plain = {one.order_id for one in batch} - lacking
    differing = reader.writer.differing(plain)
    reader.writer.checked(plain - differing)
    left = sorted(lacking | differing)
    for start in range(0, len(left), PARTS_TOGETHER):
        some = left[start : start + PARTS_TOGETHER]
        _ask_again(reader, some, lacking)
        reader.writer.checked(some)
        reader.page_done()


def _ask_again(reader: Reader, order_ids: Sequence[int], lacking: set[int]) -> None:
    reader.read_parts_of([order_id for order_id in order_ids if order_id in lacking])
    differing = sorted(reader.writer.differing(order_ids))
    if differing:
        reader.read_orders(differing)
        reader.read_parts_of(sorted(reader.writer.differing(differing)))


def _votes(reader: Reader, order_ids: Sequence[int]) -> list[Unit]:
    with reader.database.reading() as db:
        connection_id = reader.writer.connection_id
        parts = part_rows.parts_of_orders(db, connection_id, order_ids)
        paid = checked_rows.paid(db, connection_id, order_ids)
    return [judge_unit(parts.get(order_id, []), paid.get(order_id)) for order_id in order_ids]
