"""A form of QuickBooks as a person sees it there: customer, lines, totals, payments. Pure.

Made from a plan, so that the preview and the page of an order draw the same thing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from qbwc_service.ledger.entry_names import EntryNames
from qbwc_service.ledger.kind_words import called
from qbwc_service.ledger.models import Kind
from qbwc_service.matching.reasons import sentence
from qbwc_service.planning.money import minor_units
from qbwc_service.planning.plan import (
    PlannedAddress,
    PlannedCreditMemo,
    PlannedLine,
    PlannedOfRow,
    PlannedPayment,
    PlannedRefund,
    PlannedSale,
    RefundForm,
    SaleForm,
)

#: "made": new, and in QuickBooks by now
FoundBy = Literal["new", "made", "e-mail", "chosen", "existing"]

_REFUNDS = {RefundForm.CARD: Kind.CARD_REFUND, RefundForm.CHEQUE: Kind.CHECK_REFUND}
#: QuickBooks puts a payment there when no account is named
UNDEPOSITED = "Undeposited Funds"


@dataclass(frozen=True, slots=True)
class PictureLine:
    """One line; `why` tells why this item ("" where it is not known)."""

    item: str
    description: str
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal
    is_taxed: bool
    why: str


@dataclass(frozen=True, slots=True)
class PicturePayment:
    """One record under the form; amounts in minor units. `unused` stays the customer's credit."""

    what: str
    paid_on: date
    method: str
    reference: str
    amount: int
    account: str
    unused: int = 0


@dataclass(frozen=True, slots=True)
class FormPicture:
    """The form. Amounts in minor units; names are those of QuickBooks."""

    #: "Invoice", "Sales receipt" or "Sales order"
    what: str
    #: "" where QuickBooks gives the next one
    number: str
    #: the number before it was cut to what QuickBooks holds; "" where it was not cut
    full_number: str
    customer: str
    found_by: FoundBy
    why_customer: str
    bill_to: tuple[str, ...]
    placed_on: date
    due_on: date | None
    terms: str
    class_name: str
    po_number: str
    memo: str
    lines: tuple[PictureLine, ...]
    #: reckoned by QuickBooks itself with this item; "" where the tax is a line like any other
    tax_item: str
    tax: int
    payments: tuple[PicturePayment, ...]
    #: it is its own payment
    is_paid: bool
    method: str
    deposit_to: str

    @property
    def subtotal(self) -> int:
        return minor_units(sum((line.amount for line in self.lines), Decimal(0)))

    @property
    def total(self) -> int:
        """What the lines and the tax come to, not what they should."""
        return self.subtotal + self.tax


def form_picture(
    planned: PlannedSale, rows: Iterable[PlannedOfRow], names: EntryNames
) -> FormPicture:
    """`rows`: what is planned from the order's payment rows."""
    return FormPicture(
        what=called(Kind(planned.form)),
        number=planned.number,
        full_number=planned.full_number if planned.full_number != planned.number else "",
        customer=names.called(planned.customer, "Customer"),
        found_by=_found_by(planned),
        why_customer=sentence(planned.why),
        bill_to=tuple(_address(planned.bill_to)),
        placed_on=planned.placed_on,
        due_on=planned.due_on,
        terms=names.named("Terms", planned.terms_list_id),
        class_name=names.named("Class", planned.class_list_id),
        po_number=planned.po_number,
        memo=planned.memo,
        lines=tuple(_line(line, names) for line in planned.lines),
        tax_item=names.named("Item", planned.tax_item_list_id),
        tax=planned.tax if planned.tax_item_list_id else 0,
        payments=tuple(_payments(rows, names)),
        is_paid=planned.form is SaleForm.SALES_RECEIPT,
        method=names.named("PaymentMethod", planned.method_list_id),
        deposit_to=names.named("Account", planned.deposit_account_list_id) or UNDEPOSITED,
    )


def _found_by(planned: PlannedSale) -> FoundBy:
    if planned.customer.made_by:
        return "new"
    if planned.why.rule.startswith("customer-email"):
        return "e-mail"
    return "chosen" if planned.why.rule == "customer-chosen" else "existing"


def _address(planned: PlannedAddress | None) -> Iterator[str]:
    if planned is None:
        return
    yield from planned.lines
    region = " ".join(part for part in (planned.state, planned.postal_code) if part)
    if place := ", ".join(part for part in (planned.city, region) if part):
        yield place
    if planned.country:
        yield planned.country


def _line(line: PlannedLine, names: EntryNames) -> PictureLine:
    return PictureLine(
        names.called(line.item, "Item"),
        line.description,
        line.quantity,
        line.rate,
        line.amount,
        line.is_taxed,
        sentence(line.why),
    )


def _payments(rows: Iterable[PlannedOfRow], names: EntryNames) -> Iterator[PicturePayment]:
    """Uses of credit memos and removals are no payments: the page of the order tells of them."""
    for row in rows:
        match row:
            case PlannedPayment():
                yield PicturePayment(
                    called(Kind.PAYMENT),
                    row.paid_on,
                    names.named("PaymentMethod", row.method_list_id),
                    row.reference,
                    row.amount,
                    names.named("Account", row.deposit_account_list_id) or UNDEPOSITED,
                    0 if row.applied is None else row.amount - row.applied,
                )
            case PlannedCreditMemo():
                what, number = called(Kind.CREDIT_MEMO), row.number
                yield PicturePayment(what, row.placed_on, "", number, -row.amount, "")
            case PlannedRefund():
                method = names.named("PaymentMethod", row.method_list_id)
                account = names.named("Account", row.account_list_id)
                what, number = called(_REFUNDS[row.form]), row.number
                yield PicturePayment(what, row.paid_on, method, number, -row.amount, account)
