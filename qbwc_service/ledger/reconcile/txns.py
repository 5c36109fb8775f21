"""The thin rows: stored page by page, a few statements each whatever is in them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from qbwc_service.ledger.columns import batched, rows_of
from qbwc_service.ledger.models import Kind, Posting, QuickbooksTxn
from qbwc_service.ledger.reconcile.verdicts import Shown
from qbwc_service.matching.keys import name_key

#: ids in one statement
AT_ONCE = 500
_TABLE = cast("Table", QuickbooksTxn.__table__)
_UPDATE = update(_TABLE).where(_TABLE.c.id == bindparam("row"))


@dataclass(frozen=True, slots=True)
class ReadTxn:
    """One transaction as QuickBooks showed it; amounts in minor units."""

    kind: Kind
    txn_id: str
    ref_number: str
    customer_list_id: str
    customer_name: str
    txn_date: date | None
    total: int
    remaining: int | None
    edit_sequence: str
    external_guid: str
    memo: str

    @property
    def shown(self) -> Shown:
        return Shown(
            self.ref_number,
            self.customer_list_id,
            self.customer_name,
            self.txn_date,
            self.total,
            self.remaining,
        )


def shown_of(row: QuickbooksTxn) -> Shown:
    """The stored row as it is compared."""
    return Shown(
        row.ref_number,
        row.customer_list_id,
        row.customer_name,
        row.txn_date,
        row.total,
        row.remaining,
    )


def store(db: Session, connection_id: int, read: Iterable[ReadTxn], *, seen_in: int) -> None:
    """Insert or update these rows, as seen in that update session."""
    by_id = {(each.kind, each.txn_id): each for each in read}
    known = _known(db, connection_id, by_id)
    added = [
        {"connection_id": connection_id, **_values(each, seen_in)}
        for key, each in by_id.items()
        if key not in known
    ]
    updated = [
        {"row": known[key], **_values(each, seen_in)} for key, each in by_id.items() if key in known
    ]
    if added:
        db.execute(rows_of(QuickbooksTxn), added)
    if updated:
        db.connection().execute(_UPDATE, updated)


def forget_unseen(
    db: Session,
    connection_id: int,
    days: tuple[date, date],
    *,
    seen_in: int,
    except_kinds: Collection[Kind],
) -> None:
    """After the period was read: what was in it before and was not seen is not there any more."""
    db.execute(
        delete(QuickbooksTxn).where(
            QuickbooksTxn.connection_id == connection_id,
            QuickbooksTxn.txn_date.between(*days),
            QuickbooksTxn.seen_in != seen_in,
            QuickbooksTxn.kind.not_in(sorted(except_kinds)),
        ),
        execution_options={"synchronize_session": False},
    )


def read_row(db: Session, posting: Posting) -> QuickbooksTxn | None:
    """What was last read of the record of a posting."""
    return db.scalars(
        select(QuickbooksTxn).where(
            QuickbooksTxn.connection_id == posting.connection_id,
            QuickbooksTxn.kind == posting.kind,
            QuickbooksTxn.txn_id == posting.record_id,
        )
    ).first()


def _known(
    db: Session, connection_id: int, keys: Collection[tuple[Kind, str]]
) -> dict[tuple[Kind, str], int]:
    known: dict[tuple[Kind, str], int] = {}
    txn_ids = [txn_id for _, txn_id in keys]
    kinds = sorted({kind for kind, _ in keys})
    for some in batched(txn_ids, AT_ONCE):
        for row in db.execute(
            select(QuickbooksTxn.id, QuickbooksTxn.kind, QuickbooksTxn.txn_id).where(
                QuickbooksTxn.connection_id == connection_id,
                QuickbooksTxn.kind.in_(kinds),
                QuickbooksTxn.txn_id.in_(some),
            )
        ):
            known[row.kind, row.txn_id] = row.id
    return known


def _values(each: ReadTxn, seen_in: int) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "txn_id": each.txn_id,
        "ref_number": each.ref_number,
        "number_key": name_key(each.ref_number),
        "customer_list_id": each.customer_list_id,
        "customer_name": each.customer_name,
        "txn_date": each.txn_date,
        "total": each.total,
        "remaining": each.remaining,
        "edit_sequence": each.edit_sequence,
        "external_guid": each.external_guid.lower(),
        "memo": each.memo,
        "seen_in": seen_in,
    }
