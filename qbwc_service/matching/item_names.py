"""What an item that this service makes is called, so that it is nobody else's item. Pure."""

from qbwc_service.matching.keys import name_key, short_digest
from qbxml_builders.text import list_name

#: qbXML OSR: ItemServiceAdd/Name, of each level
ITEM_NAME_LIMIT = 31


def new_item_names(text: str) -> tuple[str, ...]:
    """The names to try, in this order: the SKU itself, then with a suffix that only it has.

    The first is left out where QuickBooks could not hold the SKU as it is: a name that was cut,
    or whose colon would make a sub-item, may be the name of something else.
    """
    suffix = f" ({short_digest(name_key(text))})"
    room = ITEM_NAME_LIMIT - len(suffix)
    with_suffix = (list_name(text, ITEM_NAME_LIMIT).text[:room].rstrip() + suffix).strip()
    plain = list_name(text, ITEM_NAME_LIMIT).text
    same = bool(plain) and name_key(plain) == name_key(text)
    return (plain, with_suffix) if same else (with_suffix,)
