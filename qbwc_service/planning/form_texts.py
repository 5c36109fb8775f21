"""The texts on a form: memo, P.O. number, Other and custom fields, out of the order's fields. Pure.

Field lengths: qbXML OSR, InvoiceAdd (Memo 4095, PONumber 25, Other 29).
"""

import re

from qbwc_service.planning.numbers import Number
from qbwc_service.planning.order import SalesOrder
from qbwc_service.settings import Settings, custom_fields
from qbxml_builders.text import shorten, to_quickbooks

MEMO_LIMIT = 4095
PO_NUMBER_LIMIT = 25
OTHER_LIMIT = 29
#: of a custom field of type text (qbXML OSR: DataExtValue)
CUSTOM_FIELD_LIMIT = 255

_FIELD = re.compile(r"\{(\w+)\}")
#: what is left between commas where a field is empty
_EMPTY_PART = re.compile(r"(?:^|, )\s*(?=,|$)")


def memo(order: SalesOrder, settings: Settings, number: Number) -> str:
    """As settings word it; a number that was cut, or that QuickBooks gives, is added whole."""
    text = filled(settings.memo, order)
    if number.is_cut and not re.search(rf"(?<!\w){re.escape(number.full)}(?!\w)", text):
        text = f"{text}, number {number.full}" if text else f"Number {number.full}"
    return shorten(text, MEMO_LIMIT).text


def po_number(order: SalesOrder, settings: Settings) -> str:
    return shorten(filled(settings.po_number, order), PO_NUMBER_LIMIT).text


def other(order: SalesOrder, settings: Settings) -> str:
    return shorten(filled(settings.other_field, order), OTHER_LIMIT).text


def custom_field_values(order: SalesOrder, settings: Settings) -> dict[str, str]:
    """Name in QuickBooks -> value; empty ones are left out, so that nothing is blanked."""
    known = _fields(order)
    values: dict[str, str] = {}
    for name, source in custom_fields(settings.custom_fields).items():
        kind, _, number = source.partition(":")
        text = order.custom_fields.get(number, "") if kind == "custom" else known.get(source, "")
        if cleaned := to_quickbooks(text).text:
            values[name] = shorten(cleaned, CUSTOM_FIELD_LIMIT).text
    return values


def filled(template: str, order: SalesOrder) -> str:
    """The template with the order's fields; parts between commas that came out empty are left
    out, so that nobody reads ", ,"."""
    known = _fields(order)
    text = _FIELD.sub(lambda found: known.get(found[1], ""), template)
    return to_quickbooks(_EMPTY_PART.sub("", text)).text.strip(" ,")


def _fields(order: SalesOrder) -> dict[str, str]:
    name = f"{order.buyer.first_name} {order.buyer.last_name}".strip()
    return {
        "order": str(order.order_id),
        "invoice": order.invoice_id or "-",
        "title": order.title.strip(),
        "notes": order.notes.strip(),
        "promo": order.promo_code,
        "source": order.source or order.order_type,
        "contact": order.buyer.company or name or order.buyer.email,
    }
