"""What our copy of QuickBooks' lists keeps of a record, and what the record is found by. Pure."""

from typing import Any

from qbwc_service.ledger.company_slice import ITEM_LIST
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST, contact_stored
from qbwc_service.matching.keys import KeyKind, custom_field_key, customer_keys, name_key
from qbxml_builders.records import CustomerRecord, EntityRecord, ItemRecord, ListRecord

MirroredRecord = CustomerRecord | EntityRecord | ItemRecord | ListRecord


def list_of(record: MirroredRecord) -> str:
    """The list that it is kept in."""
    match record:
        case CustomerRecord():
            return CUSTOMER_LIST
        case ItemRecord():
            return ITEM_LIST
        case EntityRecord():
            return record.kind
        case ListRecord():
            return record.list


def columns_of(record: MirroredRecord) -> dict[str, Any]:
    """The record as columns of its row, all that come from QuickBooks."""
    full_name = getattr(record, "full_name", "") or record.name
    return {
        "name": record.name,
        "full_name": full_name,
        "name_key": name_key(record.name),
        "full_name_key": name_key(full_name),
        "is_active": record.is_active is not False,
        "details": details_of(record),
        "edit_sequence": record.edit_sequence,
        "time_modified": record.time_modified[:19],
    }


def details_of(record: MirroredRecord) -> dict[str, Any]:
    """What else than its names is kept of a record."""
    values: dict[str, Any]
    match record:
        case CustomerRecord():
            values = {
                "email": record.email,
                "company": record.company_name,
                "first": record.first_name,
                "last": record.last_name,
                "city": record.bill_address.city,
                "currency": record.currency,
                "guid": record.external_guid,
                "contact": contact_stored(record.phone, record.bill_address),
            }
        case ItemRecord():
            values = {
                "kind": record.kind,
                "guid": record.external_guid,
                "part_number": record.part_number,
                "barcode": record.barcode,
                "custom_fields": dict(record.custom_fields),
                "tax_rate": "" if record.tax_rate is None else f"{record.tax_rate.normalize():f}",
                "tax_items": list(record.tax_items),
            }
        case ListRecord():
            values = dict(record.extra)
        case EntityRecord():
            values = {"company": record.company_name}
    return {key: value for key, value in values.items() if value}


def keys_of(record: MirroredRecord) -> frozenset[tuple[KeyKind, str]]:
    """What matching finds it by."""
    found: set[tuple[KeyKind, str]] = set()
    if not isinstance(record, EntityRecord) and record.parent_list_id:
        found.add((KeyKind.PARENT, record.parent_list_id))
    match record:
        case CustomerRecord():
            found |= customer_keys(
                record.name,
                first_name=record.first_name,
                last_name=record.last_name,
                company=record.company_name,
                email=record.email,
            )
        case ItemRecord():
            found |= _item_keys(record)
    return frozenset(found)


def _item_keys(record: ItemRecord) -> set[tuple[KeyKind, str]]:
    numbers = {
        (KeyKind.PART_NUMBER, name_key(record.part_number)),
        (KeyKind.BARCODE, name_key(record.barcode)),
    }
    fields = {
        (KeyKind.CUSTOM_FIELD, custom_field_key(name, value))
        for name, value in record.custom_fields.items()
        if value.strip()
    }
    return {number for number in numbers if number[1]} | fields
