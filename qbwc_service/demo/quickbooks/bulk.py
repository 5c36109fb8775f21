"""A big company file, made fast: past the name rules, which its names keep by themselves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from .body import Body
from .company import Company
from .context import RequestContext
from .custom_fields import custom_field
from .lists import add_element
from .records import ITEMS, ListElement, ListName

_COUNTER: Final = "last list id"
_CITIES: Final = ("Phoenix", "Mesa", "Tucson", "Yuma", "Flagstaff")
_AGE: Final = timedelta(days=3)
_JOB_EVERY: Final = 20
_INACTIVE_EVERY: Final = 50


def fill(company: Company, *, customers: int = 0, items: int = 0) -> None:
    """So many customers (one of twenty a job) and items (one of ten in a group), made and last
    changed some days ago."""
    with company.lock, company.store.transaction():
        today = company.context()
        context = replace(today, now=today.now - _AGE)
        group = _group(context) if items else None
        store = context.store
        first = int(store.fact(_COUNTER) or 0)
        store.set_fact(_COUNTER, str(first + customers + items))
        ids = (
            f"{0x80000000 + first + number:X}-{context.edit_sequence}"
            for number in range(1, customers + items + 1)
        )
        for element in _customers(context, customers, ids):
            store.lists.save(element)
        for element in _items(context, items, ids, group):
            store.lists.save(element)


def _group(context: RequestContext) -> ListElement:
    return add_element(context, ListName.ITEM_INVENTORY, {"Name": "Catalogue"}, ITEMS)


def _customers(context: RequestContext, count: int, ids: Iterator[str]) -> Iterator[ListElement]:
    parent: ListElement | None = None
    for number in range(1, count + 1):
        is_job = parent is not None and number % _JOB_EVERY == 0
        made = _element(
            context,
            ListName.CUSTOMER,
            next(ids),
            f"Job {number:06}" if is_job else f"Family{number:06}, Given{number % 997}",
            parent if is_job else None,
            number,
            _customer_body(number),
        )
        parent = parent if is_job else made
        yield made


def _customer_body(number: int) -> Body:
    return {
        "CompanyName": f"Company {number // 3:06} Inc" if number % 3 else "",
        "FirstName": f"Given{number % 997}",
        "LastName": f"Family{number:06}",
        "BillAddress": {
            "Addr1": f"{number} Main Street",
            "City": _CITIES[number % len(_CITIES)],
            "State": "AZ",
            "PostalCode": "85004",
        },
        "Phone": "602-555-0142",
        "Email": f"person{number}@example.com",
    }


def _items(
    context: RequestContext, count: int, ids: Iterator[str], group: ListElement | None
) -> Iterator[ListElement]:
    for number in range(1, count + 1):
        body: Body = {
            "BarCodeValue": f"{4_000_000_000_000 + number}",
            "ManufacturerPartNumber": f"PN-{number}",
            "SalesPrice": "12.00",
            "DataExtRet": [custom_field("Shop SKU", f"S{number}")],
        }
        parent = group if number % 10 == 0 else None
        yield _element(
            context, ListName.ITEM_INVENTORY, next(ids), f"SKU-{number:06}", parent, number, body
        )


def _element(
    context: RequestContext,
    list_name: ListName,
    list_id: str,
    name: str,
    parent: ListElement | None,
    number: int,
    body: Body,
) -> ListElement:
    return ListElement(
        list_name,
        list_id,
        name,
        f"{parent.full_name}:{name}" if parent else name,
        parent.list_id if parent else "",
        bool(number % _INACTIVE_EVERY),
        context.stamp,
        context.stamp,
        context.edit_sequence,
        body,
    )
