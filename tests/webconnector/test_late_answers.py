"""An answer that comes after its message was settled without it."""

import logging
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.ledger.models import MessageSet, UpdateSession
from qbwc_service.planning.order import PaymentKind
from qbwc_service.webconnector import answers
from qbwc_service.webconnector.turn import Turn
from tests.world import World, paid, sale


def come_late(world: World, element: str, change: Callable[[str], str]) -> list[str]:
    """The answer that has this element comes once more, changed; what is then told."""
    with world.database.writing("test") as db:
        made = db.scalars(
            select(MessageSet).where(MessageSet.writes, MessageSet.answer.contains(element))
        ).all()[-1]
        session = db.scalars(select(UpdateSession)).all()[-1]
        made.applied_at, made.answer = None, change(made.answer or "")
        connection = find_connection(db, world.name)
        answers.apply(Turn(db, connection, session, world.clock.now), made)
    return world.errors()


@pytest.mark.parametrize(
    ("settings", "element"),
    [
        ({}, "InvoiceRet"),
        ({}, "ReceivePaymentRet"),
        ({"transaction": "sales-receipt"}, "SalesReceiptRet"),
        ({"transaction": "sales-order"}, "SalesOrderRet"),
        ({"refunds": "credit-memo"}, "CreditMemoRet"),
        ({"refunds": "card-refund"}, "ARRefundCreditCardRet"),
    ],
)
def test_what_it_made_and_nobody_knows_is_told_whatever_it_is(
    tmp_path: Path, settings: dict[str, str], element: str
) -> None:
    world = World(tmp_path)
    world.set(refund_item="Keap Refund", refunds_to_approve="0", **settings)
    payments = [paid(1, 1000, transaction_id="ch_1")]
    if "refunds" in settings:
        payments.append(paid(1, -1000, payment_id=7, kind=PaymentKind.REFUND, source_kind="Refund"))
    world.keap_has(sale(1), payments=payments)
    world.update()
    assert world.errors() == []
    told = come_late(
        world, f"<{element}>", lambda text: re.sub(rf"(<{element}>\s*<TxnID>)", r"\g<1>9", text)
    )
    assert told == ["answer-came-late"]
    world.close()


def test_one_that_cannot_be_read_is_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.keap_has(sale(1))
    world.update()
    with caplog.at_level(logging.WARNING):
        told = come_late(world, "<InvoiceRet>", lambda text: text.replace("<QBXML>", "<QBX>"))
    assert told == []
    assert "a late answer could not be read" in caplog.text
