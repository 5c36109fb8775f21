"""New customers, and new addresses of those that exist."""

from dataclasses import dataclass

from qbxml_builders.addresses import Address as Address
from qbxml_builders.addresses import located
from qbxml_builders.elements import Element, Request, filled
from qbxml_builders.refs import Ref, referred


@dataclass(frozen=True, slots=True)
class CustomerAdd:
    """A new customer, or a job of ``parent``. Only the name is required (41 characters, no colon).

    The name must be free among customers, vendors, employees and other names. ``currency`` only
    where the company file uses several (3250 otherwise). ``external_guid`` in braces.
    """

    name: str
    parent: Ref | None = None
    company_name: str = ""
    first_name: str = ""
    last_name: str = ""
    bill_address: Address | None = None
    ship_address: Address | None = None
    phone: str = ""
    alt_phone: str = ""
    email: str = ""
    contact: str = ""
    customer_type: Ref | None = None
    terms: Ref | None = None
    sales_rep: Ref | None = None
    sales_tax_code: Ref | None = None
    account_number: str = ""
    notes: str = ""
    external_guid: str = ""
    currency: Ref | None = None


def customer_add(request_id: str, customer: CustomerAdd) -> Request:
    """The request that makes the customer. Source: qbXML OSR, CustomerAdd."""
    content = (
        Element("Name", customer.name),
        *referred("ParentRef", customer.parent),
        *filled("CompanyName", customer.company_name),
        *filled("FirstName", customer.first_name),
        *filled("LastName", customer.last_name),
        *located("BillAddress", customer.bill_address),
        *located("ShipAddress", customer.ship_address),
        *filled("Phone", customer.phone),
        *filled("AltPhone", customer.alt_phone),
        *filled("Email", customer.email),
        *filled("Contact", customer.contact),
        *referred("CustomerTypeRef", customer.customer_type),
        *referred("TermsRef", customer.terms),
        *referred("SalesRepRef", customer.sales_rep),
        *referred("SalesTaxCodeRef", customer.sales_tax_code),
        *filled("AccountNumber", customer.account_number),
        *filled("Notes", customer.notes),
        *filled("ExternalGUID", customer.external_guid),
        *referred("CurrencyRef", customer.currency),
    )
    return Request(request_id, Element("CustomerAddRq", (Element("CustomerAdd", content),)))


@dataclass(frozen=True, slots=True)
class CustomerMod:
    """How a customer is reached from now on. What is left empty stays as it is in QuickBooks; a
    bill address takes the place of the whole old one.

    ``edit_sequence`` as last read: 3200 where the customer was changed since.
    """

    list_id: str
    edit_sequence: str
    bill_address: Address | None = None
    phone: str = ""
    email: str = ""


def customer_mod(request_id: str, customer: CustomerMod) -> Request:
    """The request that changes the customer. Source: qbXML OSR, CustomerMod."""
    content = (
        Element("ListID", customer.list_id),
        Element("EditSequence", customer.edit_sequence),
        *located("BillAddress", customer.bill_address),
        *filled("Phone", customer.phone),
        *filled("Email", customer.email),
    )
    return Request(request_id, Element("CustomerModRq", (Element("CustomerMod", content),)))
