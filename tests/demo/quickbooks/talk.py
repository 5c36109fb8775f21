"""Builders: a company with a clock that stands still, and talk in qbXML with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from lxml import etree

from qbwc_service.demo.quickbooks import Company, Crash, new_company
from tests.reference import REFERENCE

SCHEMAS = [
    REFERENCE / "qbxml" / "xsd" / "13.0" / "qbxmlops130.xsd",
    REFERENCE / "qbxml" / "xsd" / "16.0" / "qbxmlops160.xsd",
]
START = datetime(2026, 3, 1, 10, 20, 0, tzinfo=timezone(timedelta(hours=-5)))
GUID = "{0b0f3c5e-3c1d-5d0a-9a52-7d6f6c7b1048}"


class StandingClock:
    """Says the same time until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


@cache
def answer_schemas() -> list[etree.XMLSchema]:
    """The published schemas of the answers, oldest first; none where they are not at hand."""
    return [etree.XMLSchema(etree.parse(path)) for path in SCHEMAS if path.exists()]


def message(body: str, attributes: str = 'onError="continueOnError"', version: str = "13.0") -> str:
    return (
        f'<?xml version="1.0"?><?qbxml version="{version}"?>'
        f"<QBXML><QBXMLMsgsRq {attributes}>{body}</QBXMLMsgsRq></QBXML>"
    )


@dataclass
class Answered:
    """One parsed answer."""

    text: str

    @property
    def message_set(self) -> etree._Element:
        return etree.fromstring(self.text.encode())[0]

    @property
    def status_codes(self) -> list[str]:
        return [response.get("statusCode") for response in self.message_set]

    @property
    def set_status(self) -> str | None:
        return self.message_set.get("messageSetStatusCode")

    def texts(self, path: str) -> list[str]:
        return [element.text or "" for element in self.message_set.iterfind(f".//{path}")]

    def value(self, path: str) -> str:
        found = self.texts(path)
        assert len(found) == 1, (path, found, self.text)
        return found[0]

    def status(self) -> tuple[str, str, str]:
        (response,) = self.message_set
        return tuple(response.get(f"status{part}") for part in ("Code", "Severity", "Message"))


class Talk:
    """Speaks qbXML with a company; where the schemas are at hand every answer is checked."""

    def __init__(self, company: Company) -> None:
        self.company = company

    def ask(self, body: str, attributes: str = 'onError="continueOnError"', **more) -> Answered:
        text = self.company.process(message(body, attributes, **more))
        assert text.startswith('<?xml version="1.0" ?>\n<QBXML>')
        assert text.isascii()
        for schema in answer_schemas():
            assert schema.validate(etree.fromstring(text.encode())), schema.error_log
        return Answered(text)

    def ask_for_zero(self, body: str, attributes: str = 'onError="stopOnError"') -> Answered:
        answered = self.ask(body, attributes)
        assert set(answered.status_codes) == {"0"}, answered.text
        return answered

    def add_customer(self, name: str, more: str = "") -> str:
        return self.ask_for_zero(customer_add(name, more)).value("CustomerRet/ListID")

    def add_invoice(self, customer: str, **more: str) -> str:
        return self.ask_for_zero(invoice_add(customer, **more)).value("InvoiceRet/TxnID")

    def invoice(self, txn_id: str) -> Answered:
        return self.ask_for_zero(
            f"<InvoiceQueryRq><TxnID>{txn_id}</TxnID><IncludeLineItems>true</IncludeLineItems>"
            "<IncludeLinkedTxns>true</IncludeLinkedTxns></InvoiceQueryRq>"
        )

    def pay(self, customer: str, amount: str, applied: str, **more: str) -> Answered:
        return self.ask(payment_add(customer, amount, applied, **more))


def customer_add(name: str, more: str = "", request_id: str = "c") -> str:
    return (
        f'<CustomerAddRq requestID="{request_id}"><CustomerAdd><Name>{name}</Name>{more}'
        "</CustomerAdd></CustomerAddRq>"
    )


def line(item: str = "SKU1", amounts: str = "<Amount>100.00</Amount>", tail: str = "") -> str:
    return (
        f"<InvoiceLineAdd><ItemRef><FullName>{item}</FullName></ItemRef>{amounts}{tail}"
        "</InvoiceLineAdd>"
    )


NON = "<SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef>"
UNTAXED_LINE = line(tail=NON)


def invoice_add(
    customer: str,
    *,
    date: str = "2026-02-01",
    number: str = "K1",
    header: str = "",
    lines: str = UNTAXED_LINE,
    macro: str = "",
    account: str = "",
) -> str:
    define = f' defMacro="{macro}"' if macro else ""
    ref_number = f"<RefNumber>{number}</RefNumber>" if number else ""
    txn_date = f"<TxnDate>{date}</TxnDate>" if date else ""
    return (
        f'<InvoiceAddRq requestID="i"><InvoiceAdd{define}>'
        f"<CustomerRef><FullName>{customer}</FullName></CustomerRef>{account}{txn_date}"
        f"{ref_number}{header}{lines}</InvoiceAdd></InvoiceAddRq>"
    )


def payment_add(
    customer: str,
    amount: str,
    applied: str,
    *,
    number: str = "P1",
    account: str = "",
    date: str = "2026-02-02",
) -> str:
    return (
        '<ReceivePaymentAddRq requestID="p"><ReceivePaymentAdd>'
        f"<CustomerRef><FullName>{customer}</FullName></CustomerRef>{account}"
        f"<TxnDate>{date}</TxnDate><RefNumber>{number}</RefNumber>"
        f"<TotalAmount>{amount}</TotalAmount>{applied}"
        "</ReceivePaymentAdd></ReceivePaymentAddRq>"
    )


def applied_to(txn_id: str, amount: str) -> str:
    return (
        f"<AppliedToTxnAdd><TxnID>{txn_id}</TxnID><PaymentAmount>{amount}</PaymentAmount>"
        "</AppliedToTxnAdd>"
    )


UNAPPLIED = "<IsAutoApply>false</IsAutoApply>"
AUTO_APPLY = "<IsAutoApply>true</IsAutoApply>"


def make_company(
    folder: Path, clock: StandingClock, *, memory: int = 1, crash: Crash | None = None, **more
) -> Company:
    folder.mkdir(exist_ok=True)
    return new_company(
        folder / "company.qbw",
        items=("SKU1", "SKU2"),
        vendors=("Vendor Supplies Inc",),
        clock=clock,
        memory=memory,
        crash=crash,
        **more,
    )
