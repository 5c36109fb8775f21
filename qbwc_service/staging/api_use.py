"""How many of Keap's calls are used, and what that does to the readings: figures and sentences."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from keap import Allowance
from qbwc_service.ledger.models import Connection, KeapPace
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.staging.due import drawing_on
from qbwc_service.staging.next_time import Sharing
from qbwc_service.staging.pace import allowance_of, tenant_row


@dataclass(frozen=True, slots=True)
class ApiUse:
    """Today's calls (UTC day). `limit` and `left` are Keap's own figures, None until it told."""

    used: int
    limit: int | None = None
    left: int | None = None
    #: connections that draw on the same limit, this one included
    shared_by: int = 1
    #: Keap wants no call before this time
    closed_until: datetime | None = None
    #: half the pace until then
    slow_until: datetime | None = None
    #: less than a tenth is left, until this time
    low_until: datetime | None = None
    #: per cent of the day's calls that are used of what is low, rounded down
    share_used: int = 0
    #: nothing is left, until this time
    used_up_until: datetime | None = None
    #: minutes between two readings, and those of the settings, where the latter are too few
    stretched_to: int | None = None
    sync_minutes: int = 0

    @property
    def calls(self) -> str:
        """ "412 of 30,000 (29,588 left)", or the calls that we counted."""
        if self.limit is None or self.left is None:
            return f"{self.used:,}"
        shared = f", shared by {self.shared_by:,} connections" if self.shared_by > 1 else ""
        return f"{self.used:,} of {self.limit:,} ({self.left:,} left{shared})"

    def trouble(self, zone: ZoneInfo, now: datetime) -> str:
        """One sentence about what holds the readings up, "" where nothing does."""
        if self.used_up_until is not None:
            until = _until(self.used_up_until, zone, now)
            return f"Nothing is read until {until}: all of today's calls are used."
        if self.closed_until is not None:
            return f"Keap asks us to wait until {_until(self.closed_until, zone, now)}."
        if self.low_until is not None:
            until = _until(self.low_until, zone, now)
            return (
                f"Only new orders and payments are read until {until}: "
                f"{self.share_used} % of today's calls are used."
            )
        if self.slow_until is not None:
            return f"Keap asks us to slow down until {_until(self.slow_until, zone, now)}."
        return ""

    @property
    def stretch(self) -> str:
        """Why it is read less often than the settings say, "" where it is not."""
        if self.stretched_to is None:
            return ""
        limit = f"{self.limit:,} calls a day" if self.limit else "the same number of calls"
        return (
            f"Keap is read every {self.stretched_to:,} minutes, not every {self.sync_minutes:,}: "
            f"{self.shared_by:,} connections share {limit}."
        )


def api_use(db: Session, connection: Connection, now: datetime, per_second: float) -> ApiUse:
    """Of the key or client id that the connection asks with; `per_second` is our own pace."""
    return api_uses(db, [connection], now, per_second)[connection.id]


def api_uses(
    db: Session, connections: Sequence[Connection], now: datetime, per_second: float
) -> dict[int, ApiUse]:
    """The same of many connections, by their ids, with a constant number of queries."""
    paces = {connection.keap_pace for connection in connections} - {""}
    tenants = {tenant_row(one.keap_tenant) for one in connections if one.keap_tenant}
    rows = _rows(db, paces | tenants)
    sharing = drawing_on(db, paces)
    found = {}
    for connection in connections:
        main = rows.get(connection.keap_pace)
        found[connection.id] = ApiUse(used=0)
        if main is not None:
            shared = Sharing(sharing[main.key], main.day_limit, per_second)
            tenant = rows.get(tenant_row(connection.keap_tenant))
            found[connection.id] = _use(connection, main, tenant, shared, now)
    return found


@dataclass(frozen=True, slots=True)
class CallsToday:
    """Of one key or client id (UTC day). `limit` and `left` are None until Keap told both."""

    used: int
    limit: int | None
    left: int | None


def calls_today(row: KeapPace, now: datetime) -> CallsToday:
    """As Keap's newest answer says; until it has told, what we counted ourselves."""
    left, limit = allowance_of(row).day_left(now), row.day_limit
    if left is not None and limit is not None:
        return CallsToday(max(0, limit - left), limit, left)
    counted = row.counted if row.counted_on == now.astimezone(UTC).date() else 0
    return CallsToday(counted, None, left)


def _rows(db: Session, names: Collection[str]) -> dict[str, KeapPace]:
    found = db.scalars(select(KeapPace).where(KeapPace.key.in_(sorted(names))))
    return {row.key: row for row in found}


def _use(
    connection: Connection,
    main: KeapPace,
    tenant: KeapPace | None,
    sharing: Sharing,
    now: datetime,
) -> ApiUse:
    """`main` is the row of the key or client id, `tenant` that of the account where it has one."""
    own = allowance_of(main)
    known = [own] if tenant is None else [own, allowance_of(tenant)]
    calls = calls_today(main, now)
    return ApiUse(
        used=calls.used,
        limit=calls.limit,
        left=calls.left,
        shared_by=sharing.connections,
        closed_until=_latest(now, (one.closed_until for one in known)),
        slow_until=_latest(now, (one.slow_until for one in known)),
        low_until=_latest(now, (one.day_ends_at for one in known if one.is_day_low(now))),
        share_used=max(_share_used(one, now) for one in known),
        used_up_until=_latest(now, (one.day_ends_at for one in known if _is_used_up(one, now))),
        stretched_to=_stretched_to(connection, sharing),
        sync_minutes=effective_settings(connection).sync_minutes,
    )


def _share_used(one: Allowance, now: datetime) -> int:
    left, limit = one.day_left(now), one.day_limit
    return 100 * (limit - left) // limit if left is not None and limit else 0


def _is_used_up(one: Allowance, now: datetime) -> bool:
    return one.day_left(now) == 0


def _latest(now: datetime, moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment and moment > now), default=None)


def _stretched_to(connection: Connection, sharing: Sharing) -> int | None:
    chosen = effective_settings(connection)
    interval = timedelta(minutes=chosen.sync_minutes)
    longer = sharing.stretch(interval)
    if chosen.sync_daily_at or longer == interval:
        return None
    return int(longer.total_seconds()) // 60


def _until(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """ "14:05", on another day "3 Nov, 14:05", and the end of Keap's own day as such."""
    utc = moment.astimezone(UTC)
    if (utc.hour, utc.minute, utc.second) == (0, 0, 0):
        return "midnight UTC"
    local = moment.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b, %H:%M}"
