"""contact erase, readmit."""

import pytest
from sqlalchemy.orm import Session

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import sources
from qbwc_service.ledger.models import OrderStatus
from tests.cli.conftest import Shell
from tests.ledger_rows import add_order
from tests.world import sale

pytestmark = pytest.mark.usefixtures("acme")


def _add_order(db: Session, status: OrderStatus) -> None:
    told = sources.stored(sale(1001))
    own = find_connection(db, "acme").id
    add_order(db, own, 1001, contact_id="77", status=status, sale=told)


def test_what_cannot_be_erased_is_told_before_anything_is_asked(
    shell: Shell, migrated: Database
) -> None:
    with migrated.writing("test") as db:
        _add_order(db, OrderStatus.READY)
    for contact, sentence in (
        ("4417", '"acme" knows no contact 4417. Nothing was erased.'),
        ("77", "Not in QuickBooks yet: order 1001. Nothing was erased."),
    ):
        refused = shell("contact", "erase", "acme", contact)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith(sentence)


def test_only_an_erased_contact_is_kept_again(shell: Shell, migrated: Database) -> None:
    with migrated.writing("test") as db:
        _add_order(db, OrderStatus.POSTED)
    assert shell("contact", "readmit", "acme", "77").err == (
        "Contact 77 was not erased. Nothing was changed.\n"
    )
    assert shell("contact", "erase", "acme", "77", "--yes").out.startswith(
        "Erased: contact 77, 1 order.\n"
    )
    kept = shell("contact", "readmit", "acme", "77")
    assert (kept.code, kept.out) == (
        *(0, "It is kept again. Read its orders with: qbwc-service sync NAME --orders NUMBERS\n"),
    )
