"""One poll: all that is new in Keap, held together, and planned where QuickBooks is known."""

import logging
from contextlib import nullcontext

from keap import KeapPutOff
from qbwc_service.staging.checks import check_orders, settle_unit
from qbwc_service.staging.feed import read_new_orders, read_new_payments
from qbwc_service.staging.reading import Reader, Reading
from qbwc_service.staging.recheck import recheck_when_due
from qbwc_service.staging.slices import SliceSpent

_log = logging.getLogger(__name__)


def poll(reader: Reader) -> Reading:
    """Everything that is new since the last time, as far as the reader's time goes.

    Where few calls are left for today, the first reading of all and the nightly look wait; news
    do not. Raises KeapError and ZoneUnknown; what was read until then is committed.
    """
    is_first = reader.connection().last_sync_at is None
    try:
        with reader.extra() if is_first else nullcontext():
            _read_news(reader)
        _look_back(reader)
    except SliceSpent:
        return reader.result(is_unfinished=True)
    return reader.result()


def _read_news(reader: Reader) -> None:
    read_new_orders(reader)
    read_new_payments(reader)
    settle_unit(reader)
    check_orders(reader)
    reader.plan()


def _look_back(reader: Reader) -> None:
    try:
        with reader.extra():
            recheck_when_due(reader)
    except KeapPutOff as put_off:
        _log.info("The nightly look waits: %s", put_off)
    check_orders(reader)
    reader.plan()
