"""An order in Keap beside its form in QuickBooks, as plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qbwc_service.admin.loaded_order import LoadedOrder
from qbwc_service.ledger.kind_words import called
from qbwc_service.ledger.models import Kind
from qbwc_service.ledger.states import State
from qbwc_service.matching.reasons import sentence
from qbwc_service.planning.lines import line_amounts
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import SalesOrder
from qbwc_service.planning.plan import Hold
from qbwc_service.settings import Settings

NUMBER_TAKEN = "number-taken"


@dataclass(frozen=True, slots=True)
class KeapLine:
    """One line as Keap has it; amounts as text with two decimals."""

    name: str
    sku: str
    quantity: Decimal
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class QuickBooksLine:
    """One line as it was or will be written."""

    item: str
    description: str
    quantity: Decimal | None
    amount: str
    #: why this item; "" where it is not known
    why: str


@dataclass(frozen=True, slots=True)
class QuickBooksSide:
    """The form: planned, on its way or there. `lines` is empty where no plan is known."""

    #: "Invoice", "Sales receipt" or "Sales order"
    form: str
    state: State
    #: "" while QuickBooks has not given one
    number: str
    customer: str
    total: str
    lines: tuple[QuickBooksLine, ...]
    linked: bool
    txn_id: str
    #: why this customer, in words
    why_customer: str = ""
    #: the number before it was cut to what QuickBooks holds; "" where it was not cut
    full_number: str = ""
    placed_on: date | None = None
    #: reckoned by QuickBooks itself, with this item; "" where the tax is a line like any other
    tax: str = ""
    tax_item: str = ""
    #: it is its own payment: paid this way, into this account ("" where QuickBooks chooses)
    is_paid: bool = False
    method: str = ""
    deposit_to: str = ""

    @property
    def there(self) -> bool:
        """QuickBooks has it, or may have it."""
        return self.state in {State.SENT, State.POSTED}


@dataclass(frozen=True, slots=True)
class NumberHolder:
    """The form of QuickBooks that has the order's number already, as the look-up found it."""

    txn_id: str
    number: str
    customer: str
    total: str
    dated: str


def keap_lines(sale: SalesOrder, settings: Settings) -> tuple[KeapLine, ...]:
    """Its lines with what each comes to after discounts."""
    found = line_amounts(sale, settings)
    amounts = (
        tuple(int(line.quantity * line.unit_price) for line in sale.lines)
        if isinstance(found, Hold)
        else found.amounts
    )
    return tuple(
        KeapLine(line.name, line.sku, line.quantity, shown(line.unit_price), shown(amount))
        for line, amount in zip(sale.lines, amounts, strict=True)
    )


def quickbooks_side(loaded: LoadedOrder) -> QuickBooksSide | None:
    """None where nothing was ever planned."""
    sale, planned = loaded.sale, loaded.planned
    if sale is None:
        return None
    side = QuickBooksSide(
        form=called(sale.kind),
        state=sale.state,
        number=sale.number,
        customer="",
        total=shown(sale.amount),
        lines=(),
        linked=sale.linked,
        txn_id=sale.record_id,
        is_paid=sale.kind is Kind.SALES_RECEIPT,
    )
    if planned is None:
        return side
    is_cut = planned.full_number not in {"", planned.number} and bool(planned.number)
    return QuickBooksSide(
        form=side.form,
        state=side.state,
        number=side.number,
        customer=loaded.called(planned.customer, "Customer"),
        total=side.total,
        lines=tuple(
            QuickBooksLine(
                loaded.called(line.item, "Item"),
                line.description,
                line.quantity,
                f"{line.amount:,.2f}",
                sentence(line.why),
            )
            for line in planned.lines
        ),
        linked=side.linked,
        txn_id=side.txn_id,
        why_customer=sentence(planned.why),
        full_number=planned.full_number if is_cut else "",
        placed_on=planned.placed_on,
        tax=shown(planned.tax) if planned.tax_item_list_id else "",
        tax_item=loaded.named("Item", planned.tax_item_list_id),
        is_paid=side.is_paid,
        method=loaded.named("PaymentMethod", planned.method_list_id),
        deposit_to=loaded.named("Account", planned.deposit_account_list_id),
    )


def number_holder(loaded: LoadedOrder) -> NumberHolder | None:
    """Who has the number, while the order waits because of that."""
    sale = loaded.sale
    if sale is None or sale.cause != NUMBER_TAKEN:
        return None
    details = sale.details
    return NumberHolder(
        details.get("other_txn_id", ""),
        details.get("number", sale.number),
        details.get("other_customer", ""),
        details.get("other_total", ""),
        details.get("other_date", ""),
    )
