"""Whether the books and the ledger are what a history must have come to.

lost      a row of Keap is neither in QuickBooks nor waits with a cause that its story gives
doubled   a row of Keap is in QuickBooks twice, or beside what a person typed for it before us
balance   an amount, a balance, or the invoice or customer that something is on
overruled what a person did in QuickBooks was changed
unread    an entry of the error log that nobody can read, or a hold that nobody is told of
count     statuses do not add up to what was read
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from qbwc_service import messages
from qbwc_service.demo.quickbooks.book_entries import (
    BookCreditMemo,
    BookInvoice,
    BookPayment,
    Books,
    BookSalesReceipt,
)
from qbwc_service.ledger.models import ErrorEntry, KeapOrder, KeapPayment, Kind, Posting
from qbwc_service.ledger.states import State
from qbwc_service.planning.order import PaymentKind
from tests.faults.model import Mark, Model, Row, Told
from tests.faults.scene import Ours, Scene, ours_in

POSTED = frozenset({"posted", "posted-payment-open"})
LEFT_OUT = frozenset({"skipped-by-you", "undone"})
#: after these a payment of ours may hang loose, or the order lack what was on it
TAKES_PAYMENTS_OFF = frozenset(
    {
        Mark.EDITED,
        Mark.MOVED,
        Mark.FORM_EDITED,
        Mark.FORM_DELETED,
        Mark.FILE_RESTORED,
        Mark.UNDONE,
        Mark.TYPED,
    }
)
#: a record may be gone from QuickBooks although the ledger has it as posted, for it is not the last
#: word: the order waits for a person
TAKES_AWAY = frozenset(
    {Mark.FORM_DELETED, Mark.PAYMENT_DELETED, Mark.FILE_RESTORED, Mark.UNDONE, Mark.LINKED}
)


@dataclass(frozen=True, slots=True)
class Complaint:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Stands:
    """Where the ledger says that an order or a row is."""

    status: str
    cause: str


class _Judge:
    def __init__(self, scene: Scene) -> None:
        self._model: Model = scene.model
        self._books: Books = scene.stage.books()
        self._forms: dict[int, list[Ours]] = defaultdict(list)
        self._of_row: dict[str, list[Ours]] = defaultdict(list)
        for ours in ours_in(self._books, scene.model):
            if isinstance(ours.record, BookInvoice | BookSalesReceipt):
                self._forms[ours.order_id].append(ours)
            else:
                self._of_row[ours.key].append(ours)
        self._txn_ids = {
            record.txn_id
            for records in (self._books.invoices, self._books.payments)
            for record in records
        }
        self._emails = {each.list_id: each.email for each in self._books.customers}
        with scene.stage.database.reading() as db:
            orders = db.scalars(select(KeapOrder)).all()
            rows = db.scalars(select(KeapPayment)).all()
            self._orders = {o.keap_id: Stands(o.status.value, o.cause) for o in orders}
            self._order_rows = {o.keap_id: o.total for o in orders}
            self._rows = {
                f"{r.payment_id}/{r.order_id}": Stands(r.status.value, r.cause) for r in rows
            }
            self._row_amounts = sum(abs(r.amount) for r in rows)
            self._entries = db.scalars(select(ErrorEntry)).all()
            self._linked = {
                p.record_id: p
                for p in db.scalars(
                    select(Posting).where(Posting.linked, Posting.state == State.POSTED)
                )
            }

    def complaints(self) -> Iterator[Complaint]:
        yield from self._counts()
        yield from self._strangers()
        for told in self._model.orders.values():
            yield from self._order(told)
        yield from self._told_of()

    # -- all of it --------------------------------------------------------------------------------

    def _counts(self) -> Iterator[Complaint]:
        told = {order_id: each.order.total for order_id, each in self._model.orders.items()}
        if told != self._order_rows:
            yield Complaint("count", f"orders read {self._order_rows}, told {told}")
        rows = {row.key for row in self._model.rows()}
        if rows != set(self._rows):
            yield Complaint("count", f"payments read {set(self._rows)}, told {rows}")
        amounts = sum(row.amount for row in self._model.rows())
        if amounts != self._row_amounts:
            yield Complaint("count", f"amounts read {self._row_amounts}, told {amounts}")

    def _strangers(self) -> Iterator[Complaint]:
        """Nothing bears a GUID of no row, and no GUID is there twice."""
        records = (
            *self._books.invoices,
            *self._books.sales_receipts,
            *self._books.payments,
            *self._books.credit_memos,
            *self._books.refunds,
        )
        for record in records:
            if record.guid and self._model.owner(record.guid) is None:
                yield Complaint("doubled", f"{record.txn_id} is marked as ours and is of no row")
        guids = Counter(c.guid.lower() for c in (*records, *self._books.customers) if c.guid)
        for guid, count in guids.items():
            if count > 1:
                yield Complaint("doubled", f"{count} records bear {guid}")
        emails = Counter(customer.email for customer in self._books.customers if customer.email)
        for email, count in emails.items():
            if count > 1:
                yield Complaint("doubled", f"{count} customers have {email}")

    def _told_of(self) -> Iterator[Complaint]:
        open_of = {e.order_id for e in self._entries if e.solved_at is None}
        for entry in self._entries:
            shown = messages.message(entry.message, entry.details)
            whole = f"{shown.title}|{shown.why}|{shown.do}"
            if "{" in whole or not (shown.title.strip() and shown.why.strip() and shown.do.strip()):
                yield Complaint("unread", f"{entry.message}: {whole}")
        for order_id, stands in self._orders.items():
            if stands.status == "held" and order_id not in open_of:
                by_person = stands.cause in {"held-by-you", "being-undone"}
                if not by_person:
                    yield Complaint("unread", f"{order_id} is held ({stands.cause}), told nowhere")

    # -- one order --------------------------------------------------------------------------------

    def _order(self, told: Told) -> Iterator[Complaint]:
        stands = self._orders.get(told.order_id)
        if stands is None:
            yield Complaint("lost", f"{told.order_id} is not in the ledger")
            return
        yield from self._where_it_stands(told, stands)
        forms = self._forms[told.order_id]
        if len(forms) > 1:
            yield Complaint("doubled", f"{told.order_id} has {len(forms)} forms")
        for form in forms:
            yield from self._form(told, form)
        for row in told.rows:
            yield from self._row(told, row, stands)
        if (
            not told.marks - {Mark.ANSWER_KEPT_NO_RECORD}
            and len(forms) == 1
            and stands.status in POSTED
        ):
            yield from self._plain(told, forms[0])

    def _where_it_stands(self, told: Told, stands: Stands) -> Iterator[Complaint]:
        order_id = told.order_id
        match stands.status:
            case status if status in POSTED:
                linked = Mark.LINKED in told.marks and any(
                    p.order_id == order_id and p.kind.is_sale for p in self._linked.values()
                )
                if not self._forms[order_id] and not linked:
                    yield Complaint("lost", f"{order_id} is {status}, its form is not in the books")
            case "held":
                if stands.cause not in told.causes():
                    yield Complaint("lost", f"{order_id} is held: {stands.cause}; {_marks(told)}")
            case status if status in LEFT_OUT:
                if not told.marks & {Mark.SKIPPED, Mark.UNDONE}:
                    yield Complaint("lost", f"{order_id} is {status}; {_marks(told)}")
            case status:
                yield Complaint("lost", f"{order_id} rests as {status} {stands.cause}")

    def _form(self, told: Told, form: Ours) -> Iterator[Complaint]:
        record = form.record
        assert isinstance(record, BookInvoice | BookSalesReceipt)
        total = cents(record.total)
        allowed = told.totals if Mark.EDITED in told.marks else {told.order.total}
        if total not in allowed and Mark.FORM_EDITED not in told.marks:
            yield Complaint("balance", f"{told.order_id}: form of {total}, not {sorted(allowed)}")
        if Mark.MOVED not in told.marks:
            email = self._emails.get(record.customer_id, "")
            if email != told.order.buyer.email:
                yield Complaint("balance", f"{told.order_id} is on the customer {email!r}")
        found = {"number": record.number, "on": record.on, "customer_id": record.customer_id}
        for name, left in told.as_left.items():
            if found[name] != left:
                yield Complaint("overruled", f"{told.order_id}: {name} {found[name]}, left {left}")

    def _plain(self, told: Told, form: Ours) -> Iterator[Complaint]:
        """Nothing happened to it but what Keap told: to the cent."""
        if not isinstance(form.record, BookInvoice):
            return
        balance = cents(form.record.balance)
        if balance != told.order.total - told.paid():
            yield Complaint(
                "balance",
                f"{told.order_id}: {balance} open, {told.order.total} less {told.paid()}",
            )
        if form.record.number != str(told.order_id):
            yield Complaint("balance", f"{told.order_id} has the number {form.record.number}")

    # -- one row of payment -----------------------------------------------------------------------

    def _row(self, told: Told, row: Row, order: Stands) -> Iterator[Complaint]:
        stands = self._rows.get(row.key)
        if stands is None:
            return
        ours = self._of_row[row.key]
        kinds = Counter(each.kind for each in ours)
        for kind, count in kinds.items():
            if count > 1:
                yield Complaint("doubled", f"{row.key} has {count} of {kind}")
        if ours and row.typed in self._txn_ids:
            yield Complaint("doubled", f"{row.key}: a person typed it before, as {row.typed}")
        yield from self._where_row_stands(told, row, order, stands)
        for each in ours:
            if isinstance(each.record, BookPayment):
                yield from self._payment(told, row, each.record)
            elif isinstance(each.record, BookCreditMemo):
                yield from self._memo(told, row, each.record)

    def _where_row_stands(
        self, told: Told, row: Row, order: Stands, stands: Stands
    ) -> Iterator[Complaint]:
        waits = order.status not in POSTED
        match stands.status:
            case "posted":
                there = self._of_row[row.key] or any(
                    p.source_key == row.key for p in self._linked.values()
                )
                if not there and not told.marks & TAKES_AWAY:
                    yield Complaint("lost", f"{row.key} is posted, and not in the books")
            case "held":
                if stands.cause not in told.causes() and stands.cause != order.cause:
                    yield Complaint("lost", f"{row.key} is held: {stands.cause}; {_marks(told)}")
            case "new" | "waiting":
                if not waits or order.status in LEFT_OUT:
                    text = f"{row.key} rests as {stands.status}, its order as {order.status}"
                    yield Complaint("lost", text)
            case "undone" if row.is_void and told.marks & TAKES_AWAY:
                pass  # gone on both sides, and somebody requeued what else there is
            case "skipped-by-you" if row.is_skipped:
                pass
            case "undone" | "skipped-by-you":
                if not told.marks & {Mark.SKIPPED, Mark.UNDONE}:
                    yield Complaint("lost", f"{row.key} is {stands.status}; {_marks(told)}")
            case "skipped-by-settings":
                if not row.is_void:
                    yield Complaint("lost", f"{row.key} is {stands.status} {stands.cause}")
            case status:
                yield Complaint("lost", f"{row.key} rests as {status} {stands.cause}")

    def _payment(self, told: Told, row: Row, record: BookPayment) -> Iterator[Complaint]:
        if cents(record.total) != row.amount:
            yield Complaint("balance", f"payment {row.key} of {record.total}, not {row.amount}")
        own = {form.record.txn_id for form in self._forms[told.order_id]}
        own |= {p.record_id for p in self._linked.values() if p.order_id == told.order_id}
        for part in record.applied:
            if part.invoice_id not in own:
                yield Complaint("balance", f"payment {row.key} is on {part.invoice_number}")
        applied = sum(cents(part.amount) for part in record.applied)
        if applied != row.amount and not told.marks & TAKES_PAYMENTS_OFF:
            yield Complaint("balance", f"payment {row.key}: {applied} of {row.amount} applied")

    def _memo(self, told: Told, row: Row, record: BookCreditMemo) -> Iterator[Complaint]:
        if cents(record.total) != row.amount:
            yield Complaint("balance", f"credit memo {row.key} of {record.total}")
        own = {form.record.txn_id for form in self._forms[told.order_id]}
        own |= {p.record_id for p in self._linked.values() if p.order_id == told.order_id}
        for part in record.applied:
            if part.invoice_id not in own:
                yield Complaint("balance", f"credit memo {row.key} is on {part.invoice_number}")
        if row.kind is PaymentKind.CREDIT and not told.marks - {Mark.CREDITED}:
            applied = sum(cents(part.amount) for part in record.applied)
            if applied != row.amount:
                yield Complaint("balance", f"credit {row.key}: {applied} applied")


def judge(scene: Scene) -> list[Complaint]:
    """What is wrong; counts what was made and what waits in the scene's tally."""
    judged = _Judge(scene)
    found = list(judged.complaints())
    _count(scene, judged)
    return found


def _count(scene: Scene, judged: _Judge) -> None:
    made = scene.tally.made
    made["orders of Keap"] += len(scene.model.orders)
    for row in scene.model.rows():
        made[f"{row.kind.value} rows of Keap"] += 1
    for forms in judged._forms.values():
        made["forms in QuickBooks"] += len(forms)
    for ours in judged._of_row.values():
        for each in ours:
            made[f"{each.kind.value}s in QuickBooks"] += 1
    for stands in judged._orders.values():
        scene.tally.statuses[stands.status] += 1
        if stands.status == "held":
            scene.tally.held[stands.cause] += 1


def cents(amount: Decimal) -> int:
    return int(amount * 100)


def _marks(told: Told) -> str:
    return ", ".join(sorted(told.marks)) or "nothing happened to it"


__all__ = ["Complaint", "Kind", "judge"]
