"""Help: a page for every message, found by what a person saw."""

import re

import pytest

from qbwc_service import messages
from qbwc_service.admin.help_search import Code, codes_of, found
from qbwc_service.messages import CATALOGUE, GROUPS
from qbxml_builders import hresults, statuses
from qbxml_builders.statuses import LAST_INFO, Reaction
from tests.admin.site import Site


def first(query: str) -> str:
    return found(query).entries[0].id


def ids(query: str) -> set[str]:
    return {entry.id for entry in found(query).entries}


def test_every_message_has_a_place_in_the_list_that_old_links_lead_to(site: Site) -> None:
    visitor = site.bookkeeper()
    assert visitor.get("/help").status_code == 200
    for message_id in CATALOGUE:
        assert f'id="{message_id}"' in visitor.page
        assert f'href="/help/{message_id}"' in visitor.page
    for title in GROUPS:
        assert title in visitor.page
    assert "QuickBooks has no item &#34;...&#34;" in visitor.page


def test_every_message_has_a_page_of_its_own(site: Site) -> None:
    visitor = site.bookkeeper()
    for message_id, entry in CATALOGUE.items():
        assert visitor.get(f"/help/{message_id}").status_code == 200
        for words in ("Why", "What to do", "How it goes on", message_id):
            assert words in visitor.page
        assert "{" not in visitor.page.split("<main")[1]
        assert ("Step by step" in visitor.page) == bool(entry.steps)


def test_a_page_that_no_message_has_is_not_found(site: Site) -> None:
    visitor = site.bookkeeper()
    assert visitor.get("/help/no-such-message").status_code == 404
    assert visitor.get("/help/%00").status_code == 404


def test_help_needs_a_person_to_sign_in(site: Site) -> None:
    visitor = site.visitor()
    assert visitor.get("/help/number-taken").status_code == 302
    assert visitor.get("/help?q=3140").status_code == 302


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # Sentences that users of other programs bring along.
        (
            "please obtain an API key from Infusionsoft and replace the one we have on file",
            "keap-key-refused",
        ),
        ("Invoice 4931 has a $0 balance. System will skip payment.", "invoice-paid-already"),
        ("Invoice 43137 could already exist under another customer.", "number-taken"),
        ("Item Hammer on order #4931 is missing from QuickBooks.", "item-not-in-quickbooks"),
        ("Authentication failed", "web-connector-password"),
        ("unknown_do_not_delete", "unknown-item-used"),
        ("You have exceeded the number of orders your plan allows", "no-limit-of-orders"),
        # Codes, in the ways they are written.
        ("QBWC1039", "web-connector-link-added-before"),
        ("qbwc 1048: could not verify the certificate", "web-connector-address-not-trusted"),
        ("0x80040408", "quickbooks-did-not-start"),
        ("80040414", "window-open-in-quickbooks"),
        ("error code 8004040A occurred", "other-company-file-open"),
        ("3175", "record-in-use"),
        ("3171", "closed-period"),
        ("3260: insufficient permission", "permission-missing"),
        # Words.
        ("two computers", "two-computers"),
        ("credit limit", "credit-limit-exceeded"),
        ("sales orders", "sales-orders-not-offered"),
        ("inactive customer", "customer-inactive"),
    ],
)
def test_what_a_person_saw_leads_to_its_message(query: str, expected: str) -> None:
    assert first(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Error 3210 : While trying to Add a(n) ReceivePayment",
         {"pays-more-than-open", "more-than-is-left", "value-refused"}),
        ("You cannot pay more than the amount due.", {"payment-more-than-due"}),
        ("3140", {"customer-not-there", "item-not-there", "account-not-there",
                  "tax-entry-not-there", "lists-read-again"}),
        ("3100", {"name-in-use", "name-looked-up-again"}),
        ("Authentication failed", {"web-connector-sign-in-failed"}),
        ("unknown_do_not_delete", {"line-without-sku"}),
    ],
)  # fmt: skip
def test_several_messages_may_be_meant(query: str, expected: set[str]) -> None:
    assert expected <= ids(query)


