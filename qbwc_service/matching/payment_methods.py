"""Which payment method and deposit account a payment gets in QuickBooks. Pure.

What a person mapped counts first, for the card brand before the payment type (Keap: CREDIT_CARD);
then a payment method of the same name; else QuickBooks gets none. A deposit account that nobody
mapped is that of the settings, else QuickBooks' own: Undeposited Funds.
"""

from collections.abc import Mapping
from functools import lru_cache

from qbwc_service.matching.accounts import match_account
from qbwc_service.matching.company import Chosen, Company
from qbwc_service.matching.keys import loose_key, name_key
from qbwc_service.matching.list_entries import still_there
from qbwc_service.planning.order import ReceivedPayment
from qbwc_service.planning.plan import Hold
from qbwc_service.settings import DEPOSIT_ACCOUNT_TYPES

#: characters of a mapping's key
KEY_LIMIT = 200

#: other words for the same method, as shops, card companies and QuickBooks write them
_SAME = (
    ("american express", "amex", "americanexpress", "am ex"),
    ("mastercard", "master card", "mc"),
    ("discover", "discover card", "discovercard"),
    ("diners club", "diners", "dinersclub"),
    ("check", "cheque"),
    ("e check", "echeck", "e cheque", "echeque", "ach"),
    ("paypal", "pay pal"),
    ("credit card", "creditcard"),
    ("debit card", "debitcard"),
    ("gift card", "giftcard"),
)
_FIRST_OF = {word: words[0] for words in _SAME for word in words}


@lru_cache(maxsize=1024)
def method_key(words: str) -> str:
    """What a payment type or card brand is looked up by: "AMEX" is "American Express"."""
    key = loose_key(words)[:KEY_LIMIT]
    return _FIRST_OF.get(key, key)


def match_payment_method(payment: ReceivedPayment, company: Company) -> str | Hold:
    """The ListID of the payment method; "" where QuickBooks is to have none."""
    chosen = _mapped(company.method_of_payment, payment)
    if chosen is not None:
        purpose = f"payment method for {chosen.shown}"
        found = still_there(chosen, purpose, order_id=payment.order_id)
        return found if isinstance(found, Hold) else found.list_id
    by_name = (named_method(words, company.payment_methods) for words in _words(payment))
    return next((list_id for list_id in by_name if list_id), "")


def match_deposit_account(
    payment: ReceivedPayment, company: Company, deposit_account: str
) -> str | Hold:
    """The ListID of the account; "" where QuickBooks takes Undeposited Funds.

    `deposit_account` is what the settings say.
    """
    chosen = _mapped(company.deposit_of_payment, payment)
    if chosen is not None:
        purpose = f"deposit account for {chosen.shown}"
        found = still_there(chosen, purpose, order_id=payment.order_id)
        if isinstance(found, Hold):
            return found
        return _fit(found.list_id, found.full_name, found.kind, purpose, payment)
    if not deposit_account:
        return ""
    setting = "deposit_account"
    account = match_account(deposit_account, company, setting=setting, order_id=payment.order_id)
    if isinstance(account, Hold):
        return account
    return _fit(account.list_id, account.full_name, account.kind, setting, payment)


def _fit(
    list_id: str, full_name: str, kind: str, purpose: str, payment: ReceivedPayment
) -> str | Hold:
    """Money can be deposited to a bank account or another current asset, and nowhere else."""
    if kind and kind not in DEPOSIT_ACCOUNT_TYPES:
        details = {"account": full_name, "setting": purpose, "order": str(payment.order_id)}
        return Hold("no-deposit-account", details)
    return list_id


def _words(payment: ReceivedPayment) -> tuple[str, ...]:
    """The card brand, where there is one, then the type."""
    return tuple(dict.fromkeys(word for word in (payment.method, payment.source_kind) if word))


def _mapped(mapped: Mapping[str, Chosen], payment: ReceivedPayment) -> Chosen | None:
    keys = (method_key(words) for words in _words(payment))
    return next((mapped[key] for key in keys if key in mapped), None)


def named_method(words: str, methods: Mapping[str, str]) -> str:
    """The ListID among these (by `name_key`) of the method of that name; "" without one.

    By the name as QuickBooks compares names, then as people do, then by another word for it.
    """
    exact = methods.get(name_key(words))
    wanted = method_key(words)
    if exact or not wanted:
        return exact or ""
    fitting = [name for name in methods if method_key(name) == wanted]
    closest = min(fitting, key=lambda name: (loose_key(name) != loose_key(words), name), default="")
    return methods[closest] if closest else ""
