"""What looks at every query while the tests run sees one that forgets its connection."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from qbwc_service.ledger.models import KeapOrder, KeapPayment, MessageSet, Posting
from tests.one_connection import tables_without_connection

OTHER = aliased(Posting)


@pytest.mark.parametrize(
    ("statement", "forgotten"),
    [
        (select(Posting).where(Posting.connection_id == 1), ()),
        (select(Posting).where(Posting.order_id == 7), ("posting",)),
        (select(Posting.connection_id).where(Posting.order_id == 7), ("posting",)),
        (select(Posting).where(Posting.order_id == 7).order_by(Posting.id), ("posting",)),
        (select(Posting).where(Posting.id > 7), ("posting",)),
        (select(Posting).where(Posting.id == 7), ()),
        (select(Posting).where(Posting.id.in_([7, 8])), ()),
        (select(Posting).where(Posting.message_set_id == 3), ()),
        (
            select(KeapOrder).where(
                KeapOrder.connection_id == 1,
                KeapOrder.keap_id.in_(select(Posting.order_id).where(Posting.number == "7")),
            ),
            ("posting",),
        ),
        (
            select(Posting)
            .join(MessageSet, MessageSet.id == Posting.message_set_id)
            .where(MessageSet.connection_id == 1),
            (),
        ),
        (
            select(Posting)
            .join(OTHER, OTHER.order_id == Posting.order_id)
            .where(Posting.connection_id == 1),
            ("posting",),
        ),
        (
            select(Posting)
            .join(OTHER, OTHER.connection_id == Posting.connection_id)
            .where(Posting.connection_id == 1),
            (),
        ),
        (update(KeapPayment).where(KeapPayment.order_id == 7).values(skip=""), ("keap_payment",)),
        (update(KeapPayment).where(KeapPayment.connection_id == 7).values(skip=""), ()),
    ],
)
def test_a_query_that_forgets_its_connection_is_seen(
    statement: object, forgotten: tuple[str, ...]
) -> None:
    assert tables_without_connection(str(statement)) == forgotten