def test_a_code_is_explained_even_where_it_has_no_message_of_its_own(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/help?q=3162")
    assert "It needs single-user mode." in visitor.page
    visitor.get("/help?q=0x80040421")
    assert "QuickBooks answered with a text of its own." in visitor.page


def test_every_code_that_a_user_can_meet_leads_somewhere() -> None:
    quiet = {Reaction.DONE, Reaction.EMPTY, Reaction.ITERATOR_LOST, Reaction.UNKNOWN_OUTCOME}
    for code, status in statuses.KNOWN.items():
        if code > LAST_INFO:
            assert found(str(code)).codes, code
        if status.reaction not in quiet:
            assert found(str(code)).entries, code
    for hresult in hresults.KNOWN:
        assert found(hresult).entries, hresult


def test_words_that_nothing_speaks_of_say_so(site: Site) -> None:
    visitor = site.bookkeeper()
    assert visitor.get("/help?q=zebra+xylophone").status_code == 200
    assert "Nothing here speaks of that." in visitor.page
    assert found("the of a").entries == []


@pytest.mark.parametrize("query", ["%00", "<script>", "{order}", "x" * 5000, "(", "9" * 400, "%"])
def test_odd_queries_are_answered(site: Site, query: str) -> None:
    visitor = site.bookkeeper()
    assert visitor.get("/help?q=" + query).status_code == 200
    assert "<script>" not in visitor.page


def test_the_page_of_a_message_tells_its_codes_and_sayings(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/help/pays-more-than-open")
    assert "You cannot pay more than the amount due." in visitor.page
    assert "3210" in visitor.page
    added = codes_of(messages.message("web-connector-link-added-before"))
    assert added[-1] == Code("QBWC1039")
    (elsewhere,) = codes_of(messages.message("quickbooks-user-elsewhere"))
    assert elsewhere.code == "0x80040437"
    assert "logged in on another PC" in elsewhere.meaning


#: what a user of such a program has a reason to see, and the message that says it
SEEN = {
    "Keap refuses the key": "keap-key-refused",
    "the sign-in is over": "keap-sign-in-again",
    "Keap asks to slow down": "keap-slow-down",
    "the calls of the day are used up": "keap-calls-used-up",
    "Keap does not answer": "keap-not-answering",
    "another Keap account": "keap-other-account",
    "a line without product": "line-without-sku",
    "a product that went to the unknown item": "unknown-item-used",
    "a number that is neither order nor invoice": "number-not-found",
    "a failed charge": "card-charge-failed",
    "an order that was changed after sending": "edited-after-sending",
    "the Web Connector does not call": "web-connector-silent",
    "a wrong password": "web-connector-password",
    "another company file is open": "wrong-company-file",
    "the company file was moved": "company-file-moved",
    "a window is open": "window-open-in-quickbooks",
    "QuickBooks does not start": "quickbooks-did-not-start",
    "QuickBooks is closed": "no-company-file-open",
    "QuickBooks does not let us in": "link-not-allowed",
    "the user is signed in elsewhere": "quickbooks-user-elsewhere",
    "single-user mode": "wrong-user-mode",
    "two copies of QuickBooks": "several-quickbooks-open",
    "the link was added before": "web-connector-link-added-before",
    "the certificate": "web-connector-address-not-trusted",
    "the Web Connector's log": "web-connector-did-not-start",
    "two computers": "two-computers",
    "an update that stopped half-way": "session-broken",
    "a name that is taken": "name-in-use",
    "a customer that is gone": "customer-not-there",
    "an item that is gone": "item-not-there",
    "an account that is gone": "account-not-there",
    "a tax code that is gone": "tax-entry-not-there",
    "our record was deleted": "gone-from-quickbooks",
    "something inactive": "entry-inactive",
    "somebody has it open": "record-in-use",
    "it was changed a moment ago": "changed-meanwhile",
    "a closed period": "closed-period",
    "the credit limit": "credit-limit-exceeded",
    "another reason not to save": "quickbooks-refused",
    "more paid than due": "pays-more-than-open",
    "paid already": "invoice-paid-already",
    "a number that is taken": "number-taken",
    "a payment before its invoice": "payment-follows-invoice",
    "a number that is too long": "number-too-long",
    "a text that is not taken": "text-refused",
    "a feature that is off": "feature-off",
    "a missing permission": "permission-missing",
    "personal data": "personal-data-not-allowed",
    "an item without account": "posting-account-missing",
    "a tax without tax item": "tax-item-not-chosen",
    "totals that differ": "total-differs",
    "an internal problem": "no-answer-came",
    "not linked": "payment-not-applied",
    "a lost answer": "outcome-unknown",
    "a full list": "list-full",
    "an ambiguous item name": "item-name-ambiguous",
    "a message that QuickBooks cannot read": "message-unreadable",
}


def test_all_that_a_user_has_a_reason_to_see_has_a_message() -> None:
    assert set(SEEN.values()) <= set(CATALOGUE)


@pytest.mark.parametrize(
    "entry",
    # "3 orders need you" is no sentence that anybody would look for.
    [entry for entry in CATALOGUE.values() if entry.id != "needs-you-now"],
    ids=lambda entry: entry.id,
)
def test_a_title_that_was_copied_leads_to_its_message(entry: messages.Message) -> None:
    seen = re.sub(r"\{\w+\}", "XYZ-1", entry.title)
    assert entry.id in [each.id for each in found(seen).entries[:4]]
