"""Custom and private fields (DataExt): what comes back with a record, and a new value for one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from qbxml_builders.elements import Element, Request
from qbxml_builders.fields import Fields

TxnDataExtType = Literal[
    "ARRefundCreditCard",
    "Check",
    "CreditMemo",
    "Invoice",
    "ReceivePayment",
    "SalesOrder",
    "SalesReceipt",
]

# OwnerID of the fields that people define themselves; 0 also comes back as an empty GUID.
CUSTOM = ("0", "{00000000-0000-0000-0000-000000000000}")


@dataclass(frozen=True, slots=True)
class DataExt:
    """A custom or private field; our FileID is one under our OwnerID."""

    owner_id: str
    name: str
    value: str

    @property
    def is_custom(self) -> bool:
        """Whether people defined the field themselves, and see it."""
        return self.owner_id in CUSTOM


def data_ext(fields: Fields) -> DataExt:
    """One DataExtRet."""
    return DataExt(
        owner_id=fields.text("OwnerID"),
        name=fields.text("DataExtName"),
        value=fields.text("DataExtValue"),
    )


def extra_fields(record: Fields) -> Iterator[DataExt]:
    """The extra fields of a record: they come only where the query names their OwnerID."""
    return map(data_ext, record.each("DataExtRet"))


def data_ext_elements(fields: Iterable[DataExt]) -> Iterator[Element]:
    """The fields as a new line takes them; each must be defined in QuickBooks before (3121)."""
    for ext in fields:
        yield Element("DataExt", (*_name(ext), Element("DataExtValue", ext.value)))


def data_ext_mod(
    request_id: str, txn_type: TxnDataExtType, txn_id: str, name: str, value: str
) -> Request:
    """The request that fills a custom field of a transaction, whether it holds a value or not.

    The field is found by ``name`` (31 characters) and must be defined in QuickBooks before (3121,
    or 3351 where such transactions have none). Source: qbXML OSR, DataExtMod.
    """
    content = (
        *_name(DataExt(CUSTOM[0], name, value)),
        Element("TxnDataExtType", txn_type),
        Element("TxnID", txn_id),
        Element("DataExtValue", value),
    )
    return Request(request_id, Element("DataExtModRq", (Element("DataExtMod", content),)))


def _name(ext: DataExt) -> tuple[Element, Element]:
    return Element("OwnerID", ext.owner_id), Element("DataExtName", ext.name)
