"""The products of a connection as people see them: page by page, with their orders and reasons."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger.mappings import mapped_keys
from qbwc_service.ledger.models import KeapOrderProduct, KeapProduct, MappingKind, ProductState
from qbwc_service.matching.keys import name_key
from qbwc_service.matching.reasons import TO_UNKNOWN_ITEM, sentence
from qbwc_service.planning.plan import Reason

_ROWS_OF_A_CHUNK = 500
#: what a person may have to do something about
NEEDS_YOU = frozenset({ProductState.NEEDS_MATCH, ProductState.TO_UNKNOWN})
ALL_STATES = frozenset(ProductState)
STATE_WORDS: Mapping[ProductState, str] = MappingProxyType(
    {
        ProductState.NEEDS_MATCH: "Needs match",
        ProductState.TO_UNKNOWN: "Goes to the unknown item",
        ProductState.MATCHED: "Matched",
        ProductState.MADE_BY_US: "Made by us",
    }
)


@dataclass(frozen=True, slots=True)
class ProductReport:
    """One product; `item` is "" where no item was found, `why` says why it is so."""

    id: int
    key: str
    sku: str
    name: str
    orders: int
    item: str
    why: str
    state: ProductState
    #: what a person chose for it, as it was called then; ""
    chosen: str
    #: so many of its orders went, or go, to the unknown item
    unknown_orders: int


def product_reports(
    db: Session,
    connection_id: int,
    *,
    limit: int,
    states: Collection[ProductState] = ALL_STATES,
    text: str = "",
    after: str = "",
) -> Sequence[ProductReport]:
    """At most `limit` products, by SKU, from the one after the key `after` on."""
    rows = db.scalars(_matching(connection_id, states, text, after).limit(limit)).all()
    keys = [row.key for row in rows]
    orders = _orders(db, connection_id, keys)
    unknown = _orders(db, connection_id, keys, TO_UNKNOWN_ITEM)
    chosen = mapped_keys(db, connection_id, MappingKind.ITEM, keys)
    return [
        ProductReport(
            id=row.id,
            key=row.key,
            sku=row.sku,
            name=row.name,
            orders=orders.get(row.key, 0),
            item=row.item,
            why=sentence(Reason(row.rule, row.details)),
            state=row.state,
            chosen=chosen[row.key].full_name if row.key in chosen else "",
            unknown_orders=unknown.get(row.key, 0),
        )
        for row in rows
    ]


def every_product(
    database: Database, connection_id: int, states: Collection[ProductState] = ALL_STATES
) -> Iterator[ProductReport]:
    """All of them, read in chunks so that no transaction stays open."""
    after = ""
    while True:
        with database.reading() as db:
            chunk = product_reports(
                db, connection_id, limit=_ROWS_OF_A_CHUNK, states=states, after=after
            )
        yield from chunk
        if len(chunk) < _ROWS_OF_A_CHUNK:
            return
        after = chunk[-1].key


def product_counts(db: Session, connection_id: int) -> Mapping[ProductState, int]:
    """How many products there are of each state."""
    found = db.execute(
        select(KeapProduct.state, func.count())
        .where(KeapProduct.connection_id == connection_id)
        .group_by(KeapProduct.state)
    )
    return dict(found.all())


def _matching(
    connection_id: int, states: Collection[ProductState], text: str, after: str
) -> Select[KeapProduct]:
    statement = select(KeapProduct).where(
        KeapProduct.connection_id == connection_id, KeapProduct.key > after
    )
    if set(states) != ALL_STATES:
        statement = statement.where(KeapProduct.state.in_(sorted(states)))
    if text.strip():
        wanted = name_key(text)
        statement = statement.where(
            or_(
                KeapProduct.key.contains(wanted, autoescape=True),
                func.lower(KeapProduct.name).contains(wanted, autoescape=True),
            )
        )
    return statement.order_by(KeapProduct.key)


def _orders(
    db: Session, connection_id: int, keys: Sequence[str], rules: Collection[str] = ()
) -> dict[str, int]:
    statement = select(KeapOrderProduct.key, func.count()).where(
        KeapOrderProduct.connection_id == connection_id, KeapOrderProduct.key.in_(keys)
    )
    if rules:
        statement = statement.where(KeapOrderProduct.rule.in_(sorted(rules)))
    return dict(db.execute(statement.group_by(KeapOrderProduct.key)).all())
