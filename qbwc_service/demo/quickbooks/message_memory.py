"""Error recovery: the answers that QuickBooks keeps under a newMessageSetID.

Per company file, the last few sets only. A set is kept when all of it was run and not before; a
crash in its middle leaves nothing.  Codes: Intuit's QBInvoiceAdd sample and the Programmer's Guide.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from .body import element_of
from .grammar import Element
from .message import Answer, MessageSet, Request
from .store import Store

CLEAR_ALL: Final = "ClearAllMessageSets"
FINE: Final = 0
NOTHING_STORED: Final = 600
OTHER_CONTENT: Final = 9001
NO_STORED_RESPONSE: Final = 9002
INVALID_ID: Final = 9004
_LONGEST_ID: Final = 23


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the memory says of a set before it is run; `answers` of an earlier run, if any."""

    status_code: int
    answers: tuple[Element, ...] = ()


class MessageMemory:
    """Keeps the last `size` sets; the real number is not documented, 1 is the worst case."""

    def __init__(self, store: Store, size: int) -> None:
        self._store = store
        self._size = size

    def recall(self, message: MessageSet) -> Recalled | None:
        """The answer from memory; None where the set must be run."""
        if max(len(message.new_id), len(message.old_id)) > _LONGEST_ID:
            return Recalled(INVALID_ID)
        if kept := self._kept(message.new_id):
            digest, answers = kept
            if message.requests and digest != message.digest:
                return Recalled(OTHER_CONTENT)
            return Recalled(FINE, _elements(answers))
        if message.requests:
            return None
        if message.new_id:
            return Recalled(NO_STORED_RESPONSE)
        return Recalled(
            FINE if not message.old_id or self._forget(message.old_id) else NOTHING_STORED
        )

    def forget_old(self, message: MessageSet) -> None:
        """oldMessageSetID: our side has the answer, QuickBooks may drop it."""
        if message.old_id:
            self._forget(message.old_id)

    def keep(self, message: MessageSet, answers: Sequence[tuple[Request, Answer]]) -> None:
        """Keeps status and ids of a set that was run under its new_id; older sets fall out."""
        kept = [_kept(request, answer) for request, answer in answers]
        with self._store.transaction():
            self._store.connection.execute(
                "INSERT INTO message_set (set_id, digest, answers) VALUES (?, ?, ?)",
                (message.new_id, message.digest, json.dumps(kept)),
            )
            self._store.connection.execute(
                "DELETE FROM message_set WHERE sequence NOT IN "
                "(SELECT sequence FROM message_set ORDER BY sequence DESC LIMIT ?)",
                (self._size,),
            )

    def _kept(self, set_id: str) -> tuple[str, str] | None:
        row = self._store.connection.execute(
            "SELECT digest, answers FROM message_set WHERE set_id = ?", (set_id,)
        ).fetchone()
        return None if row is None else (str(row[0]), str(row[1]))

    def _forget(self, set_id: str) -> bool:
        condition, values = ("1", ()) if set_id == CLEAR_ALL else ("set_id = ?", (set_id,))
        cursor = self._store.connection.execute(
            f"DELETE FROM message_set WHERE {condition}",  # noqa: S608 # nosec B608 # words of ours alone
            values,
        )
        return cursor.rowcount > 0 or set_id == CLEAR_ALL


def _kept(request: Request, answer: Answer) -> Mapping[str, object]:
    attributes = {} if request.request_id is None else {"requestID": request.request_id}
    attributes |= {
        "statusCode": str(answer.status_code),
        "statusSeverity": answer.severity,
        "statusMessage": answer.message,
    }
    return {"name": request.name, "attributes": attributes, "recovery": answer.recovery}


def _elements(answers: str) -> tuple[Element, ...]:
    """The kept answers: ErrorRecovery in the place of the Ret of each Add and Mod."""
    elements = []
    for kept in json.loads(answers):
        element = etree.Element(f"{kept['name']}Rs", kept["attributes"])
        if kept["recovery"]:
            element.append(element_of("ErrorRecovery", kept["recovery"]))
        elements.append(element)
    return tuple(elements)
