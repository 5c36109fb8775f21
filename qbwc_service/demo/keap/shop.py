"""A shop in Keap, and what people do with it.

Every act takes and returns plain values, so that it can also be asked for over HTTP. Amounts are
in cents; acts raise ShopError for what Keap would not allow either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

import msgspec

from qbwc_service.demo.keap.account import Account
from qbwc_service.demo.keap.acts import act, do_act
from qbwc_service.demo.keap.money import Instalment, payment_plan_json
from qbwc_service.demo.keap.records import ShopError
from qbwc_service.demo.keap.shapes import (
    Line,
    contact_json,
    details_json,
    email_json,
    item_json,
    order_json,
    product_json,
    stub_of_contact,
)
from qbwc_service.demo.keap.till import Till
from qbwc_service.demo.keap.values import Json, currency_value, time_text


class Shop(Till):
    """One Keap account with people at work in it."""

    def do(self, name: str, arguments: Mapping[str, Any]) -> object:
        """Any act by its name with JSON arguments. Raises ShopError for what does not fit."""
        return do_act(self, name, arguments)

    @act
    def add_contact(
        self,
        given_name: str = "",
        family_name: str = "",
        *,
        email: str = "",
        company: str = "",
        phone: str = "",
        locality: str = "Phoenix",
        tags: Sequence[str] = (),
    ) -> str:
        """A new contact; `tags` are ids. Gives its id."""
        contact_id = self._new_id("contact")
        self.contacts[contact_id] = contact_json(
            contact_id,
            given_name,
            family_name,
            email=email,
            company=company,
            phone=phone,
            locality=locality,
            tags=tags,
            now=self._now(),
        )
        return contact_id

    @act
    def edit_contact(
        self,
        contact_id: str,
        *,
        given_name: str | None = None,
        family_name: str | None = None,
        email: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> str:
        """Changes what is given; None leaves it. Orders keep showing the contact as it is now."""
        contact = self._one(self.contacts, contact_id, "contact")
        names = {"given_name": given_name, "family_name": family_name}
        contact.update({field: text for field, text in names.items() if text is not None})
        if email is not None:
            contact["email_addresses"] = email_json(email)
        if tags is not None:
            contact["tag_ids"] = list(tags)
        contact["update_time"] = time_text(self._now())
        self.contacts[contact_id] = contact
        self._show_contact(contact_id, contact)
        return contact_id

    @act
    def merge_contacts(self, primary_id: str, duplicate_id: str) -> str:
        """The duplicate vanishes; its orders and payments belong to the primary."""
        primary = self._one(self.contacts, primary_id, "contact")
        self._one(self.contacts, duplicate_id, "contact")
        if primary_id == duplicate_id:
            raise ShopError(f"contact {primary_id} cannot be merged with itself")
        self._show_contact(duplicate_id, primary)
        for row in self.payments.with_key("contact_id", [duplicate_id]):
            self.payments.change(str(row.id), contact_id=primary_id)
        del self.contacts[duplicate_id]
        return primary_id

    @act
    def add_product(
        self, name: str, price_minor: int, *, sku: str = "", taxable: bool = True
    ) -> str:
        """A new product; gives its id."""
        product_id = self._new_id("product")
        price = currency_value(price_minor, self.account.currency)
        self.products[product_id] = product_json(
            product_id, name, price, sku, self._now(), taxable=taxable
        )
        return product_id

    @act
    def reserve(self, kind: Literal["order", "payment"]) -> str:
        """An id for a record whose saving takes long: others with higher ids are seen before it.

        `add_order` and `pay` take the id as `reserved`, and date the record from now.
        """
        identity = self._new_id(kind)
        self._reserved[f"{kind} {identity}"] = self._now().isoformat()
        return identity

    @act
    def add_order(
        self,
        contact_id: str,
        lines: Sequence[Line],
        *,
        title: str = "Order",
        on: datetime | None = None,
        status: str = "SENT",
        source: str = "CHECKOUT_FORM",
        order_type: str = "",
        currency: str = "",
        total_minor: int | None = None,
        due: datetime | None = None,
        notes: str = "",
        promo_code: str = "",
        custom_fields: Mapping[str, Any] = {},
        plan: Sequence[Instalment] = (),
        reserved: str = "",
    ) -> str:
        """A new order; gives its id. `on` is its date (now), `total_minor` overrules the lines.

        `plan` says when which part is to be paid; `reserved` is an id from `reserve`. Without an
        `order_type` what comes from the shop's own form is ONLINE, all else OFFLINE.
        `custom_fields` are contents by the field's id.
        """
        contact = self._one(self.contacts, contact_id, "contact")
        currency = currency or self.account.currency
        items = self._items(lines, currency)
        order_id, now = self._begun("order", reserved)
        total = sum(line.amount_minor for line in lines) if total_minor is None else total_minor
        parts = plan or [Instalment((on or now).date(), total)]
        order = order_json(
            order_id,
            self._new_id("invoice"),
            contact,
            items,
            title=title,
            status=status,
            source=source,
            order_type=order_type,
            details=details_json(
                notes=notes, promo_code=promo_code, due=due, custom_fields=custom_fields
            ),
            placed=on or now,
            plan=payment_plan_json(parts, currency),
            now=now,
        )
        self.order_payments[order_id] = []
        self._settle(order, [], total, currency)
        self.orders[order_id] = order
        return order_id

    @act
    def edit_order(
        self,
        order_id: str,
        *,
        lines: Sequence[Line] | None = None,
        title: str | None = None,
        status: str | None = None,
        on: datetime | None = None,
        due: datetime | None = None,
        notes: str | None = None,
        promo_code: str | None = None,
        custom_fields: Mapping[str, Any] | None = None,
    ) -> str:
        """Changes what is given; new lines give a new total."""
        order = self._one(self.orders, order_id, "order")
        currency = order["total"]["currency_code"]
        if lines is not None:
            order["order_items"] = self._items(lines, currency)
            rows = self.order_payments[order_id]
            self._settle(order, rows, sum(line.amount_minor for line in lines), currency)
        changes = {"title": title, "status": status, "order_time": time_text(on) if on else None}
        order.update({field: text for field, text in changes.items() if text is not None})
        order |= details_json(
            notes=notes, promo_code=promo_code, due=due, custom_fields=custom_fields
        )
        order["modification_time"] = time_text(self._now())
        self.orders[order_id] = order
        return order_id

    @act
    def edit_orders(self, order_ids: Sequence[str], *, title: str) -> int:
        """The same change to many at once, so that all have one time; gives their number."""
        for order_id in order_ids:
            self.edit_order(order_id, title=title)
        return len(order_ids)

    @act
    def delete_order(self, order_id: str) -> str:
        """The order vanishes without a trace, and so do the payments that were for it alone."""
        self._one(self.orders, order_id, "order")
        del self.orders[order_id]
        for row in self.order_payments.pop(order_id):
            payment = self.payments.get(row["payment_id"])
            if payment is not None and payment["order_ids"] == [order_id]:
                del self.payments[payment["id"]]
        return order_id

    @act
    def change_account(self, changes: Mapping[str, Any]) -> str:
        """Another answer of the account from now on, by the names in Account; gives its tenant."""
        unknown = sorted(set(changes) - set(asdict(self.account)))
        if unknown:
            raise ShopError(f"an account has no {', '.join(unknown)}")
        self.account = msgspec.convert(asdict(self.account) | dict(changes), Account)
        return self.account.tenant

    def _show_contact(self, contact_id: str, contact: Json) -> None:
        for row in self.orders.with_key("contact_id", [contact_id]):
            self.orders.change(str(row.id), contact=stub_of_contact(contact))

    def _items(self, lines: Sequence[Line], currency: str) -> list[Json]:
        def product_of(line: Line) -> Json | None:
            if not line.product_id:
                return None
            return self._one(self.products, line.product_id, "product")

        products = [product_of(line) for line in lines]
        return [
            item_json(self._new_id("item"), line, product, currency)
            for line, product in zip(lines, products, strict=True)
        ]
