"""How one record names another, and how requests of one set name each other by macro."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qbxml_builders.elements import Element
from qbxml_builders.errors import QbxmlInvalid

MACRO = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference by ListID or by FullName: never both: the id would win."""

    list_id: str = ""
    full_name: str = ""

    def __post_init__(self) -> None:
        if bool(self.list_id) == bool(self.full_name):
            raise QbxmlInvalid("Ref", "A reference needs a ListID or a FullName, and only one.")

    def element(self, tag: str) -> Element:
        """The reference as the aggregate of that tag, for example CustomerRef."""
        inner = ("ListID", self.list_id) if self.list_id else ("FullName", self.full_name)
        return Element(tag, (Element(*inner),))


def referred(tag: str, ref: Ref | None) -> Iterator[Element]:
    """The reference where there is one."""
    if ref is not None:
        yield ref.element(tag)


def macro_id(name: str) -> str:
    """The value of defMacro and useMacro for a name of ours ("K4417"): "TxnID:K4417"."""
    if not MACRO.fullmatch(name):
        raise QbxmlInvalid("defMacro", f"{name!r} is not 1 to 40 letters, digits, - or _.")
    return f"TxnID:{name}"


def defining(macro: str) -> tuple[tuple[str, str], ...]:
    """The attribute that lets later requests of the same set use the new record's TxnID."""
    return (("defMacro", macro_id(macro)),) if macro else ()


def target(tag: str, txn_id: str, macro: str) -> Element:
    """A transaction, by its TxnID or by the macro of its Add in the same set: exactly one."""
    if bool(txn_id) == bool(macro):
        raise QbxmlInvalid(tag, f"{tag} needs a TxnID or a macro, and only one.")
    return Element(tag, txn_id) if txn_id else Element(tag, (), (("useMacro", macro_id(macro)),))


def distinct(tag: str, targets: Sequence[Element]) -> None:
    """Raises QbxmlInvalid where one request names the same transaction twice (qbXML OSR)."""
    if len(set(targets)) < len(targets):
        raise QbxmlInvalid(tag, "The same transaction is named twice; add its amounts up.")
