"""The lines of a sales form: quantity, rate, amount and tax code, with the item's defaults."""

from decimal import Decimal
from typing import Final

from .body import Body, Value, ref_at, text_at
from .context import RequestContext
from .errors import NotSupported
from .records import ListElement
from .references import is_on, refuse_if_off, resolve, resolve_all
from .sales_tax import is_taxable
from .store import Store
from .values import ZERO, amount_text, cents, number_text, price_text

_ORDER: Final = (
    "TxnLineID ItemRef Desc Quantity UnitOfMeasure Rate RatePercent ClassRef Amount ServiceDate "
    "SalesTaxCodeRef Invoiced IsManuallyClosed Other1 Other2"
)
_KEPT_AS_SENT: Final = (
    "UnitOfMeasure",
    "ClassRef",
    "ServiceDate",
    "IsManuallyClosed",
    "Other1",
    "Other2",
)
_AMOUNTS: Final = ("Quantity", "Rate", "RatePercent", "Amount")
_UNSUPPORTED: Final = ("LinkToTxn", "PriceLevelRef", "DataExt")


def new_lines(
    context: RequestContext, wanted: list[Body], header: Body, owner: str
) -> tuple[list[Body], bool]:
    """The lines as QuickBooks keeps them, and whether a Rate was ignored for an Amount.

    `owner` names them in a refusal, for example "Invoice line".
    """
    lines: list[Body] = []
    rate_ignored = False
    for line in wanted:
        rate_ignored = rate_ignored or ("Rate" in line and "Amount" in line)
        lines.append(new_line(context, line, header, lines[-1] if lines else {}, owner))
    return lines, rate_ignored


def new_line(context: RequestContext, wanted: Body, header: Body, above: Body, owner: str) -> Body:
    """One line from the elements of its Add; `above` is the line before it, or empty."""
    for name in _UNSUPPORTED:
        if name in wanted:
            raise NotSupported(f"{name} in a {owner}")
    store = context.store
    refuse_if_off(store, wanted)
    ref = wanted.get("ItemRef")
    item = resolve(store, "ItemRef", ref, owner) if isinstance(ref, dict) else None
    body = resolve_all(store, {k: v for k, v in wanted.items() if k != "ItemRef"}, owner)
    line: Body = {"TxnLineID": context.new_id("txn", "last txn id")}
    if item is not None:
        line["ItemRef"] = {"ListID": item.list_id}
    if description := text_at(body, "Desc") or (_sales_text(item) if item else ""):
        line["Desc"] = description
    line |= _amounts(body, item, above)
    line |= {name: body[name] for name in _KEPT_AS_SENT if name in body}
    if item is not None and is_on(store, "sales tax"):
        line["SalesTaxCodeRef"] = _line_code(store, body, item, header)
    return {name: line[name] for name in _ORDER.split() if name in line}


def changed_line(
    context: RequestContext, old: Body, wanted: Body, header: Body, above: Body
) -> Body:
    """A line after InvoiceLineMod: what is absent stays, amounts are reckoned from what was sent.

    An Amount alone keeps the quantity, a Rate or a Quantity alone keeps the other.
    """
    sent = [name for name in _AMOUNTS if name in wanted]
    kept = {name: value for name, value in old.items() if name not in _replaced_by(wanted, old)}
    merged = {**kept, **wanted}
    merged.pop("OverrideUOMSetRef", None)
    if "ItemRef" in wanted and "Desc" not in wanted:
        merged.pop("Desc", None)
    line = new_line(context, merged, header, above, "Invoice line")
    if not sent and "RatePercent" not in old:
        line = {name: value for name, value in line.items() if name not in _AMOUNTS}
        line |= {name: old[name] for name in _AMOUNTS if name in old}
    line["TxnLineID"] = old["TxnLineID"]
    return {name: line[name] for name in _ORDER.split() if name in line}


def _replaced_by(wanted: Body, old: Body) -> tuple[str, ...]:
    """The amounts of a line that what was sent makes void."""
    if "Amount" in wanted:
        return ("Rate", "RatePercent")
    if "Rate" in wanted or "RatePercent" in wanted:
        return ("Rate", "RatePercent", "Amount")
    has_rate = "Rate" in old or "RatePercent" in old
    return ("Amount",) if "Quantity" in wanted and has_rate else ()


def _line_code(store: Store, body: Body, item: ListElement, header: Body) -> Value:
    if "SalesTaxCodeRef" in body:
        return body["SalesTaxCodeRef"]
    if not is_taxable(store, ref_at(header, "CustomerSalesTaxCodeRef")):
        return header["CustomerSalesTaxCodeRef"]
    code = ref_at(item.body, "SalesTaxCodeRef") or store.fact("taxable code")
    return {"ListID": code}


def _amounts(body: Body, item: ListElement | None, above: Body) -> Body:
    """Quantity, Rate and Amount of a line: Amount wins over Rate (qbXML OSR: InvoiceLineAdd)."""
    quantity = Decimal(text_at(body, "Quantity")) if "Quantity" in body else None
    amounts: Body = {} if quantity is None else {"Quantity": number_text(quantity)}
    if "RatePercent" in body:
        percent = Decimal(text_at(body, "RatePercent"))
        amount = cents(Decimal(text_at(above, "Amount") or 0) * percent / 100)
        return {**amounts, "RatePercent": number_text(percent), "Amount": amount_text(amount)}
    if "Amount" in body:
        amount = Decimal(text_at(body, "Amount"))
        if quantity:
            amounts["Rate"] = price_text(amount / quantity)
        return {**amounts, "Amount": amount_text(amount)}
    rate = Decimal(text_at(body, "Rate")) if "Rate" in body else _sales_price(item)
    if rate is None:
        return {**amounts, "Amount": amount_text(ZERO)}
    amount = cents(rate * (Decimal(1) if quantity is None else quantity))
    return {**amounts, "Rate": price_text(rate), "Amount": amount_text(amount)}


def _price_part(item: ListElement) -> Body:
    for name in ("SalesOrPurchase", "SalesAndPurchase"):
        part = item.body.get(name)
        if isinstance(part, dict):
            return part
    return item.body


def _sales_text(item: ListElement) -> str:
    part = _price_part(item)
    return text_at(part, "Desc") or text_at(part, "SalesDesc") or text_at(item.body, "ItemDesc")


def _sales_price(item: ListElement | None) -> Decimal | None:
    if item is None:
        return None
    part = _price_part(item)
    text = text_at(part, "Price") or text_at(part, "SalesPrice")
    return Decimal(text) if text else None
