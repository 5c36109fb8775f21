"""A process that takes calls from a shared pace by the real clock, and says when each may go.

    python -m tests.staging.taking DATABASE_URL KEY PER_SECOND TAKES

Prints one moment (seconds since 1970) a line. It does not wait for its calls: a crowd.
"""

import sys
from datetime import timedelta

from keap import Pace
from qbwc_service.clock import utc_now
from qbwc_service.database import Database
from qbwc_service.staging.pace import Identity, SharedPace


def main() -> None:
    url, key, per_second, takes = sys.argv[1:]
    database = Database(url)
    pace = SharedPace(database, Identity.of_key(key), Pace(per_second=float(per_second)))
    for _ in range(int(takes)):
        now = utc_now()
        print((now + timedelta(seconds=pace.take(now))).timestamp())
    database.close()


if __name__ == "__main__":
    main()
