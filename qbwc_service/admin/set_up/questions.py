"""Step 3 of the set-up: six questions, a screen each, the recommended answer chosen already.

They are settings like all others (qbwc_service.settings): whoever changes them later changes these.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from sqlalchemy.orm import Session

from qbwc_service.admin.accounts_view import PaymentLine, Select, payment_lines, tax_items_of
from qbwc_service.admin.set_up.facts import facts_of, overlap_sentence
from qbwc_service.admin.setting_words import setting_choice, setting_label
from qbwc_service.ledger import mappings
from qbwc_service.ledger.list_entries import entries_of
from qbwc_service.ledger.models import Connection, MappingKind, ReconciliationState
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconcile import runs
from qbwc_service.ledger.reconcile.number_overlap import AHEAD, NumberOverlap, number_overlap
from qbwc_service.ledger.set_up import Progress, Question
from qbwc_service.matching.tax_items import label_key
from qbwc_service.planning.last_days import LastDays
from qbwc_service.planning.numbers import NUMBER_LIMIT, possible_numbers
from qbwc_service.planning.order_status import PaidState
from qbwc_service.settings import SETTINGS, Setting, words

Kind = Literal["radio", "ticks", "select", "text", "date"]

TITLES: Final[Mapping[Question, str]] = MappingProxyType(
    {
        Question.FORM: "What should a Keap order become?",
        Question.WHICH: "Which orders are sent?",
        Question.CUSTOMER: "Who is the customer?",
        Question.PAYMENTS: "Which accounts and payment methods?",
        Question.TAX: "Where do tax, discount and shipping go?",
        Question.NUMBERS: "Which number and texts does it get?",
    }
)
_SETTINGS: Final[Mapping[str, Setting]] = MappingProxyType({each.name: each for each in SETTINGS})
_FIELDS: Final[Mapping[Question, tuple[str, ...]]] = MappingProxyType(
    {
        Question.FORM: ("transaction",),
        Question.WHICH: ("start_date", "order_status", "drafts", "zero_orders"),
        Question.CUSTOMER: ("customer_match", "missing_customer", "single_customer"),
        Question.PAYMENTS: ("income_account", "deposit_account", "ar_account"),
        Question.TAX: (
            *("tax_account", "sales_tax", "shipping_item", "discount_item"),
            *("finance_charge_item", "tip_item", "rounding_line"),
        ),
        Question.NUMBERS: (
            *("number_source", "number_prefix", "memo", "invoice_template"),
            *("invoice_class", "terms", "sales_rep", "to_be_printed"),
        ),
    }
)
#: without these nothing can be made in QuickBooks
REQUIRED: Final = frozenset({"income_account", "tax_account", "start_date"})
#: an item that is named and not there is made, so that any name will do
_TYPED: Final = frozenset({"shipping_item", "discount_item", "finance_charge_item", "tip_item"})
_WORDS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("transaction", "invoice-and-payments"): "An invoice, and a payment once it is paid",
        ("transaction", "invoice"): "An invoice only; I record payments myself",
        ("transaction", "sales-receipt"): "A sales receipt, once it is paid in full",
        ("transaction", "sales-order"): "A sales order",
        ("customer_match", "email-then-name"): "Found by e-mail, then name, then company and city",
        ("customer_match", "name"): "Found by name alone",
        ("customer_match", "single-customer"): "All orders go under one customer",
        ("missing_customer", "create"): "Make the customer",
        ("missing_customer", "hold"): "Hold the order for me",
        ("missing_customer", "single-customer"): "Use the one customer named below",
    }
)
_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "start_date": "Start from",
        "order_status": "Orders that are",
        "customer_match": "The customer is",
        "missing_customer": "If nobody fits",
        "single_customer": "Name of the one customer",
        "income_account": "Income account",
        "tax_account": "Account for sales tax",
        "number_source": "The number is",
        "number_prefix": "Prefix",
    }
)
#: where the settings page tells more than the question needs
_MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "order_status": "Payments of orders that are in QuickBooks are sent whatever is ticked.",
        "number_prefix": "Put before the number. Both together have room for 11 characters.",
    }
)
#: what is so whatever is answered
_ALWAYS: Final[Mapping[Question, str]] = MappingProxyType(
    {
        Question.WHICH: "Never sent: test orders, orders that came from QuickBooks, and orders "
        "dated before the day that you start from.",
        Question.CUSTOMER: "If two customers fit, the order always waits for you; nothing is "
        "guessed.",
        Question.PAYMENTS: "The income account is for items that this service makes, such as the "
        "one for lines without SKU. Your own items keep their accounts.",
        Question.TAX: "An item that QuickBooks does not have yet is made with the first order.",
    }
)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer; `hint` says why it cannot be had where it is not possible."""

    value: str
    label: str
    is_chosen: bool
    is_recommended: bool = False
    is_possible: bool = True
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting on a screen. `meaning` is that of the settings page."""

    name: str
    label: str
    kind: Kind
    value: str
    meaning: str
    options: Sequence[Option] = ()
    problem: str = ""

    @property
    def is_required(self) -> bool:
        return self.name in REQUIRED


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One tax that Keap names, and the item that is chosen for it."""

    label: str
    times: int
    item: Select


