"""A date in a closed period of this company file, as it is now: held, or posted on the first open
day where settings say so."""

from datetime import date, timedelta

from qbwc_service.ledger import standing
from qbwc_service.ledger.models import Posting
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.planning.form_texts import MEMO_LIMIT
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import outcome
from qbwc_service.webconnector.look_up import day_of
from qbwc_service.webconnector.turn import Turn


def closed_to(turn: Turn) -> date | None:
    """The last closed day: closing date, or the dividing date of an accountant's copy."""
    facts = turn.connection.quickbooks
    last = max(facts.get("closing_date") or "", facts.get("dividing_date") or "")
    return date.fromisoformat(last) if last else None


def stops(turn: Turn, posting: Posting) -> bool:
    """Whether it was held; where settings say so it moves to the first open day instead."""
    last, day = closed_to(turn), day_of(posting)
    if last is None or not day or date.fromisoformat(day) > last:
        return False
    if effective_settings(turn.connection).closed_period == "first-open-day":
        _move(posting, day, last + timedelta(days=1))
        return False
    details = {"order": str(posting.order_id), "date": day, "closing_date": last.isoformat()}
    outcome.hold(turn, posting, Hold("closed-period", details))
    standing.refresh(turn.db, turn.connection.id, [posting.order_id or 0])
    return True


def _move(posting: Posting, day: str, to: date) -> None:
    """Its own date stays to be read in the memo."""
    dated = "placed_on" if "placed_on" in posting.payload else "paid_on"
    memo = str(posting.payload.get("memo", ""))
    own = f"dated {day}"
    if "memo" in posting.payload and own not in memo:
        room = MEMO_LIMIT - len(own) - 2
        memo = f"{memo[:room]}, {own}" if memo else own
        posting.payload = {**posting.payload, "memo": memo}
    posting.payload = {**posting.payload, dated: to.isoformat()}
