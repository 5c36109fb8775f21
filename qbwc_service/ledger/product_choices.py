"""A person chooses items for products: the choices are written, and the products follow them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_service.ledger import products, send_again
from qbwc_service.ledger.mappings import (
    Choice,
    MappingRefused,
    Mappings,
    ProductChoice,
    item_choices,
)
from qbwc_service.ledger.models import Connection, MappingKind
from qbwc_service.ledger.plan_orders import effective_settings


def choose_items(
    db: Session,
    connection: Connection,
    wanted: Sequence[ProductChoice],
    *,
    who: str,
    now: datetime,
) -> list[Choice]:
    """All of them, or none where one cannot be used: raises MappingRefused for the first."""
    choices: list[Choice] = []
    for choice in item_choices(db, connection.id, wanted):
        if isinstance(choice, MappingRefused):
            raise choice
        choices.append(choice)
    return write_choices(db, connection, choices, who=who, now=now)


def write_choices(
    db: Session, connection: Connection, choices: Sequence[Choice], *, who: str, now: datetime
) -> list[Choice]:
    """Returns those that were not so before."""
    news = Mappings(db, connection, who, now).choose(choices)
    _follow(db, connection, {choice.key for choice in news}, now)
    return news


def forget_items(
    db: Session, connection: Connection, keys: Collection[str], *, who: str, now: datetime
) -> int:
    """These products go by their SKU again; gives how many had a choice."""
    number = Mappings(db, connection, who, now).remove(MappingKind.ITEM, keys)
    if number:
        _follow(db, connection, keys, now)
    return number


def _follow(db: Session, connection: Connection, keys: Collection[str], now: datetime) -> None:
    send_again.plan_unsent_again(db, connection.id, keys, now)
    products.look_again(db, connection, keys, effective_settings(connection))
