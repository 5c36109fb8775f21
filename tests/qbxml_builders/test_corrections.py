"""What takes transactions back, and what fills their custom fields."""

from typing import get_args

import pytest

from qbxml_builders.custom_fields import TxnDataExtType, data_ext_mod
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.message_set import render
from qbxml_builders.removal import Deletable, Voidable, txn_delete, txn_void
from tests.qbxml_builders.writing import written

VOIDABLE = get_args(Voidable)
DELETABLE = (*VOIDABLE, "ReceivePayment", "SalesOrder")


@pytest.mark.parametrize("txn_type", DELETABLE)
def test_a_transaction_is_deleted(txn_type: Deletable) -> None:
    request = txn_delete("1", txn_type, "1A2B-1")
    assert request.writes
    assert written(request) == (
        f'<TxnDelRq requestID="1"><TxnDelType>{txn_type}</TxnDelType><TxnID>1A2B-1</TxnID>'
        "</TxnDelRq>"
    )


@pytest.mark.parametrize("txn_type", VOIDABLE)
def test_a_transaction_is_voided(txn_type: Voidable) -> None:
    request = txn_void("1", txn_type, "1A2B-1")
    assert request.writes
    assert written(request) == (
        f'<TxnVoidRq requestID="1"><TxnVoidType>{txn_type}</TxnVoidType><TxnID>1A2B-1</TxnID>'
        "</TxnVoidRq>"
    )


@pytest.mark.parametrize("txn_type", ["ReceivePayment", "SalesOrder"])
def test_payments_and_orders_cannot_be_voided(txn_type: Voidable) -> None:
    with pytest.raises(QbxmlInvalid, match=f"TxnVoidType cannot be '{txn_type}'"):
        render([txn_void("1", txn_type, "1A2B-1")])


def field(txn_type: str, txn_id: str) -> str:
    return (
        "<OwnerID>0</OwnerID><DataExtName>Source</DataExtName>"
        f"<TxnDataExtType>{txn_type}</TxnDataExtType>{txn_id}<DataExtValue>Web</DataExtValue>"
    )


@pytest.mark.parametrize("txn_type", get_args(TxnDataExtType))
def test_a_custom_field_of_a_transaction_is_filled(txn_type: TxnDataExtType) -> None:
    content = field(txn_type, "<TxnID>1A2B-1</TxnID>")
    assert written(data_ext_mod("1", txn_type, "1A2B-1", "Source", "Web")) == (
        f'<DataExtModRq requestID="1"><DataExtMod>{content}</DataExtMod></DataExtModRq>'
    )
