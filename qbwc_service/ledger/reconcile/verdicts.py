"""Is a posting in QuickBooks as it was posted? Pure; amounts are integer minor units.

A field is right when it is what was meant, or what a person has found right since. An EditSequence
that moved says only that somebody pressed Save & Close, so it is not looked at.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from qbwc_service.planning.money import shown

#: a posted record is not what was posted any more
CHANGED = "changed-in-quickbooks"


class Field(StrEnum):
    """What can differ, in the order in which it is told."""

    CUSTOMER = "customer"
    NUMBER = "number"
    DATE = "date"
    TOTAL = "total"
    #: more is open than the payments and credits that we posted leave
    BALANCE = "open"


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as QuickBooks shows it; `remaining` is None where nothing of it can be open."""

    number: str
    customer_list_id: str
    customer_name: str
    day: date | None
    total: int
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """A record as we posted it.

    `customers`: the ListIDs that are right, none where it is not known whose it is; `customer_name`
    the full name of the first, for people. `settled`: what our payments and credits take off it,
    None where that cannot be told.
    """

    number: str
    day: date | None
    total: int
    customers: Collection[str] = ()
    customer_name: str = ""
    settled: int | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person found right.

    `off`: how far what is open differs from what we know. `applied`: how much of it was taken for
    something else, of a payment the part that is on invoices; None where nothing of it can be open.
    """

    number: str
    customer: str
    day: date | None
    total: int
    off: int = 0
    applied: int | None = None


def agreed_from(stored: Mapping[str, Any]) -> Agreed | None:
    """The stored JSON; None where nothing was ever agreed on."""
    return msgspec.convert(stored, Agreed) if "total" in stored else None


def agree(found: Shown, settled: int | None) -> dict[str, Any]:
    """All that QuickBooks shows now is right; as JSON-ready values."""
    off = _off(found, settled) or 0
    applied = None if found.remaining is None else found.total - found.remaining
    agreed = Agreed(found.number, found.customer_list_id, found.day, found.total, off, applied)
    values: dict[str, Any] = msgspec.to_builtins(agreed)
    return values


def changes(
    found: Shown, meant: Meant, agreed: Agreed | None, *, linked: bool = False
) -> tuple[Field, ...]:
    """What is neither as meant nor as agreed. Of a `linked` record, which somebody else made,
    only what was agreed counts."""
    known = [] if linked else [meant]
    numbers = {each.number for each in known} | ({agreed.number} if agreed else set())
    days = {each.day for each in known} | ({agreed.day} if agreed else set())
    totals = {each.total for each in known} | ({agreed.total} if agreed else set())
    wrong = {
        Field.CUSTOMER: not _is_right_customer(found, meant, agreed, linked=linked),
        Field.NUMBER: found.number not in numbers and "" not in numbers,
        Field.DATE: found.day not in days and None not in days,
        Field.TOTAL: found.total not in totals,
        Field.BALANCE: _is_open_again(found, meant, agreed),
    }
    return tuple(field for field in Field if wrong[field])


def side_by_side(
    found: Shown, meant: Meant, agreed: Agreed | None, fields: Collection[Field]
) -> dict[str, tuple[str, str]]:
    """For each of the fields, in words: as posted (or agreed), and as QuickBooks shows it."""
    right = agreed or Agreed(meant.number, "", meant.day, meant.total)
    expected = found.total - (meant.settled or 0) - right.off
    texts = {
        Field.CUSTOMER: (meant.customer_name or "another customer", found.customer_name),
        Field.NUMBER: (right.number, found.number or "none"),
        Field.DATE: (_day(right.day), _day(found.day)),
        Field.TOTAL: (shown(right.total), shown(found.total)),
        Field.BALANCE: (shown(expected), shown(found.remaining or 0)),
    }
    return {field.value: texts[field] for field in Field if field in fields}


def _is_right_customer(found: Shown, meant: Meant, agreed: Agreed | None, *, linked: bool) -> bool:
    if agreed and found.customer_list_id == agreed.customer:
        return True
    if linked or not meant.customers:
        return not (linked and agreed)
    # A customer and its jobs count as one.
    job_of = f"{meant.customer_name}:" if meant.customer_name else "\0"
    return found.customer_list_id in meant.customers or found.customer_name.startswith(job_of)


def _is_open_again(found: Shown, meant: Meant, agreed: Agreed | None) -> bool:
    """Less was taken off than we posted: a payment or credit was taken away. More is no change of
    the record: people receive payments in QuickBooks too."""
    off = _off(found, meant.settled)
    return off is not None and off < min(0, agreed.off if agreed else 0)


def _off(found: Shown, settled: int | None) -> int | None:
    """How much more was taken off than we know of; None where that cannot be told."""
    if found.remaining is None or settled is None:
        return None
    return found.total - settled - found.remaining


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "none"
