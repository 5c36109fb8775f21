"""CustomerAdd, CustomerMod and the item Adds, with the rules of names."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from .body import Body, body_of, text_at
from .context import RequestContext
from .errors import Refused
from .grammar import Element, children
from .message import Answer
from .records import ENTITIES, ITEMS, ListElement, ListName, name_space
from .references import resolve_all, resolve_parent
from .rendering import address_block, keep_only, list_ret
from .values import is_true, key_of

_COLON: Final = (
    "QuickBooks error message: Names in this list cannot contain a colon.  The colon is a special "
    "character used to indicate a parent/child relationship."
)
_ADDRESSES: Final = ("BillAddress", "ShipAddress")


def add_customer(context: RequestContext, request: Element) -> Answer:
    """CustomerAdd: the name is shared with vendors, employees and other names."""
    return _add(context, request, ListName.CUSTOMER, ENTITIES)


def add_service_item(context: RequestContext, request: Element) -> Answer:
    return _add(context, request, ListName.ITEM_SERVICE, ITEMS)


def add_non_inventory_item(context: RequestContext, request: Element) -> Answer:
    return _add(context, request, ListName.ITEM_NON_INVENTORY, ITEMS)


def add_other_charge_item(context: RequestContext, request: Element) -> Answer:
    return _add(context, request, ListName.ITEM_OTHER_CHARGE, ITEMS)


def _add(
    context: RequestContext,
    request: Element,
    list_name: ListName,
    name_space: Sequence[ListName],
) -> Answer:
    wanted = body_of(children(request)[0])
    element = add_element(context, list_name, wanted, name_space)
    return _element_answer(context, request, element)


def add_element(
    context: RequestContext, list_name: ListName, wanted: Body, name_space: Sequence[ListName]
) -> ListElement:
    """Makes a list element from the children of its Add; raises Refused for a bad name."""
    body = dict(wanted)
    name = text_at(body, "Name").strip()
    parent_ref = body.pop("ParentRef", {})
    parent = (
        resolve_parent(context.store, parent_ref, (list_name,))
        if isinstance(parent_ref, dict) and parent_ref
        else None
    )
    is_active = "IsActive" not in body or is_true(text_at(body, "IsActive"))
    for taken in ("Name", "IsActive"):
        body.pop(taken, None)
    kept = with_address_blocks(resolve_all(context.store, body, f"{list_name} list"))
    full_name = f"{parent.full_name}:{name}" if parent else name
    _refuse_bad_name(context, list_name, name, full_name, name_space)
    element = ListElement(
        list_name,
        context.new_id("list", "last list id"),
        name,
        full_name,
        parent.list_id if parent else "",
        is_active,
        context.stamp,
        context.stamp,
        context.edit_sequence,
        kept,
    )
    context.store.lists.save(element)
    return element


def modify_customer(context: RequestContext, request: Element) -> Answer:
    """CustomerMod: absent is unchanged, empty is cleared, an address is replaced as a whole."""
    wanted = body_of(children(request)[0])
    list_id, sequence = text_at(wanted, "ListID"), text_at(wanted, "EditSequence")
    old = context.store.lists.get(list_id)
    if old is None or old.list_name is not ListName.CUSTOMER:
        raise Refused(3120, f'Object "{list_id}" specified in the request cannot be found.')
    if sequence != old.edit_sequence:
        raise Refused(3200, f'The provided edit sequence "{sequence}" is out-of-date.')
    name = text_at(wanted, "Name").strip() or old.name
    is_active = is_true(text_at(wanted, "IsActive")) if "IsActive" in wanted else old.is_active
    for taken in ("ListID", "EditSequence", "Name", "IsActive", "ParentRef"):
        wanted.pop(taken, None)
    changes = resolve_all(context.store, wanted, "Customer list")
    body = with_address_blocks({**old.body, **changes})
    renamed = rename_element(context, replace(old, is_active=is_active, body=body), name)
    return _element_answer(context, request, renamed)


def rename_element(context: RequestContext, element: ListElement, name: str) -> ListElement:
    """Saves the element, changed, under `name`; the full names of its children follow."""
    front, _, _ = element.full_name.rpartition(":")
    full_name = f"{front}:{name}" if front else name
    space = name_space(element.list_name)
    if key_of(full_name) != key_of(element.full_name):
        _refuse_bad_name(context, element.list_name, name, full_name, space)
    renamed = replace(
        element,
        name=name,
        full_name=full_name,
        modified=context.stamp,
        edit_sequence=context.edit_sequence,
    )
    context.store.lists.save(renamed)
    for child in context.store.lists.children(element.list_id):
        rename_element(context, replace(child, full_name=f"{full_name}:{child.name}"), child.name)
    return renamed


def _refuse_bad_name(
    context: RequestContext,
    list_name: ListName,
    name: str,
    full_name: str,
    name_space: Sequence[ListName],
) -> None:
    """3090 for a colon, 3100 for a name in use: inactive ones count, letter case does not."""
    if ":" in name:
        field = f"{list_name.value.lower()} name"
        raise Refused(
            3090, f'There was an error when storing "{name}" in the "{field}" field.  {_COLON}'
        )
    if not name:
        raise Refused(3150, 'There is a missing element: "Name".')
    if context.store.lists.named(full_name, name_space) is not None:
        raise Refused(3100, f'The name "{full_name}" of the list element is already in use.')


def with_address_blocks(body: Body) -> Body:
    """Each address also as the lines that are printed."""
    blocks: Body = {}
    for name in _ADDRESSES:
        address = body.get(name)
        if isinstance(address, dict) and address:
            blocks[f"{name}Block"] = address_block(address)
    return {**body, **blocks}


def _element_answer(context: RequestContext, request: Element, element: ListElement) -> Answer:
    """The Ret of an added or modified element, and what error recovery keeps of it."""
    wanted = frozenset(str(e.text) for e in request.iterfind("IncludeRetElement"))
    recovery = {"ListID": element.list_id, "EditSequence": element.edit_sequence}
    if guid := text_at(element.body, "ExternalGUID"):
        recovery["ExternalGUID"] = guid
    return Answer(content=(keep_only(list_ret(context.store, element), wanted),), recovery=recovery)
