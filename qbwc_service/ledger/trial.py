"""Before a connection is switched on: orders are read, planned and shown, and none is sent but
those that the owner chose for the trial."""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_service.ledger import history, queue
from qbwc_service.ledger.decisions import DecisionRefused, Decisions
from qbwc_service.ledger.models import Connection
from qbwc_service.planning.approval import SWITCH


def send_these(
    db: Session, connection: Connection, order_ids: Iterable[int], who: str, now: datetime
) -> tuple[DecisionRefused, ...]:
    """Let these orders go at the next update although the connection is not on. Returns why some
    cannot; the others go. Asked for twice it changes nothing."""
    decisions = Decisions(db, connection, who, now)

    def let_go(order_id: int) -> None:
        if not decisions.is_approved(order_id):
            decisions.approve(order_id)

    return _each(dict.fromkeys(order_ids), let_go)


def undo_trial(
    db: Session, connection: Connection, who: str, now: datetime
) -> tuple[DecisionRefused, ...]:
    """Take the trial back: what is in QuickBooks is deleted there at the next update, what was not
    sent waits again (once the connection is on: is skipped). Returns what cannot be undone, and
    why; a second call tries those again."""
    decisions = Decisions(db, connection, who, now)

    def take_back(order_id: int) -> None:
        if connection.is_on or decisions.is_sent(order_id):
            decisions.undo(order_id)
        else:
            decisions.withdraw(order_id)

    refused = _each(connection.trial_orders, take_back)
    connection.trial_orders = [each.order_id for each in refused]
    return refused


def switch_on(db: Session, connection: Connection, who: str, now: datetime) -> None:
    """From now on orders are sent: those that waited for it with the next update."""
    if connection.is_on:
        return
    connection.is_on = True
    queue.plan_again(db, connection, now, {SWITCH})
    history.note(db, connection.id, "Switched on: orders are sent from now on", now=now, who=who)


def _each(order_ids: Iterable[int], decide: Callable[[int], None]) -> tuple[DecisionRefused, ...]:
    refused = []
    for order_id in order_ids:
        try:
            decide(order_id)
        except DecisionRefused as why:
            refused.append(why)
    return tuple(refused)
