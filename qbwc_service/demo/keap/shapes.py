"""The JSON that Keap's REST v2 gives, made from plain numbers. Source: v2 OpenAPI schemas."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Json = dict[str, Any]

_SYMBOLS = {"USD": "$", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a person enters it. Amounts are in cents.

    A discount is entered either with a negative price, or with a price of 0 and a positive
    `discount_minor`: both are seen in shops.
    """

    name: str
    price_minor: int
    quantity: int = 1
    kind: str = "PRODUCT"
    product_id: str = ""
    discount_minor: int = 0
    description: str = ""
    subscription_id: str = ""

    @property
    def amount_minor(self) -> int:
        """What the line adds to the order's total."""
        return self.quantity * self.price_minor - self.discount_minor


def currency_value(minor: int, currency: str) -> Json:
    """Orders and products: whole minor units."""
    sign = "-" if minor < 0 else ""
    major, cents = divmod(abs(minor), 100)
    return {
        "amount": minor,
        "currency_code": currency,
        "formatted_amount": f"{sign}{_SYMBOLS.get(currency, currency)}{major:,}.{cents:02}",
    }


def major_units(minor: int) -> Decimal:
    """Payments: major units, spelled as Keap spells a double (305.0, 24.5, 111.05)."""
    sign = "-" if minor < 0 else ""
    major, cents = divmod(abs(minor), 100)
    return Decimal(f"{sign}{major}.{f'{cents:02}'.removesuffix('0')}")


def minor_units(amount: Decimal) -> int:
    """The way back from `major_units`."""
    return int(amount * 100)


def time_text(moment: datetime) -> str:
    """`2026-11-02T22:41:07Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def item_json(item_id: str, line: Line, product: Json | None, currency: str) -> Json:
    """An order's line; lines without a product have no `product` member."""
    shown: Json = {
        "id": item_id,
        "name": line.name,
        "description": line.description or line.name,
        "notes": "",
        "quantity": line.quantity,
        "discount": currency_value(line.discount_minor, currency),
        "item_type": line.kind,
        "cost_per_unit": currency_value(0, currency),
        "price_per_unit": currency_value(line.price_minor, currency),
    }
    if line.subscription_id:
        shown["subscription_id"] = line.subscription_id
    if product is not None:
        stub = ("id", "name", "sku", "description", "shippable", "taxable")
        shown["product"] = {name: product[name] for name in stub}
    return shown


def stub_of_contact(contact: Json) -> Json:
    """The contact as an order shows it."""
    addresses = contact["email_addresses"]
    return {
        "id": contact["id"],
        "email": addresses[0]["email"] if addresses else "",
        "given_name": contact["given_name"],
        "family_name": contact["family_name"],
    }


def shipping_json(order_id: str, contact: Json) -> Json:
    """An order's shipping block, from the contact's address."""
    addresses = contact["addresses"]
    phones = contact["phone_numbers"]
    address = {name: text for name, text in addresses[0].items() if name != "field"}
    return {
        "id": order_id,
        "company": contact["company"]["company_name"] if contact["company"] else "",
        "given_name": contact["given_name"],
        "family_name": contact["family_name"],
        "phone_number": phones[0]["number"] if phones else "",
        "invoice_to_company": False,
        "address": address,
    }


def payment_plan_json(total: int, paid: int, currency: str, due: datetime) -> Json:
    """A plan of one payment: what Keap makes for an order without a plan."""
    day = due.date().isoformat()
    return {
        "auto_charge": False,
        "max_charge_attempts": 3,
        "days_between_retries": 2,
        "payment_method_id": "0",
        "initial_payment_amount": currency_value(total, currency),
        "initial_payment_date": day,
        "plan_start_date": day,
        "number_of_payments": 1,
        "days_between_payments": 0,
        "payment_plan_items": [
            {
                "status": "PAID" if paid >= total else "UNPAID_MANUAL",
                "due_date": day,
                "amount_due": currency_value(total, currency),
                "amount_paid": currency_value(paid, currency),
            }
        ],
    }


