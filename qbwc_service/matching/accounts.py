"""Which account: the one that a setting names, by its full name."""

from qbwc_service.matching.company import Account, Company
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.plan import Hold


def match_account(
    full_name: str, company: Company, *, setting: str, order_id: int
) -> Account | Hold:
    """The active account of that full name, or a hold that names the setting."""
    account = company.accounts.get(name_key(full_name))
    if account is None or not account.is_active:
        details = {"account": full_name, "setting": setting, "order": str(order_id)}
        return Hold("account-not-in-quickbooks", details)
    return account
