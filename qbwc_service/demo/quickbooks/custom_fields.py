"""DataExtAdd and DataExtMod: custom fields (OwnerID 0) of sales forms."""

from typing import Final

from .body import Body, bodies_at, element_of
from .context import RequestContext
from .errors import NotSupported, Refused
from .grammar import Element, children
from .message import Answer
from .paging import value_at
from .records import Txn, TxnType
from .store import Store
from .txn_rules import not_found, touch
from .values import key_of

_FORMS: Final = (TxnType.INVOICE, TxnType.SALES_RECEIPT, TxnType.CREDIT_MEMO)
_NOT_ASSIGNABLE: Final = 3351
_NOT_ADDED: Final = (3180, "saving")
_NOT_MODIFIED: Final = (3170, "modifying")
_LONGEST_VALUE: Final = 255


def field_fact(name: str) -> str:
    """The fact under which the company keeps that it has such a field."""
    return f"custom field {key_of(name)}"


def custom_field(name: str, value: str) -> Body:
    """A field that a person has defined (qbXML OSR: OwnerID 0)."""
    return {
        "OwnerID": "0",
        "DataExtName": name,
        "DataExtType": "STR255TYPE",
        "DataExtValue": value,
    }


def add_field(context: RequestContext, request: Element) -> Answer:
    """DataExtAdd: refused (3180) where the field has a value already, unlike DataExtMod."""
    return _set_field(context, request, _NOT_ADDED)


def modify_field(context: RequestContext, request: Element) -> Answer:
    """DataExtMod: takes the place of the value, or is the first one."""
    return _set_field(context, request, _NOT_MODIFIED)


def _set_field(context: RequestContext, request: Element, refusal: tuple[int, str]) -> Answer:
    wanted = children(request)[0]
    if value_at(wanted, "OwnerID") != "0" or wanted.find("TxnDataExtType") is None:
        raise NotSupported("custom fields of lists, and private data")
    txn = _form(context, wanted)
    asked, value = value_at(wanted, "DataExtName"), value_at(wanted, "DataExtValue")
    name = context.store.fact(field_fact(asked))
    others = [one for one in bodies_at(txn.body, "DataExtRet") if one["DataExtName"] != name]
    has_value = len(others) < len(bodies_at(txn.body, "DataExtRet"))
    if reason := _against(context.store, name, value, taken=has_value and refusal is _NOT_ADDED):
        code, verb = refusal
        raise Refused(
            code,
            f'There was an error when {verb} a data extension named "{asked}".  QuickBooks error '
            f"message: {reason}",
        )
    field = custom_field(name, value)
    txn.body["DataExtRet"] = [*others, field]
    context.store.txns.save(txn)
    touch(context, txn.txn_id)
    return Answer(content=(element_of("DataExtRet", field),))


def _against(store: Store, name: str, value: str, *, taken: bool) -> str:
    """Why the value is not kept; "" where it is."""
    if not name:
        return "No custom field of that name is defined in this company."
    if len(value) > _LONGEST_VALUE:
        return "The value is too long for this field."
    return "The field has a value already." if taken else ""


def _form(context: RequestContext, wanted: Element) -> Txn:
    if wanted.find("TxnLineID") is not None:
        raise NotSupported("custom fields of lines")
    element = wanted.find("TxnID")
    txn_id = "" if element is None else context.id_in(element)
    txn = context.store.txns.get(txn_id)
    if txn is None or txn.txn_type != value_at(wanted, "TxnDataExtType"):
        raise not_found(txn_id)
    if txn.txn_type not in _FORMS:
        raise Refused(_NOT_ASSIGNABLE, f"A custom field cannot be assigned to a {txn.txn_type}.")
    return txn
