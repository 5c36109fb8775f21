"""The desk that a person of the company works at: one act is one transaction of the file."""

from collections.abc import Iterator
from contextlib import contextmanager

from .company import Company
from .context import RequestContext
from .records import ListElement, ListName, Txn


class Desk:
    """What all acts of a person share."""

    def __init__(self, company: Company) -> None:
        self._company = company

    @contextmanager
    def _at_work(self) -> Iterator[RequestContext]:
        with self._company.lock, self._company.store.transaction():
            yield self._company.context()


def named(context: RequestContext, name: str, list_name: ListName) -> ListElement:
    """The member of a list; KeyError where there is none."""
    element = context.store.lists.named(name, (list_name,))
    if element is None:
        raise KeyError(name)
    return element


def txn_at(context: RequestContext, txn_id: str) -> Txn:
    """The transaction; KeyError where there is none."""
    txn = context.store.txns.get(txn_id)
    if txn is None:
        raise KeyError(txn_id)
    return txn
