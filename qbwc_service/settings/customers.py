"""Which customer of QuickBooks an order goes to."""

from typing import get_args

from qbwc_service.settings.choices import (
    CustomerMatching,
    CustomerName,
    MissingCustomer,
    NameTaken,
    UpdateCustomers,
)
from qbwc_service.settings.setting import Setting

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "customer_match",
        "email-then-name, name or single-customer",
        "email-then-name",
        "How the customer of an order is found: by e-mail address, then first and last name, then "
        "company and city; by name alone; or everything under the single customer.",
        get_args(CustomerMatching),
    ),
    Setting(
        "customer_name",
        "first-last, last-first, company or email",
        "first-last",
        "What a customer is called in QuickBooks: Ann Lee; Lee, Ann; the company (else the "
        "person); or the e-mail address. By this name customers are found, and new ones made.",
        get_args(CustomerName),
    ),
    Setting(
        "missing_customer",
        "create, hold or single-customer",
        "create",
        "A customer that QuickBooks does not have: make it, hold the order, or put the order under "
        "the single customer.",
        get_args(MissingCustomer),
    ),
    Setting(
        "single_customer",
        "text",
        "Web Store",
        "Name of the single customer; made when it is missing.",
    ),
    Setting(
        "name_taken",
        "add-number or hold",
        "add-number",
        "The name of a new customer is taken, for example by a vendor: add the number of the Keap "
        "contact to it, as in Ann Lee (K4417), or hold the order.",
        get_args(NameTaken),
    ),
    Setting(
        "update_customers",
        "never or when-changed",
        "never",
        "An order goes to a customer that is known to be its contact, and the contact's e-mail, "
        "phone or billing address is another one in Keap: leave QuickBooks as it is, or write "
        "what has changed. Names are never changed, and nothing is blanked.",
        get_args(UpdateCustomers),
    ),
    Setting(
        "customer_tax_code",
        "QuickBooks tax code",
        "",
        "Sales tax code of the customers this service makes. Customers that are in QuickBooks "
        "already keep theirs. Empty: QuickBooks' own choice.",
        list_name="SalesTaxCode",
    ),
)
