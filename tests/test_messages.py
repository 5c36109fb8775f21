"""The message catalogue: whole, in a bookkeeper's words, and with an entry for every cause."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import qbwc_service
from qbwc_service.ledger.causes import PLAN_CAUSES
from qbwc_service.ledger.models import (
    AlertKind,
    DeliveryState,
    Kind,
    MappingKind,
    OrderStatus,
    PaymentStatus,
    ProductState,
    ReconciliationState,
    SignInState,
)
from qbwc_service.ledger.number_outcomes import NumberOutcome
from qbwc_service.ledger.set_up import Question, Tick
from qbwc_service.ledger.walks import Walk
from qbwc_service.logs import masked
from qbwc_service.matching.customer_index import SINGLE_CUSTOMER
from qbwc_service.matching.keys import KeyKind
from qbwc_service.matching.reasons import REASONS
from qbwc_service.messages import CATALOGUE, ONLY_IN_HELP, Message, Who, message
from qbwc_service.planning.order import LineKind, Override, PaymentKind
from qbwc_service.settings import SETTINGS

PACKAGE = Path(qbwc_service.__file__).parent
#: the folders whose code gives causes; the pages' own ids are no causes
TELLING = ("planning", "matching", "ledger", "webconnector", "staging", "alerts")
AN_ID = re.compile("[a-z]+(-[a-z]+)+")
#: what settings may be
CHOICE_WORDS = {word for setting in SETTINGS for word in setting.choices}
#: words of the same shape that are no causes
OTHER_WORDS = {
    "no-store",  # a header of HTTP
    *AlertKind,
    *DeliveryState,
    *OrderStatus,
    *PaymentStatus,
    *PaymentKind,
    *Kind,
    *MappingKind,
    *KeyKind,
    *NumberOutcome,
    *Override,
    *Question,
    *SignInState,
    *Tick,
    *Walk,
    *KeyKind,
    *LineKind,
    *MappingKind,
    *ProductState,
    *ReconciliationState,
    *REASONS,
    *CHOICE_WORDS,
    SINGLE_CUSTOMER,
    "auto-generated",
    "clean-up",
    "connection-error",
    "e-mail",
    "qbwc-service",
    "quoted-printable",
    "reading-lease",
    "utf-8",
    "web-connector",
}
#: XML-RPC stays: people search for the name under which Keap announced its end
NOT_A_BOOKKEEPERS = re.compile(
    r"\b(payload\w*|\w*xml(?!-rpc)|3\d{3}|jobs?|syncs?|synced|syncing|queues?|queued|null|none|"
    r"exceptions?|tracebacks?|stack|database|server|json|http\w*|soap|ticket|iterator|guid|"
    r"txnid|listid|hresult|0x\w*|timeout|retr(y|ies|ied))\b",
    re.IGNORECASE,
)


def ids_in_code() -> Iterator[tuple[str, str]]:
    """Every text in the shape of an id, and the file it stands in."""
    for folder in TELLING:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and AN_ID.fullmatch(text):
                    yield text, str(path.relative_to(PACKAGE))


def blanks(entry: Message) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", entry.title + entry.why + entry.do))


each_entry = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=list(CATALOGUE))


def test_every_cause_in_the_code_has_an_entry() -> None:
    missing = {(found, path) for found, path in ids_in_code() if found not in CATALOGUE}
    assert {each for each in missing if each[0] not in OTHER_WORDS} == set()


def test_every_entry_is_used_by_the_code() -> None:
    assert set(CATALOGUE) - {found for found, _ in ids_in_code()} == ONLY_IN_HELP


def test_every_hold_that_planning_releases_has_an_entry() -> None:
    assert set(CATALOGUE) >= PLAN_CAUSES


def test_an_id_names_one_entry() -> None:
    assert all(entry.id == name for name, entry in CATALOGUE.items())
    assert all(AN_ID.fullmatch(name) for name in CATALOGUE)
    assert all(len(name) <= 60 for name in CATALOGUE)


@each_entry
def test_an_entry_without_details_is_still_readable(entry: Message) -> None:
    shown = message(entry.id)
    assert "{" not in shown.title + shown.why + shown.do
    assert 1 <= len(shown.title) <= 90
    assert shown == entry.rendered(dict.fromkeys(blanks(entry), "..."))


@each_entry
def test_the_log_hides_no_word_of_an_entry(entry: Message) -> None:
    """Its mask takes what follows a word like "Key:" for the key."""
    for text in (entry.title, entry.why, entry.do, *entry.steps):
        assert masked(text) == text


@each_entry
def test_an_entry_shows_every_detail(entry: Message) -> None:
    details = {name: f"<{name}>" for name in blanks(entry)}
    shown = message(entry.id, details)
    text = shown.title + shown.why + shown.do
    assert [value for value in details.values() if value not in text] == []
    assert "..." not in text
    assert (shown.id, shown.who) == (entry.id, entry.who)


@each_entry
def test_an_entry_says_what_why_and_the_one_thing_to_do(entry: Message) -> None:
    assert not entry.title.endswith(".")
    assert entry.why.endswith((".", '"', "}"))
    assert entry.do.endswith((".", "}"))
    assert (entry.do == "Nothing.") <= (entry.who is Who.ITSELF)


@each_entry
def test_an_entry_uses_a_bookkeepers_words(entry: Message) -> None:
    assert NOT_A_BOOKKEEPERS.findall(f"{entry.title} {entry.why} {entry.do}") == []


def test_details_are_shown_as_they_are_even_with_braces() -> None:
    shown = message("item-not-in-quickbooks", {"sku": "{order}", "line": "A {0}", "order": 7})
    assert shown.title == 'QuickBooks has no item "{order}"'
    assert shown.why.startswith('Line "A {0}" of order 7 has this SKU')


def test_an_id_that_no_entry_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        message("no-such-entry")
