"""An order in Keap beside its form in QuickBooks, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from qbwc_service.admin.loaded_order import LoadedOrder
from qbwc_service.ledger.form_picture import FormPicture, form_picture
from qbwc_service.ledger.kind_words import called
from qbwc_service.ledger.models import KeapOrder
from qbwc_service.ledger.states import State
from qbwc_service.planning.lines import line_amounts
from qbwc_service.planning.money import shown
from qbwc_service.planning.order import PostalAddress, SalesOrder
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
class KeapSide:
    """The order as Keap has it; totals in minor units. `lines_total` is what its lines come to."""

    order_id: int
    invoice_id: str
    placed_on: date | None
    customer: str
    company: str
    email: str
    bill_to: tuple[str, ...]
    lines: tuple[KeapLine, ...]
    lines_total: int
    total: int
    paid: int


@dataclass(frozen=True, slots=True)
class QuickBooksSide:
    """The form: planned, on its way or there. `form` is None where no plan is known."""

    #: "Invoice", "Sales receipt" or "Sales order"
    called: str
    state: State
    #: "" while QuickBooks has not given one
    number: str
    #: in minor units, as QuickBooks has it or is to come to
    total: int
    linked: bool
    txn_id: str
    form: FormPicture | None

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
    return tuple(
        KeapLine(line.name, line.sku, line.quantity, shown(line.unit_price), shown(amount))
        for line, amount in zip(sale.lines, _amounts(sale, settings), strict=True)
    )


def _amounts(sale: SalesOrder, settings: Settings) -> Sequence[int]:
    found = line_amounts(sale, settings)
    if isinstance(found, Hold):
        return [int(line.quantity * line.unit_price) for line in sale.lines]
    return found.amounts


def keap_side(order: KeapOrder, sale: SalesOrder, settings: Settings) -> KeapSide:
    """`sale` with its contact as last read."""
    return KeapSide(
        order_id=order.keap_id,
        invoice_id=order.invoice_id,
        placed_on=order.order_date,
        customer=order.customer_name,
        company=sale.buyer.company,
        email=sale.buyer.email,
        bill_to=_address(sale.buyer.bill_to),
        lines=keap_lines(sale, settings),
        lines_total=sum(_amounts(sale, settings)),
        total=order.total,
        paid=order.total_paid or 0,
    )


def _address(address: PostalAddress | None) -> tuple[str, ...]:
    if address is None:
        return ()
    region = " ".join(part for part in (address.state, address.postal_code) if part)
    place = ", ".join(part for part in (address.city, region) if part)
    lines = (address.name, address.company, *address.street, place, address.country)
    return tuple(line for line in lines if line)


def quickbooks_side(loaded: LoadedOrder) -> QuickBooksSide | None:
    """None where nothing was ever planned."""
    sale, planned = loaded.sale, loaded.planned
    if sale is None:
        return None
    form = form_picture(planned, loaded.planned_rows, loaded.names) if planned else None
    if form is not None and form.number != sale.number:
        # QuickBooks gave the number, or shortened it.
        form = replace(form, number=sale.number)
    if form is not None and form.found_by == "new" and sale.record_id:
        form = replace(form, found_by="made", why_customer="")
    return QuickBooksSide(
        called=called(sale.kind),
        state=sale.state,
        number=sale.number,
        total=sale.amount,
        linked=sale.linked,
        txn_id=sale.record_id,
        form=form,
    )


def number_holder(loaded: LoadedOrder) -> NumberHolder | None:
    """Who has the number, while the order waits because of that."""
    sale = loaded.sale
    if sale is None or sale.cause != NUMBER_TAKEN:
        return None
    return holder_from({"number": sale.number, **sale.details})


def holder_from(details: Mapping[str, str]) -> NumberHolder:
    """As the details of the hold tell it."""
    return NumberHolder(
        details.get("other_txn_id", ""),
        details.get("number", ""),
        details.get("other_customer", ""),
        details.get("other_total", ""),
        details.get("other_date", ""),
    )
