"""What each builder writes, as the text between its request's tags."""

from datetime import date
from decimal import Decimal

import pytest

from qbxml_builders.addresses import Address
from qbxml_builders.customers import CustomerAdd, CustomerMod, customer_add, customer_mod
from qbxml_builders.errors import QbxmlInvalid
from qbxml_builders.invoices import invoice_add
from qbxml_builders.items import ItemAdd, ItemKind, item_add
from qbxml_builders.refs import Ref
from tests.qbxml_builders.examples import full_customer
from tests.qbxml_builders.txn_examples import full_invoice
from tests.qbxml_builders.values import GUID
from tests.qbxml_builders.writing import written

DAY = date(2026, 3, 1)


def test_a_customer_is_written_field_by_field() -> None:
    address = (
        "<Addr1>Zo&#235; O'Neill &amp; Sons</Addr1><Addr2>12 Harbour Lane</Addr2>"
        "<City>Portsmouth</City><State>NH</State><PostalCode>03801</PostalCode>"
        "<Country>United States</Country>"
    )
    assert written(customer_add("1", full_customer())) == (
        '<CustomerAddRq requestID="1"><CustomerAdd><Name>O\'Neill, Zo&#235;</Name>'
        "<ParentRef><FullName>Harbour Shops</FullName></ParentRef>"
        "<CompanyName>O'Neill &amp; Sons</CompanyName><FirstName>Zo&#235;</FirstName>"
        f"<LastName>O'Neill</LastName><BillAddress>{address}</BillAddress>"
        "<ShipAddress><Addr1>Dock 4</Addr1></ShipAddress><Phone>603 555 0100</Phone>"
        "<AltPhone>603 555 0101</AltPhone><Email>zoe@shop.example.com</Email>"
        "<Contact>Zo&#235;</Contact><CustomerTypeRef><FullName>Retail</FullName>"
        "</CustomerTypeRef><TermsRef><FullName>Net 30</FullName></TermsRef>"
        "<SalesRepRef><FullName>AB</FullName></SalesRepRef><SalesTaxCodeRef>"
        "<FullName>Tax</FullName></SalesTaxCodeRef><AccountNumber>77</AccountNumber>"
        f"<Notes>Rings twice</Notes><ExternalGUID>{GUID}</ExternalGUID>"
        "<CurrencyRef><FullName>US Dollar</FullName></CurrencyRef></CustomerAdd></CustomerAddRq>"
    )


def test_a_customer_is_changed_in_the_given_fields_only() -> None:
    change = CustomerMod(
        "1-2", "1772000000", Address(("1 Main St",), "Mesa"), email="a@example.com"
    )
    assert written(customer_mod("1", change)) == (
        '<CustomerModRq requestID="1"><CustomerMod><ListID>1-2</ListID>'
        "<EditSequence>1772000000</EditSequence><BillAddress><Addr1>1 Main St</Addr1>"
        "<City>Mesa</City></BillAddress><Email>a@example.com</Email></CustomerMod></CustomerModRq>"
    )
    assert customer_mod("1", change).writes


def test_an_empty_address_is_left_out_and_its_gaps_close() -> None:
    assert "Address" not in written(customer_add("1", CustomerAdd("A", bill_address=Address())))
    gaps = CustomerAdd("A", bill_address=Address(("", "x", "", "y")))
    assert "<Addr1>x</Addr1><Addr2>y</Addr2>" in written(customer_add("1", gaps))


def test_an_address_of_six_lines_is_refused() -> None:
    with pytest.raises(QbxmlInvalid, match="at most 5 lines; this has 6"):
        customer_add("1", CustomerAdd("A", ship_address=Address(tuple("abcdef"))))


def test_an_item_is_sold_from_an_account() -> None:
    item = ItemAdd(
        ItemKind.NON_INVENTORY, "Guide", Ref(list_id="9-1"), "A guide", Decimal("9.5"),
        Ref(full_name="Tax"), GUID,
    )  # fmt: skip
    assert written(item_add("1", item)) == (
        '<ItemNonInventoryAddRq requestID="1"><ItemNonInventoryAdd><Name>Guide</Name>'
        "<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef><SalesOrPurchase>"
        "<Desc>A guide</Desc><Price>9.50</Price><AccountRef><ListID>9-1</ListID></AccountRef>"
        f"</SalesOrPurchase><ExternalGUID>{GUID}</ExternalGUID></ItemNonInventoryAdd>"
        "</ItemNonInventoryAddRq>"
    )


@pytest.mark.parametrize(("list_id", "full_name"), [("", ""), ("1-2", "Ann")])
def test_a_reference_names_its_record_once(list_id: str, full_name: str) -> None:
    with pytest.raises(QbxmlInvalid, match="a ListID or a FullName, and only one"):
        Ref(list_id, full_name)


@pytest.mark.parametrize("macro", ["a b", "é", "TxnID:K1", "x" * 41])
def test_a_macro_is_a_plain_name(macro: str) -> None:
    with pytest.raises(QbxmlInvalid, match="is not 1 to 40 letters"):
        invoice_add("1", full_invoice(), macro)
