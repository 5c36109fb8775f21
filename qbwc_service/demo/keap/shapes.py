"""The JSON that Keap's REST v2 gives, made from plain numbers. Source: v2 OpenAPI schemas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from qbwc_service.demo.keap.values import Json, currency_value, time_text


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a person enters it. Amounts are in cents.

    A discount is entered either with a negative price, or with a price of 0 and a positive
    `discount_minor`: both are seen in shops.
    """

    name: str
    price_minor: int
    quantity: int | Decimal = 1
    kind: str = "PRODUCT"
    product_id: str = ""
    discount_minor: int = 0
    description: str = ""
    subscription_id: str = ""

    @property
    def amount_minor(self) -> int:
        """What the line adds to the order's total."""
        price = Decimal(self.quantity * self.price_minor)
        return int(price.to_integral_value(ROUND_HALF_UP)) - self.discount_minor


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
        "company": contact["company"]["company_name"] if "company" in contact else "",
        "given_name": contact["given_name"],
        "family_name": contact["family_name"],
        "phone_number": phones[0]["number"] if phones else "",
        "invoice_to_company": False,
        "address": address,
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
    tags: Sequence[str],
    now: datetime,
) -> Json:
    """A contact with one address; e-mail, company and phone may be ""."""
    employer: Json = {"company": {"id": f"9{contact_id}", "company_name": company}}
    return (employer if company else {}) | {
        "id": contact_id,
        "given_name": given_name,
        "family_name": family_name,
        "middle_name": "",
        "preferred_name": given_name,
        "job_title": "",
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
        "tag_ids": list(tags),
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


def product_json(
    product_id: str, name: str, price: Json, sku: str, now: datetime, *, taxable: bool
) -> Json:
    """A product without options or plans."""
    return {
        "id": product_id,
        "name": name,
        "price": price,
        "active": True,
        "description": name,
        "sku": sku,
        "shippable": True,
        "taxable": taxable,
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
    order_type: str,
    details: Json,
    placed: datetime,
    plan: Json,
    now: datetime,
) -> Json:
    """An order before its sums are written; `details` are what a person writes beside them."""
    return {
        "id": order_id,
        "title": title,
        "status": status,
        "contact": stub_of_contact(contact),
        "notes": "",
        "terms": "",
        "order_type": order_type or ("ONLINE" if source == "CHECKOUT_FORM" else "OFFLINE"),
        "source_type": source,
        "creation_time": time_text(now),
        "modification_time": time_text(now),
        "order_time": time_text(placed),
        "due_time": "",
        "lead_affiliate_id": "0",
        "sales_affiliate_id": "0",
        "shipping_information": shipping_json(order_id, contact),
        "allow_payment": True,
        "allow_paypal": False,
        "order_items": items,
        "payment_plan": plan,
        "files": [],
        "credit_status": "",
        "promo_code": "",
        "synced": False,
        "invoice_id": invoice_id,
        "custom_fields": [],
    } | details


def details_json(
    *,
    notes: str | None = None,
    promo_code: str | None = None,
    due: datetime | None = None,
    custom_fields: Mapping[str, object] | None = None,
) -> Json:
    """What a person writes on an order beside its lines; only what is given."""
    shown: Json = {}
    if notes is not None:
        shown["notes"] = notes
    if promo_code is not None:
        shown["promo_code"] = promo_code
    if due is not None:
        shown["due_time"] = time_text(due)
    if custom_fields is not None:
        shown["custom_fields"] = [
            {"id": field_id, "content": content} for field_id, content in custom_fields.items()
        ]
    return shown
