"""The entries of QuickBooks' lists that the settings put on every invoice and new customer."""

from dataclasses import dataclass

from qbwc_service.matching.accounts import match_account
from qbwc_service.matching.company import Company
from qbwc_service.matching.list_entries import named_entry
from qbwc_service.planning.plan import Hold, SaleForm
from qbwc_service.settings import LIST_SETTINGS, Settings

_ANY_FORM = ("invoice_class", "sales_rep", "ship_method")
#: what only some forms have: a receipt is paid, and each form has templates of its own
_OF_FORM = {
    SaleForm.INVOICE: ("terms", "invoice_template", *_ANY_FORM),
    SaleForm.SALES_ORDER: ("terms", *_ANY_FORM),
    SaleForm.SALES_RECEIPT: _ANY_FORM,
}
_CUSTOMER_SETTINGS = ("customer_tax_code",)
_BY_NAME = {setting.name: setting for setting in LIST_SETTINGS}


@dataclass(frozen=True, slots=True)
class ListChoices:
    """ListIDs; "" where QuickBooks is to choose."""

    ar_account: str = ""
    terms: str = ""
    invoice_class: str = ""
    invoice_template: str = ""
    sales_rep: str = ""
    ship_method: str = ""
    #: only for a customer that is made with the order
    customer_tax_code: str = ""


def list_choices(
    order_id: int, company: Company, settings: Settings, *, form: SaleForm, makes_customer: bool
) -> ListChoices | Hold:
    """What the settings name and this form has, or a hold for the first entry that QuickBooks does
    not have."""
    found: dict[str, str] = {}
    if settings.ar_account and form is SaleForm.INVOICE:
        account = match_account(
            settings.ar_account, company, setting="ar_account", order_id=order_id
        )
        if isinstance(account, Hold):
            return account
        found["ar_account"] = account.list_id
    for name in (*_OF_FORM[form], *(_CUSTOMER_SETTINGS if makes_customer else ())):
        value = getattr(settings, name)
        entry = named_entry(_BY_NAME[name], value, company, order_id=order_id)
        if isinstance(entry, Hold):
            return entry
        found[name] = entry.list_id if entry else ""
    return ListChoices(**found)
