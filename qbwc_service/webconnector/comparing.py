"""What was read from QuickBooks against what we posted: flagged, cleared, or gone.

A page takes the same few statements whatever is in it; only what is news takes more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from qbwc_service.ledger import company_file, error_log, send_again, standing, states
from qbwc_service.ledger.columns import batched
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Kind, MirrorRecord, Posting, Reconciliation
from qbwc_service.ledger.reconcile.agreed import (
    meant_day,
    settled_for,
    settled_of,
    waits_for_reading,
)
from qbwc_service.ledger.reconcile.txns import AT_ONCE, ReadTxn, read_row
from qbwc_service.ledger.reconcile.verdicts import (
    CHANGED,
    Field,
    Meant,
    Shown,
    agree,
    agreed_from,
    changes,
    side_by_side,
)
from qbwc_service.ledger.standing import current
from qbwc_service.ledger.states import State
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS, TxnMade

#: a restored backup lacks more of what we compare than people delete in a month
MOST_GONE = 0.2
_FEW = 5


@dataclass(frozen=True, slots=True)
class _Around:
    """What else is known of a page of postings: whose they are, and what is paid of them."""

    #: ListID and full name, "" where the customer is not in the list any more, by posting
    customers: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    settled: Mapping[int, int | None] = field(default_factory=dict)


def compare(turn: Turn, run: Reconciliation, read: Sequence[ReadTxn]) -> None:
    """Hold these rows against the postings that made them, whatever state those are in."""
    rows = {(each.kind, each.txn_id): each for each in read}
    postings = _postings(turn, rows)
    around = _Around(
        _customers(turn, postings),
        settled_of(
            turn.db,
            turn.connection.id,
            {each.order_id or 0 for each in postings if each.kind is Kind.INVOICE},
        ),
    )
    touched = [
        posting.order_id
        for posting in postings
        if _judge(turn, run, posting, rows[posting.kind, posting.record_id], around)
    ]
    run.compared += len(postings)
    standing.refresh(turn.db, turn.connection.id, [each for each in touched if each is not None])


def flag_moved(turn: Turn, seen: Mapping[int, TxnMade], sales: Sequence[Posting]) -> set[int]:
    """Of forms that a look-up has shown (`seen`, by posting), those on another customer than they
    were posted to, or than a person found right: flagged, so that nothing follows them unasked.

    A payment that somebody typed stays with the former customer, where no look-up of the invoice
    shows it: ours would be a second one.
    """
    around = _Around(_customers(turn, sales))
    moved = [sale for sale in sales if _is_moved(turn, sale, seen[sale.id], around)]
    standing.refresh(turn.db, turn.connection.id, [sale.order_id or 0 for sale in moved])
    return {sale.id for sale in moved}


def _is_moved(turn: Turn, sale: Posting, record: TxnMade, around: _Around) -> bool:
    if sale.cause or waits_for_reading(sale):
        return False
    meant, agreed = _meant(sale, around, None), agreed_from(sale.agreed)
    shown = Shown(
        meant.number,
        record.customer_list_id,
        record.customer_full_name,
        meant.day,
        meant.total,
    )
    if Field.CUSTOMER not in changes(shown, meant, agreed, linked=sale.linked):
        return False
    if (row := read_row(turn.db, sale)) is not None:
        # What a person now finds right is this, and not what was read before.
        row.customer_list_id, row.customer_name = shown.customer_list_id, shown.customer_name
    _flag(turn, sale, side_by_side(shown, meant, agreed, [Field.CUSTOMER]))
    # A payment that QuickBooks refused because of it waits now, and what it waits for is told.
    told = ["changed-meanwhile"]
    error_log.solve(
        turn.db, turn.connection.id, now=turn.now, order_id=sale.order_id, messages=told
    )
    return True


def lose(turn: Turn, run: Reconciliation, posting_ids: Sequence[int]) -> bool:
    """Those are not in QuickBooks any more. Too many at once are a restored backup or a copy: then
    nothing is lost, nothing more is written, and a person says which (False)."""
    run.gone = len(posting_ids)
    compared = run.compared + run.gone
    if compared >= _FEW and run.gone > compared * MOST_GONE:
        details: dict[str, object] = {
            "missing": run.gone,
            "asked": compared,
            "record_ids": _record_ids(turn, posting_ids),
        }
        company_file.block(turn.connection, company_file.RESTORED, details)
        turn.tell(company_file.RESTORED, details)
        return False
    lost = company_file.lose_records(turn.db, turn.connection, _record_ids(turn, posting_ids))
    for posting in lost:
        what = {"thing": thing(posting), "order": str(posting.order_id)}
        turn.tell("gone-from-quickbooks", what, posting)
    send_again.after_deletion(turn.db, turn.connection, lost, turn.now)
    return True


def _judge(
    turn: Turn, run: Reconciliation, posting: Posting, read: ReadTxn, around: _Around
) -> bool:
    """True where its order stands differently now."""
    settled = settled_for(posting, around.settled)
    if waits_for_reading(posting):
        posting.agreed = agree(read.shown, settled)
    meant = _meant(posting, around, settled)
    agreed = agreed_from(posting.agreed)
    fields = changes(read.shown, meant, agreed, linked=posting.linked)
    run.changed += bool(fields)
    if posting.cause not in {"", CHANGED}:
        return False  # a person looks at it already
    if not fields:
        return _clear(turn, posting)
    return _flag(turn, posting, side_by_side(read.shown, meant, agreed, fields))


def _flag(turn: Turn, posting: Posting, sides: Mapping[str, tuple[str, str]]) -> bool:
    """False where just that is told already."""
    details = {
        "thing": thing(posting),
        "order": str(posting.order_id),
        "posted": "; ".join(f"{name} {ours}" for name, (ours, _) in sides.items()),
        "found": "; ".join(f"{name} {theirs}" for name, (_, theirs) in sides.items()),
    }
    if posting.cause == CHANGED and posting.details == details:
        return False
    states.flag(posting, CHANGED, details)
    turn.tell(CHANGED, details, posting)
    turn.session.held += 1
    return True


def _clear(turn: Turn, posting: Posting) -> bool:
    """It is as it was posted, or was put back."""
    if not posting.cause:
        return False
    states.settle(posting)
    messages = [CHANGED]
    error_log.solve(
        turn.db, turn.connection.id, now=turn.now, posting_id=posting.id, messages=messages
    )
    return True


def _meant(posting: Posting, around: _Around, settled: int | None) -> Meant:
    list_id, name = around.customers.get(posting.id, ("", ""))
    day = meant_day(posting.payload)
    return Meant(
        posting.number,
        date.fromisoformat(day) if day else None,
        posting.amount,
        # One that left the list was merged into another: QuickBooks deletes none that is used.
        (list_id,) if name else (),
        name,
        settled,
    )


def _postings(turn: Turn, rows: Mapping[tuple[Kind, str], ReadTxn]) -> list[Posting]:
    kinds = sorted({kind for kind, _ in rows})
    found: list[Posting] = []
    for some in batched((txn_id for _, txn_id in rows), AT_ONCE):
        found.extend(
            turn.db.scalars(
                select(Posting).where(
                    Posting.connection_id == turn.connection.id,
                    Posting.record_id.in_(some),
                    Posting.kind.in_(kinds),
                    Posting.state == State.POSTED,
                )
            )
        )
    return [posting for posting in found if (posting.kind, posting.record_id) in rows]


def _customers(turn: Turn, postings: Iterable[Posting]) -> dict[int, tuple[str, str]]:
    """The customer that each form was planned for."""
    planned = {
        posting.id: posting.payload.get("customer") or {}
        for posting in postings
        if posting.kind.is_sale
    }
    made = _made(turn, {each.get("made_by", "") for each in planned.values()} - {""})
    list_ids = {
        posting_id: each.get("list_id") or made.get(each.get("made_by", ""), "")
        for posting_id, each in planned.items()
    }
    names = _names(turn, {list_id for list_id in list_ids.values() if list_id})
    return {
        posting_id: (list_id, names.get(list_id, "")) for posting_id, list_id in list_ids.items()
    }


def _made(turn: Turn, source_keys: Collection[str]) -> dict[str, str]:
    """ListIDs of the customers that we made, by source key."""
    found = turn.db.scalars(
        select(Posting).where(
            Posting.connection_id == turn.connection.id,
            Posting.kind == Kind.CUSTOMER,
            Posting.source_key.in_(sorted(source_keys)),
        )
    )
    return {posting.source_key: posting.record_id for posting in current(found).values()}


def _names(turn: Turn, list_ids: Collection[str]) -> dict[str, str]:
    found = turn.db.execute(
        select(MirrorRecord.list_id, MirrorRecord.full_name).where(
            MirrorRecord.connection_id == turn.connection.id,
            MirrorRecord.list_name == CUSTOMER_LIST,
            MirrorRecord.list_id.in_(sorted(list_ids)),
        )
    )
    return {row.list_id: row.full_name for row in found}


def _record_ids(turn: Turn, posting_ids: Sequence[int]) -> list[str]:
    record_ids: list[str] = []
    for start in range(0, len(posting_ids), AT_ONCE):
        some = posting_ids[start : start + AT_ONCE]
        record_ids += turn.db.scalars(
            select(Posting.record_id).where(
                Posting.connection_id == turn.connection.id,
                Posting.id.in_(some),
                Posting.kind.in_(list(TXN_KINDS)),
            )
        )
    return record_ids
