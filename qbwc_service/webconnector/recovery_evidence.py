"""What the check after a lost answer brought: records, names, deletions, refusals."""

from dataclasses import dataclass, field

from qbwc_service.webconnector.txn_kinds import TxnMade
from qbxml_builders.answers import Answer, Response
from qbxml_builders.records import (
    CustomerRecord,
    DeletedRecord,
    InvoiceRecord,
    ItemRecord,
    PaymentRecord,
    RefundRecord,
    SaleRecord,
)

TxnOrList = TxnMade | CustomerRecord | ItemRecord


@dataclass(slots=True)
class Evidence:
    by_guid: dict[str, TxnOrList] = field(default_factory=dict)
    by_id: dict[str, TxnOrList] = field(default_factory=dict)
    customers: dict[str, CustomerRecord] = field(default_factory=dict)
    txns: dict[str, TxnMade] = field(default_factory=dict)
    memos: dict[str, SaleRecord] = field(default_factory=dict)
    deleted: list[DeletedRecord] = field(default_factory=list)
    refused: list[Response] = field(default_factory=list)
    #: questions that were answered, also where nothing was found
    answered: set[str] = field(default_factory=set)


def evidence_of(answer: Answer, beside: frozenset[str]) -> Evidence:
    """`beside`: questions whose refusal proves nothing about what was to be made."""
    evidence = Evidence()
    for response in answer.responses:
        if response.ok or response.empty:
            evidence.answered.add(response.request_id)
        elif response.request_id not in beside:
            evidence.refused.append(response)
        for record in response.records:
            match record:
                case InvoiceRecord() | PaymentRecord() | SaleRecord() | RefundRecord():
                    evidence.by_id[record.txn_id] = record
                    evidence.txns[record.txn_id] = record
                    evidence.by_guid[record.external_guid.lower()] = record
                    if isinstance(record, SaleRecord) and record.kind == "CreditMemo":
                        evidence.memos[record.txn_id] = record
                case CustomerRecord() | ItemRecord():
                    if isinstance(record, CustomerRecord):
                        evidence.customers[record.list_id] = record
                    evidence.by_id[record.list_id] = record
                    evidence.by_guid[record.external_guid.lower()] = record
                case DeletedRecord():
                    evidence.deleted.append(record)
    evidence.by_guid.pop("", None)
    return evidence
