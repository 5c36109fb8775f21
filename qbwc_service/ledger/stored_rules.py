"""The rules of a connection as they are stored, and the orders that they matched."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qbwc_service.ledger.columns import rows_of
from qbwc_service.ledger.models import KeapOrder, RuleHit
from qbwc_service.ledger.models import Rule as RuleRow
from qbwc_service.planning.rule import Action, Condition, Rule
from qbwc_service.planning.rules import SKIPPED

#: the pages show the orders of so many days
HITS_DAYS = 30


def rows_of_connection(db: Session, connection_id: int) -> Sequence[RuleRow]:
    """All rules, from the top down."""
    return db.scalars(
        select(RuleRow)
        .where(RuleRow.connection_id == connection_id)
        .order_by(RuleRow.position, RuleRow.id)
    ).all()


def load_rules(db: Session, connection_id: int) -> tuple[Rule, ...]:
    """Those that are on, from the top down, in one query."""
    return tuple(rule_of(row) for row in rows_of_connection(db, connection_id) if row.is_on)


def rule_of(row: RuleRow) -> Rule:
    return Rule(
        row.name,
        msgspec.convert(row.conditions, tuple[Condition, ...]),
        msgspec.convert(row.actions, tuple[Action, ...]),
        row.id,
    )


def stored(parts: Sequence[Condition] | Sequence[Action]) -> list[Any]:
    """As JSON-ready values."""
    built: list[Any] = msgspec.to_builtins(parts)
    return built


def record_hits(
    db: Session, connection_id: int, hits: Mapping[int, Collection[int]], now: datetime
) -> None:
    """Which rules matched each of these orders, now that they are planned, by Keap id.

    Each pair counts once, from when it was first so, however often the order is planned; one that
    is no longer so is forgotten. Three statements at most, whatever the number of orders.
    """
    known = {
        (hit.order_id, hit.rule_id): hit.id
        for hit in db.execute(
            select(RuleHit.id, RuleHit.rule_id, RuleHit.order_id).where(
                RuleHit.connection_id == connection_id, RuleHit.order_id.in_(sorted(hits))
            )
        )
    }
    wanted = {(order_id, rule_id) for order_id, rules in hits.items() for rule_id in rules}
    over = [row_id for pair, row_id in known.items() if pair not in wanted]
    if over:
        db.execute(delete(RuleHit).where(RuleHit.id.in_(over)))
    news = sorted(wanted - known.keys())
    if news:
        db.execute(
            rows_of(RuleHit),
            [
                {
                    "connection_id": connection_id,
                    "rule_id": rule_id,
                    "order_id": order_id,
                    "at": now,
                }
                for order_id, rule_id in news
            ],
        )


def hits(db: Session, connection_id: int, since: datetime) -> dict[int, int]:
    """How many orders each rule, by id, has matched since then; rules without any are missing."""
    counted = db.execute(
        select(RuleHit.rule_id, func.count())
        .where(RuleHit.connection_id == connection_id, RuleHit.at >= since)
        .group_by(RuleHit.rule_id)
    )
    return dict(counted.all())


def skipping_rules(db: Session, connection_id: int, orders: Iterable[KeapOrder]) -> dict[int, str]:
    """The name of the rule that leaves each of them out; of other orders nothing is told."""
    left_out = [order.keap_id for order in orders if order.skip == SKIPPED]
    found = matched_names(db, connection_id, left_out)
    return {order_id: names[-1] for order_id, names in found.items()}


def matched_names(
    db: Session, connection_id: int, order_ids: Iterable[int]
) -> dict[int, tuple[str, ...]]:
    """The names of the rules that matched each of these orders, from the top down."""
    found: dict[int, tuple[str, ...]] = {}
    wanted = sorted(set(order_ids))
    if not wanted:
        return found
    rows = db.execute(
        select(RuleHit.order_id, RuleRow.name)
        .join(RuleRow, RuleRow.id == RuleHit.rule_id)
        .where(RuleHit.connection_id == connection_id, RuleHit.order_id.in_(wanted))
        .order_by(RuleRow.position, RuleRow.id)
    )
    for order_id, name in rows:
        found[order_id] = (*found.get(order_id, ()), name)
    return found
