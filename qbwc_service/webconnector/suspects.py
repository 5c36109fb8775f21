"""Orders that were together in a message that came to nothing: they travel in ever smaller groups,
until the one that QuickBooks fails at is alone and the others are in QuickBooks."""

from collections.abc import Collection

from sqlalchemy import update

from qbwc_service.ledger.models import KeapOrder
from qbwc_service.webconnector.turn import Turn


def suspect(turn: Turn, order_ids: Collection[int]) -> None:
    """One of these is at fault: next time half of them go together."""
    _limit(turn, order_ids, max(1, len(order_ids) // 2))


def lift(turn: Turn, order_ids: Collection[int]) -> None:
    """They were answered."""
    _limit(turn, order_ids, None)


def _limit(turn: Turn, order_ids: Collection[int], limit: int | None) -> None:
    limited = update(KeapOrder).where(
        KeapOrder.connection_id == turn.connection.id, KeapOrder.keap_id.in_(sorted(order_ids))
    )
    if limit is None:
        limited = limited.where(KeapOrder.group_limit.is_not(None))
    turn.db.execute(
        limited.values(group_limit=limit), execution_options={"synchronize_session": "fetch"}
    )
