"""Custom and private fields (DataExt): what comes back with a record, and a new value for one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from qbxml_builders.elements import Element, Request
from qbxml_builders.fields import Fields
from qbxml_builders.refs import target

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
    request_id: str,
    txn_type: TxnDataExtType,
    txn_id: str,
    name: str,
    value: str,
    *,
    owner_id: str = CUSTOM[0],
) -> Request:
    """The request that fills a field of a transaction, whether it holds a value or not.

    The field is found by ``name`` (31 characters) and must be defined in QuickBooks before (3121,
    or 3351 where such transactions have none). Source: qbXML OSR, DataExtMod.
    """
    return _data_ext(
        "DataExtMod", request_id, txn_type, Element("TxnID", txn_id), DataExt(owner_id, name, value)
    )


def data_ext_add(
    request_id: str,
    txn_type: TxnDataExtType,
    macro: str,
    name: str,
    value: str,
    *,
    owner_id: str = CUSTOM[0],
) -> Request:
    """The request that fills a field of a transaction which the same set makes: only this one can
    name it by its macro.

    Refused where the field holds a value already, perhaps its customer's: then ``data_ext_mod``.
    Source: qbXML OSR and XSD 13.0, DataExtAdd.
    """
    made = target("TxnID", "", macro)
    return _data_ext("DataExtAdd", request_id, txn_type, made, DataExt(owner_id, name, value))


def _data_ext(
    tag: str, request_id: str, txn_type: str, transaction: Element, ext: DataExt
) -> Request:
    content = (
        *_name(ext),
        Element("TxnDataExtType", txn_type),
        transaction,
        Element("DataExtValue", ext.value),
    )
    return Request(request_id, Element(f"{tag}Rq", (Element(tag, content),)))


def _name(ext: DataExt) -> tuple[Element, Element]:
    return Element("OwnerID", ext.owner_id), Element("DataExtName", ext.name)