@dataclass(frozen=True, slots=True)
class Screen:
    """One question with all that is shown beside it. `sample`: what a number looks like."""

    question: Question
    number: int
    title: str
    facts: Sequence[str]
    always: str
    fields: Sequence[Field]
    payments: Sequence[PaymentLine] = ()
    taxes: Sequence[TaxRow] = ()
    sample: str = ""


def screen(
    db: Session,
    connection: Connection,
    question: Question,
    progress: Progress,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Screen:
    """`typed`: what stands in the fields instead of what is stored; `problems` by field."""
    texts = {name: _stored(connection, name) for name in _FIELDS[question]}
    facts = list(facts_of(question, progress.last_days))
    if question is Question.NUMBERS:
        overlap = _overlap(db, connection, progress)
        read = runs.newest(db, connection.id)
        is_read = read is not None and read.state is ReconciliationState.DONE
        facts.append(overlap_sentence(overlap, is_read=is_read))
        if question not in progress.answered and not texts["number_prefix"]:
            texts["number_prefix"] = overlap.prefix
    texts |= {name: text for name, text in (typed or {}).items() if name in texts}
    fields = [
        replace(
            _field(db, connection, name, text, progress), problem=(problems or {}).get(name, "")
        )
        for name, text in texts.items()
    ]
    made = Screen(
        question,
        list(Question).index(question) + 1,
        TITLES[question],
        facts,
        _ALWAYS.get(question, ""),
        fields,
    )
    more = _EXTRAS.get(question)
    return more(made, db, connection, progress) if more else made


def fields_of(question: Question) -> tuple[str, ...]:
    """The settings that the question asks for."""
    return _FIELDS[question]


def sample_number(newest: int, prefix: str, suffix: str) -> str:
    """ "KP-4931 (7 of 11 characters)"; what becomes of one that is too long."""
    full = f"{prefix}{newest}{suffix}"
    if len(full) <= NUMBER_LIMIT:
        return f"{full} ({len(full)} of {NUMBER_LIMIT} characters)"
    cut = possible_numbers(full, prefix=len(prefix), suffix=len(suffix))
    if not cut:
        return f"{full} does not fit: QuickBooks has {NUMBER_LIMIT} characters"
    return f"{cut[0]} (QuickBooks has {NUMBER_LIMIT} characters; the whole number is in the memo)"


def _stored(connection: Connection, name: str) -> str:
    if name == "start_date":
        return effective_settings(connection).start_date.isoformat()
    stored = str(connection.settings.get(name, ""))
    return "" if stored == str(_SETTINGS[name].default) else stored


def _field(db: Session, connection: Connection, name: str, text: str, progress: Progress) -> Field:
    setting = _SETTINGS[name]
    label = _LABELS.get(name) or setting_label(name)
    meaning = _MEANINGS.get(name) or setting.meaning
    if name == "order_status":
        return Field(name, label, "ticks", text, meaning, _paid_options(text, progress))
    if setting.choices:
        options = _choices(connection, setting, text)
        return Field(name, label, "radio", text, meaning, options)
    if setting.list_name:
        options = _entries(db, connection, setting, text)
        kind: Kind = "select" if options else "text"
        return Field(name, label, kind, text, meaning, options)
    if name in _TYPED or name == "single_customer":
        text = text or str(setting.default)
    return Field(name, label, "date" if name == "start_date" else "text", text, meaning)


def _choices(connection: Connection, setting: Setting, text: str) -> tuple[Option, ...]:
    chosen = text or str(setting.default)
    return tuple(
        Option(
            "" if choice == setting.default else choice,
            _WORDS.get((setting.name, choice)) or setting_choice(choice, setting.name),
            choice == chosen,
            is_recommended=choice == setting.default,
            is_possible=not _why_not(connection, setting.name, choice),
            hint=_why_not(connection, setting.name, choice),
        )
        for choice in setting.choices
    )


def _why_not(connection: Connection, name: str, choice: str) -> str:
    """QuickBooks Pro has no sales orders (qbXML OSR: SalesOrderAdd, "Premier and above")."""
    product = str(connection.quickbooks.get("product") or "")
    if (name, choice) == ("transaction", "sales-order") and "Pro" in product.split():
        return f"{product} has no sales orders"
    return ""


def _paid_options(text: str, progress: Progress) -> tuple[Option, ...]:
    wanted = {word.casefold() for word in words(text)}
    days = progress.last_days
    counts = (days.paid, days.part_paid, days.unpaid) if days else (None, None, None)
    return tuple(
        Option(
            state.value,
            state.value.capitalize() + (f" ({number:,})" if number is not None else ""),
            not wanted or state.value in wanted,
            is_recommended=True,
        )
        for state, number in zip(PaidState, counts, strict=True)
    )


def _entries(
    db: Session, connection: Connection, setting: Setting, text: str
) -> tuple[Option, ...]:
    """Empty where the list was not read: then it is typed."""
    rows = entries_of(db, connection.id, setting.list_name, setting.entry_kinds, only_active=True)
    if not rows:
        return ()
    names = list(dict.fromkeys(row.full_name for row in rows))
    if text and text not in names:
        names.insert(0, text)
    first = "Choose ..." if setting.name in REQUIRED else "Not chosen: QuickBooks decides"
    return (
        Option("", first, not text),
        *(Option(name, name, name == text) for name in names),
    )


def _overlap(db: Session, connection: Connection, progress: Progress) -> NumberOverlap:
    days = progress.last_days
    likely = (days.newest_order + 1, days.newest_order + AHEAD) if days and days.orders else None
    return number_overlap(db, connection, effective_settings(connection), likely=likely)


# -- what only one screen has ---------------------------------------------------------------------


def _with_payments(made: Screen, db: Session, connection: Connection, progress: Progress) -> Screen:
    methods = progress.last_days.methods if progress.last_days else ()
    return replace(made, payments=payment_lines(db, connection, also=methods))


def _with_taxes(made: Screen, db: Session, connection: Connection, progress: Progress) -> Screen:
    days = progress.last_days
    chosen = {
        row.key: row.full_name
        for row in mappings.of_connection(db, connection, [MappingKind.TAX_ITEM])
    }
    is_reckoned = effective_settings(connection).sales_tax == "quickbooks"
    options = tuple(
        item.full_name for item in tax_items_of(db, connection) if item.is_sales_tax is is_reckoned
    )
    general = effective_settings(connection).tax_item
    empty = "Choose ..." if is_reckoned else f"Not chosen: {general}"
    rows = []
    for label, times in days.taxes if days else ():
        item = chosen.get(label_key(label), "")
        found = item if item in options else ""
        rows.append(TaxRow(label, times, Select(options, found, item if not found else "", empty)))
    return replace(made, taxes=rows)


def _with_sample(made: Screen, _: Session, connection: Connection, progress: Progress) -> Screen:
    texts = {field.name: field.value for field in made.fields}
    suffix = effective_settings(connection).number_suffix
    if texts["number_source"] == "quickbooks-next":
        return replace(made, sample="QuickBooks' next number; the Keap number is in the memo")
    newest = _newest_number(texts["number_source"], progress.last_days)
    return replace(made, sample=sample_number(newest, texts["number_prefix"], suffix))


def _newest_number(source: str, days: LastDays | None) -> int:
    """An example where no order was read."""
    newest = 0
    if days:
        newest = days.newest_invoice if source == "invoice-id" else days.newest_order
    return newest or 1001


_EXTRAS: Final[Mapping[Question, Callable[[Screen, Session, Connection, Progress], Screen]]] = (
    MappingProxyType(
        {
            Question.PAYMENTS: _with_payments,
            Question.TAX: _with_taxes,
            Question.NUMBERS: _with_sample,
        }
    )
)
