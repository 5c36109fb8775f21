"""What a request may use while it runs."""

from dataclasses import dataclass, field
from datetime import datetime

from .body import Body
from .errors import Refused
from .grammar import Element, text_of
from .records import edit_sequence
from .store import Store
from .values import timestamp

MACRO_UNKNOWN = 9101


@dataclass(slots=True)
class Iterators:
    """The open iterators of one QuickBooks session: what is still to be handed out.

    They die with the session (qbXML OSR: iterators); afterwards Continue answers 3391.
    """

    left: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request at work: the company file, the moment, and the macros of its message set."""

    store: Store
    now: datetime
    iterators: Iterators
    macros: dict[str, str]

    @property
    def stamp(self) -> str:
        return timestamp(self.now)

    @property
    def edit_sequence(self) -> str:
        return edit_sequence(self.now)

    def new_id(self, prefix: str, counter: str) -> str:
        """An id as QuickBooks makes them: a rising hexadecimal number and the epoch second."""
        number = self.store.next_number(counter)
        text = f"{0x80000000 + number:X}" if prefix == "list" else f"{number:X}"
        return f"{text}-{self.edit_sequence}"

    def define(self, element: Element, txn_id: str) -> None:
        """Remembers the TxnID under the element's defMacro, if it has one."""
        if name := element.get("defMacro"):
            self.macros[name] = txn_id

    def id_in(self, element: Element) -> str:
        """The id in an element, or the one its useMacro stands for."""
        name = element.get("useMacro")
        if not name:
            return text_of(element)
        if name not in self.macros:
            raise Refused(MACRO_UNKNOWN, f'The macro "{name}" is not defined in this message set.')
        return self.macros[name]


def reference(list_id: str) -> Body:
    """A reference as it is kept: by ListID only, so that a rename shows everywhere."""
    return {"ListID": list_id}
