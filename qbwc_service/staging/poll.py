"""One poll: all that is new in Keap, held together, and planned where QuickBooks is known."""

from qbwc_service.staging.checks import check_orders, settle_unit
from qbwc_service.staging.feed import read_new_orders, read_new_payments
from qbwc_service.staging.reading import Reader, Reading
from qbwc_service.staging.recheck import recheck_when_due
from qbwc_service.staging.slices import SliceSpent


def poll(reader: Reader) -> Reading:
    """Everything that is new since the last time, as far as the reader's time goes.

    Raises KeapError and ZoneUnknown; what was read until then is committed.
    """
    try:
        read_new_orders(reader)
        read_new_payments(reader)
        settle_unit(reader)
        check_orders(reader)
        reader.plan()
        recheck_when_due(reader)
        check_orders(reader)
        reader.plan()
    except SliceSpent:
        return reader.result(is_unfinished=True)
    return reader.result()