def contact_json(
    contact_id: str,
    given_name: str,
    family_name: str,
    *,
    email: str,
    company: str,
    phone: str,
    locality: str,
    now: datetime,
) -> Json:
    """A contact with one address; e-mail, company and phone may be ""."""
    return {
        "id": contact_id,
        "given_name": given_name,
        "family_name": family_name,
        "middle_name": "",
        "preferred_name": given_name,
        "job_title": "",
        "company": {"id": f"9{contact_id}", "company_name": company} if company else None,
        "email_addresses": email_json(email),
        "phone_numbers": [{"number": phone, "type": "Work", "field": "PHONE1"}] if phone else [],
        "addresses": [
            {
                "field": "BILLING",
                "line1": f"{contact_id} N Central Ave",
                "line2": "",
                "locality": locality,
                "region": "Arizona",
                "region_code": "US-AZ",
                "country": "United States",
                "country_code": "USA",
                "postal_code": "85004",
                "zip_code": "85004",
                "zip_four": "",
            }
        ],
        "tag_ids": [],
        "custom_fields": [],
        "owner_id": "1",
        "contact_type": "Customer",
        "time_zone": "America/Phoenix",
        "source_type": "WEBFORM",
        "create_time": time_text(now),
        "update_time": time_text(now),
    }


def email_json(email: str) -> list[Json]:
    """A contact's list of e-mail addresses."""
    return [{"email": email, "field": "EMAIL1"}] if email else []


def product_json(product_id: str, name: str, price: Json, sku: str, now: datetime) -> Json:
    """A product without options or plans."""
    return {
        "id": product_id,
        "name": name,
        "price": price,
        "active": True,
        "description": name,
        "sku": sku,
        "shippable": True,
        "taxable": True,
        "categories": [],
        "options": [],
        "short_description": name,
        "subscription_only": False,
        "subscription_plans": [],
        "create_time": time_text(now),
        "update_time": time_text(now),
    }


def order_json(
    order_id: str,
    invoice_id: str,
    contact: Json,
    items: list[Json],
    *,
    title: str,
    status: str,
    source: str,
    placed: datetime,
    due: datetime | None,
) -> Json:
    """An order before its sums are written."""
    return {
        "id": order_id,
        "title": title,
        "status": status,
        "contact": stub_of_contact(contact),
        "notes": "",
        "terms": "",
        "order_type": "ONLINE" if source == "CHECKOUT_FORM" else "OFFLINE",
        "source_type": source,
        "creation_time": time_text(placed),
        "order_time": time_text(placed),
        "due_time": time_text(due) if due else "",
        "lead_affiliate_id": "0",
        "sales_affiliate_id": "0",
        "shipping_information": shipping_json(order_id, contact),
        "allow_payment": True,
        "allow_paypal": False,
        "order_items": items,
        "files": [],
        "credit_status": "",
        "promo_code": "",
        "synced": False,
        "invoice_id": invoice_id,
        "custom_fields": [],
    }


def payment_json(
    payment_id: str,
    kind: str,
    amount_minor: int,
    *,
    status: str,
    contact_id: str,
    order_ids: list[str],
    transaction_id: str,
    note: str,
    moment: datetime,
    now: datetime,
) -> Json:
    """A payment of the account's feed; one through a gateway names its merchant account."""
    shown: Json = {
        "id": payment_id,
        "type": kind,
        "amount": major_units(amount_minor),
        "note": note,
        "status": status,
        "commissioned": False,
        "synced": False,
        "payment_time": time_text(moment),
        "refund_payment_id": "0",
        "contact_id": contact_id,
        "order_ids": order_ids,
        "update_time": time_text(now),
        "external_transaction_id": transaction_id,
    }
    if transaction_id:
        shown |= {"merchant_account_id": "6", "merchant_account_type": "STRIPE"}
    return shown


def order_payment_json(
    row_id: str, amount_minor: int, order: Json, payment: Json, pay_status: str
) -> Json:
    """What a payment gave to one order."""
    return {
        "id": row_id,
        "amount": major_units(amount_minor),
        "note": payment["note"],
        "invoice_id": order["invoice_id"],
        "payment_id": payment["id"],
        "pay_time": payment["payment_time"],
        "pay_status": pay_status,
        "last_updated_time": payment["update_time"],
        "skip_commission": False,
        "refund_invoice_payment_id": "0",
    }
