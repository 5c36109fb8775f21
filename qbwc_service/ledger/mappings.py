"""What people choose for things of Keap: the only place that writes the table of mappings.

Every change belongs to one connection, leaves a line of history, and has the orders that it may
release planned again.

    Exception
      MappingRefused    a choice cannot be used; the text says why, and nothing was changed
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger import chosen_entries, history, queue
from qbwc_service.ledger.causes import (
    ACCOUNT_CAUSES,
    CUSTOMER_CAUSES,
    ENTRY_CAUSES,
    ITEM_CAUSES,
    PLAN_CAUSES,
)
from qbwc_service.ledger.item_search import items_named, names_near
from qbwc_service.ledger.item_slice import ITEM_LIST
from qbwc_service.ledger.models import Connection, MappingKind, MirrorRecord
from qbwc_service.ledger.models import Mapping as MappingRow
from qbwc_service.matching.items import UNFIT_KINDS
from qbwc_service.matching.keys import name_key, product_key

_KEYS_A_QUERY = 500
#: so many names that no item has are compared with those that items have
_HINTS = 20
#: the holds that a choice may release; a kind that is not named here may release any of planning's
_RELEASES: Mapping[MappingKind, frozenset[str]] = MappingProxyType(
    {
        MappingKind.ITEM: ITEM_CAUSES | ACCOUNT_CAUSES | {"line-without-sku", "account-not-chosen"},
        MappingKind.CUSTOMER: CUSTOMER_CAUSES,
        MappingKind.PAYMENT_METHOD: ENTRY_CAUSES,
        MappingKind.DEPOSIT_ACCOUNT: ENTRY_CAUSES | ACCOUNT_CAUSES,
        MappingKind.TAX_ITEM: ITEM_CAUSES | ENTRY_CAUSES | ACCOUNT_CAUSES | {"account-not-chosen"},
    }
)


class MappingRefused(Exception):
    """`reason` is a sentence without its full stop."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        end = "" if reason.endswith("?") else "."
        super().__init__(f"{reason}{end} Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing of Keap and the record of a QuickBooks list that it is to go to."""

    kind: MappingKind
    key: str
    #: the thing as a person reads it
    shown: str
    list_name: str
    list_id: str
    full_name: str


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """The item that a person chose for a product, by its full name."""

    sku: str
    name: str
    item: str


def item_choices(
    db: Session, connection_id: int, wanted: Sequence[ProductChoice]
) -> list[Choice | MappingRefused]:
    """Each as a choice, in the same order, or why it cannot be one; nothing is changed."""
    items = items_named(db, connection_id, [each.item for each in wanted])
    unknown = dict.fromkeys(each.item for each in wanted if name_key(each.item) not in items)
    hints = {name: _hint(db, connection_id, name) for name in list(unknown)[:_HINTS]}
    return [_item_choice(each, items, hints) for each in wanted]


def _item_choice(
    wanted: ProductChoice, items: Mapping[str, MirrorRecord], hints: Mapping[str, str]
) -> Choice | MappingRefused:
    key = product_key(wanted.sku, wanted.name)
    if not key:
        return MappingRefused("Neither SKU nor name says which product is meant")
    item = items.get(name_key(wanted.item))
    if item is None:
        text = "QuickBooks had no item with the full name"
        when = " when its lists were last read"
        return MappingRefused(f'{text} "{wanted.item}"{when}{hints.get(wanted.item, "")}')
    if not item.is_active:
        return MappingRefused(f'The item "{item.full_name}" is inactive in QuickBooks')
    kind = UNFIT_KINDS.get(item.details.get("kind", ""))
    if kind:
        return MappingRefused(f'"{item.full_name}" is {kind}, which no line of a product can use')
    shown = wanted.sku.strip() or wanted.name.strip()
    return Choice(MappingKind.ITEM, key, shown, ITEM_LIST, item.list_id, item.full_name)


def _hint(db: Session, connection_id: int, name: str) -> str:
    near = names_near(db, connection_id, name)
    return f". Did you mean {' or '.join(near)}?" if near else ""


class Mappings:
    """A person's choices for one connection, inside one write transaction."""

    def __init__(self, db: Session, connection: Connection, who: str, now: datetime) -> None:
        self._db = db
        self._connection = connection
        self._who = who
        self._now = now

    def choose(self, choices: Iterable[Choice]) -> list[Choice]:
        """Write these choices; returns those that were not so before."""
        wanted = {(choice.kind, choice.key): choice for choice in choices}
        known = self._known(wanted)
        news = [
            choice
            for place, choice in wanted.items()
            if place not in known or known[place].list_id != choice.list_id
        ]
        for choice in news:
            self._write(choice, known.get((choice.kind, choice.key)))
        self._changed({choice.kind for choice in news})
        return news

    def remove(self, kind: MappingKind, keys: Collection[str]) -> int:
        """Forget these choices; gives how many there were."""
        rows = list(self._known({(kind, key) for key in keys}).values())
        for row in rows:
            self._note(f'No longer chosen{_purpose(kind)} for "{row.shown}": {row.full_name}')
            self._db.delete(row)
        self._changed({kind} if rows else set())
        return len(rows)

    def _write(self, choice: Choice, row: MappingRow | None) -> None:
        if row is None:
            row = MappingRow(connection_id=self._connection.id, kind=choice.kind, key=choice.key)
            self._db.add(row)
        row.shown = choice.shown
        row.list_name = choice.list_name
        row.list_id = choice.list_id
        row.full_name = choice.full_name
        row.made_by = self._who
        row.made_at = self._now
        self._note(f'Chosen{_purpose(choice.kind)} for "{choice.shown}": {choice.full_name}')

    def _known(
        self, places: Iterable[tuple[MappingKind, str]]
    ) -> dict[tuple[MappingKind, str], MappingRow]:
        keys = sorted({key for _, key in places})
        found: dict[tuple[MappingKind, str], MappingRow] = {}
        for start in range(0, len(keys), _KEYS_A_QUERY):
            rows = self._db.scalars(
                select(MappingRow).where(
                    MappingRow.connection_id == self._connection.id,
                    MappingRow.key.in_(keys[start : start + _KEYS_A_QUERY]),
                )
            )
            found |= {(row.kind, row.key): row for row in rows}
        return {place: row for place, row in found.items() if place in set(places)}

    def _changed(self, kinds: Collection[MappingKind]) -> None:
        if not kinds:
            return
        self._db.flush()
        causes = frozenset[str]().union(*(_RELEASES.get(kind, PLAN_CAUSES) for kind in kinds))
        queue.plan_again(self._db, self._connection, self._now, causes)
        chosen_entries.check(self._db, self._connection, self._now)

    def _note(self, text: str) -> None:
        history.note(self._db, self._connection.id, text, now=self._now, who=self._who)


def mapped_keys(
    db: Session, connection_id: int, kind: MappingKind, keys: Collection[str]
) -> dict[str, MappingRow]:
    """Those of these keys that a person chose something for."""
    rows = db.scalars(
        select(MappingRow).where(
            MappingRow.connection_id == connection_id,
            MappingRow.kind == kind,
            MappingRow.key.in_(sorted(keys)),
        )
    )
    return {row.key: row for row in rows}


def of_connection(
    db: Session, connection: Connection, kinds: Sequence[MappingKind] = tuple(MappingKind)
) -> Sequence[MappingRow]:
    """All choices of these kinds, by kind and by what people read."""
    return db.scalars(
        select(MappingRow)
        .where(MappingRow.connection_id == connection.id, MappingRow.kind.in_(kinds))
        .order_by(MappingRow.kind, MappingRow.shown, MappingRow.key)
    ).all()


def _purpose(kind: MappingKind) -> str:
    """A product has one item, and that goes without saying; a card has a method and an account."""
    return "" if kind is MappingKind.ITEM else f" as {chosen_entries.PURPOSE[kind]}"
