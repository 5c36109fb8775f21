"""What changes a record that is there and makes none of its own: recovered by reading.

Each kind of change is a module with the functions of `Change`.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from qbwc_service.ledger.models import Kind, Posting
from qbwc_service.webconnector import (
    credit_uses,
    custom_fields,
    customer_updates,
    removals,
    sale_updates,
)
from qbwc_service.webconnector.recovery_evidence import Evidence
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.answers import Response
from qbxml_builders.elements import Request


class Change(Protocol):
    """One kind of change."""

    def take(
        self, turn: Turn, posting: Posting, response: Response, answers: Mapping[str, Response]
    ) -> None:
        """QuickBooks' answer; `answers` are all of the message, by request id. What neither
        succeeded nor was refused stays unresolved."""

    def refused(self, turn: Turn, posting: Posting, response: Response) -> None:
        """QuickBooks refused it: tried again, held, or left unresolved, by its class."""

    def not_applied(self, turn: Turn, posting: Posting, reason: str) -> None:
        """It is certain that nothing was written."""

    def read_again(self, turn: Turn, postings: Sequence[Posting]) -> list[Request]:
        """The questions that tell whether a lost message did it."""

    def settle(
        self,
        turn: Turn,
        postings: Sequence[Posting],
        evidence: Evidence,
        kept: Mapping[str, str],
    ) -> None:
        """What became of them, by what was read again and by what QuickBooks kept."""


CHANGES: Mapping[Kind, Change] = MappingProxyType(
    {
        Kind.CUSTOMER_UPDATE: customer_updates,
        Kind.CREDIT_USE: credit_uses,
        Kind.REMOVAL: removals,
        Kind.SALE_UPDATE: sale_updates,
        Kind.CUSTOM_FIELDS: custom_fields,
    }
)


def by_kind(postings: Sequence[Posting]) -> dict[Kind, list[Posting]]:
    """The changes among these postings."""
    found: dict[Kind, list[Posting]] = {}
    for posting in postings:
        if posting.kind.is_change:
            found.setdefault(posting.kind, []).append(posting)
    return found
