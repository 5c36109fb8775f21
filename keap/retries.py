"""When a GET is tried again, and how long to wait before that.

Source: Keap's developer guide asks for exponential back-off with jitter and for respect of
Retry-After. Only reads are tried again, so that every try is safe; what changes something in Keap
(hooks.py) is sent once.
"""

import email.utils
import math
from datetime import UTC, datetime

from keap.errors import KeapError, KeapUnreachable

MAX_ATTEMPTS = 6
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
LONGEST_RETRY_AFTER_SECONDS = 120.0
RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})


def wait_before_retry(error: KeapError, attempt: int, chance: float) -> float | None:
    """Seconds to wait after the failed `attempt` (from 1), or None: do not try again.

    `chance` is a random number from 0 to 1 (full jitter). A Retry-After over two minutes is left
    to the scheduler, which can do other work meanwhile.
    """
    if not isinstance(error, KeapUnreachable) and error.http_status not in RETRIED_STATUSES:
        return None
    if error.retry_after is None:
        return chance * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** (attempt - 1))
    return error.retry_after if error.retry_after <= LONGEST_RETRY_AFTER_SECONDS else None


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from now, out of a Retry-After header in seconds or as an HTTP date; else None."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _seconds_until(value, now)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(value: str, now: datetime) -> float | None:
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
