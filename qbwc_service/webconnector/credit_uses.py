"""Credit memos applied to invoices: a payment of 0.00 that sets the credit.

QuickBooks may make no transaction of it, so there is no TxnID of its own to keep. The memo is read
behind it in the same message, and what is applied of it tells whether it was done; a lost answer is
settled by reading the memo again. Source: qbXML OSR, ReceivePaymentAdd/AppliedToTxnAdd/SetCredit.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from qbwc_service.ledger import error_log, history, states
from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.ledger.sendable import sale_of
from qbwc_service.ledger.standing import current
from qbwc_service.planning.money import decimal_amount
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import outcome
from qbwc_service.webconnector.look_up_decisions import applied_to
from qbwc_service.webconnector.recovery_evidence import Evidence
from qbwc_service.webconnector.turn import Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS
from qbxml_builders.answers import Response
from qbxml_builders.elements import Request
from qbxml_builders.records import SaleRecord

#: the reading of the memo, behind the request that uses it and in recovery
READ = "used:"
RECOVERED = "check:used"


def readings(turn: Turn, sending: Iterable[Posting]) -> list[Request]:
    """The memos that the message uses, to be read behind it."""
    memos = _memos(turn, [posting for posting in sending if posting.kind is Kind.CREDIT_USE])
    ids = sorted({memo.record_id for memo in memos.values()})
    return [TXN_KINDS[Kind.CREDIT_MEMO].ask(f"{READ}0", txn_ids=ids)] if ids else []


def take(turn: Turn, posting: Posting, response: Response, answers: Mapping[str, Response]) -> None:
    """Refused, done as the memo shows, or (neither) unresolved."""
    if not response.ok:
        refused(turn, posting, response)
        return
    read = answers.get(f"{READ}0")
    records = read.records if read is not None else ()
    _settle_by(turn, posting, [record for record in records if isinstance(record, SaleRecord)])


def refused(turn: Turn, posting: Posting, response: Response) -> None:
    outcome.refused(turn, posting, response)


def not_applied(turn: Turn, posting: Posting, reason: str) -> None:
    """Nothing was done: looked up and sent again."""
    states.release(posting)


def read_again(turn: Turn, postings: Sequence[Posting]) -> list[Request]:
    """What tells whether a lost message applied them."""
    ids = sorted({memo.record_id for memo in _memos(turn, postings).values()})
    return [TXN_KINDS[Kind.CREDIT_MEMO].ask(RECOVERED, txn_ids=ids)] if ids else []


def settle(
    turn: Turn, postings: Sequence[Posting], evidence: Evidence, kept: Mapping[str, str]
) -> None:
    """After a lost answer: what the memo shows counts, whatever QuickBooks kept."""
    if RECOVERED not in evidence.answered:
        return
    for posting in postings:
        _settle_by(turn, posting, list(evidence.memos.values()))
        if posting.state is states.State.SENT:
            outcome.send_again(turn, posting)


def done(turn: Turn, posting: Posting, memo: SaleRecord) -> None:
    """The memo is applied to the invoice; its TxnID stands for the use too."""
    states.post(posting, memo.txn_id, edit_sequence=memo.edit_sequence)
    posting.posted_at = turn.now
    turn.session.posted += 1
    turn.observe([memo])
    error_log.solve(turn.db, turn.connection.id, now=turn.now, posting_id=posting.id)
    text = f"Credit memo {memo.ref_number} is applied to the invoice"
    history.note(turn.db, turn.connection.id, text, now=turn.now, order_id=posting.order_id)


def _settle_by(turn: Turn, posting: Posting, memos: Sequence[SaleRecord]) -> None:
    memo_posting, sale = _partners(turn, posting)
    if memo_posting is None or sale is None:
        return
    memo = next((each for each in memos if each.txn_id == memo_posting.record_id), None)
    if memo is None:
        return
    applied = applied_to(memo, sale.record_id)
    if applied >= decimal_amount(posting.amount):
        done(turn, posting, memo)
    elif applied:
        details = {"order": str(posting.order_id), "memo": memo.ref_number}
        more = {"amount": f"{decimal_amount(posting.amount)}", "applied": f"{applied:,.2f}"}
        outcome.hold(turn, posting, Hold("credit-applied-in-part", details | more))


def _partners(turn: Turn, posting: Posting) -> tuple[Posting | None, Posting | None]:
    found = current(
        turn.db.scalars(
            select(Posting).where(
                Posting.connection_id == turn.connection.id,
                Posting.order_id == posting.order_id,
            )
        )
    )
    return found.get((Kind.CREDIT_MEMO, posting.source_key)), sale_of(found.values())


def _memos(turn: Turn, postings: Sequence[Posting]) -> dict[str, Posting]:
    """The memos that these use, by source key."""
    if not postings:
        return {}
    found = turn.db.scalars(
        select(Posting).where(
            Posting.connection_id == turn.connection.id,
            Posting.kind == Kind.CREDIT_MEMO,
            Posting.source_key.in_(sorted({posting.source_key for posting in postings})),
        )
    )
    return {memo.source_key: memo for memo in current(found).values() if memo.record_id}
