"""Which QuickBooks item a tax goes to: what a person mapped, by label, state or rate. Pure."""

import re
from collections.abc import Collection
from decimal import Decimal

from qbwc_service.matching.company import Company, ListEntry
from qbwc_service.matching.keys import loose_key
from qbwc_service.matching.keys import tax_key as line_key
from qbwc_service.matching.list_entries import still_there
from qbwc_service.planning.order import SalesOrder
from qbwc_service.planning.plan import Hold

#: with one of these QuickBooks reckons the tax of a whole invoice
SALES_TAX_KINDS = frozenset({"SalesTax", "SalesTaxGroup"})
#: one of these can stand in a line with Keap's amount
TAX_LINE_KINDS = frozenset({"OtherCharge", "Service", "NonInventory"})

_KEY_LIMIT = 200
_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%?")
_STATES = (
    "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,"
    "DE Delaware,DC District of Columbia,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,"
    "IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,"
    "MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,"
    "NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,"
    "OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,PR Puerto Rico,RI Rhode Island,"
    "SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,"
    "WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming"
)
_CODE_OF_STATE = {loose_key(each[3:]): each[:2] for each in _STATES.split(",")}


class TaxUnreadable(ValueError):
    """What was written names no tax; the text says how to write one."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f'"{text}" names no tax: write a rate ("rate:8.25"), a state ("state:AZ") or the label '
            'of the tax in Keap ("label:County tax").'
        )


def label_key(label: str) -> str:
    """By what Keap calls the tax line; "" for a label without a letter."""
    return line_key(label) if loose_key(label) else ""


def state_key(state: str) -> str:
    """By the state of an address, as code or name: "AZ", "US-AZ" and "Arizona" are one."""
    words = loose_key(state).removeprefix("us ")
    code = _CODE_OF_STATE.get(words, words.upper())
    return f"state:{code}"[:_KEY_LIMIT] if code else ""


def rate_key(rate: Decimal) -> str:
    """By the rate in percent: 8.250 is 8.25."""
    return f"rate:{rate.normalize():f}"


def tax_key(text: str) -> str:
    """The key of "rate:8.25", "state:AZ" or "label:County tax". Raises TaxUnreadable."""
    kind, _, value = (part.strip() for part in text.partition(":"))
    match kind.casefold():
        case "label":
            key = label_key(value)
        case "state":
            key = state_key(value)
        case "rate":
            rate = _RATE.fullmatch(value.replace(",", "."))
            key = rate_key(Decimal(rate[1])) if rate else ""
        case _:
            key = ""
    if not key:
        raise TaxUnreadable(text)
    return key


def tax_state(order: SalesOrder) -> str:
    """Where the goods go decides the tax: the ship-to address, else the bill-to address."""
    for address in (order.ship_to, order.buyer.bill_to):
        if address is not None and address.state.strip():
            return address.state
    return ""


def match_tax_item(
    company: Company,
    *,
    order_id: int,
    label: str = "",
    state: str = "",
    rate: Decimal | None = None,
    kinds: Collection[str] = TAX_LINE_KINDS,
) -> ListEntry | Hold | None:
    """The item mapped to the label, else to the state, else to the rate; None where none is.

    A mapped item of another kind than `kinds` is passed over; one that is gone holds the order.
    """
    keys = (label_key(label), state_key(state), rate_key(rate) if rate is not None else "")
    for key in keys:
        chosen = company.item_of_tax.get(key) if key else None
        if chosen is None:
            continue
        if chosen.entry is not None and chosen.entry.kind and chosen.entry.kind not in kinds:
            continue
        return still_there(chosen, f"tax item for {chosen.shown}", order_id=order_id)
    return None
