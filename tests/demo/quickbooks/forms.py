"""Builders of the sales forms beside the invoice, of credits set, refunds and removals."""

from .talk import NON


def form_line(form: str, amount: str = "100.00", *, item: str = "SKU1", tax: str = NON) -> str:
    return (
        f"<{form}LineAdd><ItemRef><FullName>{item}</FullName></ItemRef>"
        f"<Amount>{amount}</Amount>{tax}</{form}LineAdd>"
    )


def form_add(
    form: str,
    customer: str = "Ann",
    *,
    amount: str = "100.00",
    number: str = "N1",
    date: str = "2026-02-03",
    account: str = "",
    header: str = "",
    lines: str = "",
    macro: str = "",
) -> str:
    """SalesReceiptAdd, SalesOrderAdd or CreditMemoAdd; `header` follows RefNumber."""
    define = f' defMacro="{macro}"' if macro else ""
    whose = f"<CustomerRef><FullName>{customer}</FullName></CustomerRef>" if customer else ""
    ref_number = f"<RefNumber>{number}</RefNumber>" if number else ""
    return (
        f'<{form}AddRq requestID="f"><{form}Add{define}>{whose}{account}'
        f"<TxnDate>{date}</TxnDate>{ref_number}{header}{lines or form_line(form, amount)}"
        f"</{form}Add></{form}AddRq>"
    )


def id_or_macro(tag: str, txn_id: str) -> str:
    """The element with an id, or with a useMacro for "TxnID:..."."""
    return f'<{tag} useMacro="{txn_id}"/>' if ":" in txn_id else f"<{tag}>{txn_id}</{tag}>"


def set_credit(credit: str, amount: str) -> str:
    return (
        f"<SetCredit>{id_or_macro('CreditTxnID', credit)}"
        f"<AppliedAmount>{amount}</AppliedAmount></SetCredit>"
    )


def credited(invoice: str, *credits_set: str, pays: str = "") -> str:
    """AppliedToTxnAdd with credits, and with a PaymentAmount where it pays too."""
    payment = f"<PaymentAmount>{pays}</PaymentAmount>" if pays else ""
    return (
        f"<AppliedToTxnAdd>{id_or_macro('TxnID', invoice)}{payment}{''.join(credits_set)}"
        "</AppliedToTxnAdd>"
    )


def card_refund(
    *parts: tuple[str, str], customer: str = "Ann", number: str = "R1", header: str = ""
) -> str:
    applied = "".join(
        f"<RefundAppliedToTxnAdd>{id_or_macro('TxnID', credit)}"
        f"<RefundAmount>{amount}</RefundAmount></RefundAppliedToTxnAdd>"
        for credit, amount in parts
    )
    return (
        '<ARRefundCreditCardAddRq requestID="r"><ARRefundCreditCardAdd>'
        f"<CustomerRef><FullName>{customer}</FullName></CustomerRef>"
        f"<TxnDate>2026-02-05</TxnDate><RefNumber>{number}</RefNumber>{header}{applied}"
        "</ARRefundCreditCardAdd></ARRefundCreditCardAddRq>"
    )


def refund_check(
    *parts: tuple[str, str],
    amount: str,
    customer: str = "Ann",
    account: str = "Checking",
    receivable: str = "Accounts Receivable",
) -> str:
    applied = "".join(
        f"<ApplyCheckToTxnAdd>{id_or_macro('TxnID', credit)}"
        + (f"<Amount>{part}</Amount>" if part else "")
        + "</ApplyCheckToTxnAdd>"
        for credit, part in parts
    )
    whose = f"<CustomerRef><FullName>{customer}</FullName></CustomerRef>" if customer else ""
    return (
        '<CheckAddRq requestID="k"><CheckAdd>'
        f"<AccountRef><FullName>{account}</FullName></AccountRef>"
        "<PayeeEntityRef><FullName>Ann</FullName></PayeeEntityRef>"
        f"<RefNumber>501</RefNumber><TxnDate>2026-02-06</TxnDate>{applied}"
        f"<ExpenseLineAdd><AccountRef><FullName>{receivable}</FullName></AccountRef>"
        f"<Amount>{amount}</Amount>{whose}</ExpenseLineAdd></CheckAdd></CheckAddRq>"
    )


def query(kind: str, txn_id: str) -> str:
    """By TxnID, with everything that there is to tell."""
    links = kind in ("Invoice", "CreditMemo", "SalesOrder", "Check")
    return (
        f"<{kind}QueryRq><TxnID>{txn_id}</TxnID><IncludeLineItems>true</IncludeLineItems>"
        + ("<IncludeLinkedTxns>true</IncludeLinkedTxns>" if links else "")
        + f"<OwnerID>0</OwnerID></{kind}QueryRq>"
    )


def delete(kind: str, txn_id: str) -> str:
    return f"<TxnDelRq><TxnDelType>{kind}</TxnDelType><TxnID>{txn_id}</TxnID></TxnDelRq>"


def void(kind: str, txn_id: str) -> str:
    return f"<TxnVoidRq><TxnVoidType>{kind}</TxnVoidType><TxnID>{txn_id}</TxnID></TxnVoidRq>"
