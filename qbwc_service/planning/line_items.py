"""The item of each line: a product's by its SKU, all others' by mapping or setting; or a hold.

What QuickBooks lacks is made where settings say so, under a name that is nobody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from qbwc_service.matching import reasons
from qbwc_service.matching.accounts import match_account
from qbwc_service.matching.company import Company, Item, MappedItem
from qbwc_service.matching.item_names import new_item_names
from qbwc_service.matching.items import MISSING, ItemMatch, match_mapped, match_sku, usable
from qbwc_service.matching.keys import name_key, product_key, tax_key
from qbwc_service.matching.tax_items import SALES_TAX_KINDS
from qbwc_service.planning.order import LineKind, SalesLine
from qbwc_service.planning.plan import Hold, ListRef, Note, PlannedItem, Reason
from qbwc_service.settings import Settings

MADE_BY_US = "Made by the Keap link"
UNKNOWN_ITEM_MADE_BY_US = "Made by the Keap link for lines without an item - do not delete"


@dataclass(frozen=True, slots=True)
class LineItem:
    """The item of one line and why; `makes` and `note` where something has to be done or told."""

    ref: ListRef
    why: Reason
    full_name: str
    makes: PlannedItem | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class _OwnItem:
    """An item of ours that a setting names, and what it is made as where QuickBooks lacks it."""

    setting: str
    purpose: str
    account_setting: str = "income_account"


_OWN_ITEMS: Mapping[LineKind, _OwnItem] = MappingProxyType(
    {
        LineKind.SHIPPING: _OwnItem("shipping_item", "shipping"),
        LineKind.TAX: _OwnItem("tax_item", "sales tax", "tax_account"),
        LineKind.DISCOUNT: _OwnItem("discount_item", "discounts"),
        LineKind.FINANCE_CHARGE: _OwnItem("finance_charge_item", "finance charges"),
        LineKind.TIP: _OwnItem("tip_item", "tips"),
        LineKind.FEE: _OwnItem("fee_item", "fees"),
    }
)
#: the settings that name an item of ours
OWN_ITEM_SETTINGS = (
    "unknown_item",
    *(own.setting for own in _OWN_ITEMS.values()),
    "rounding_item",
    "credit_item",
    "refund_item",
)


def item_for(
    line: SalesLine, order_id: int, company: Company, settings: Settings
) -> LineItem | Hold:
    """The item that this line of this order goes to."""
    if line.kind is LineKind.PRODUCT:
        return _Product(line, order_id, company, settings).item()
    own = _OWN_ITEMS.get(line.kind)
    if own is None:
        details = {"order": str(order_id), "line_type": line.source_kind}
        return Hold("line-type-unknown", details)
    mapped = _chosen_for_tax(line, company)
    if mapped is not None:
        details = {"order": str(order_id)}
        found = match_mapped(mapped, reasons.TAX_CHOSEN, details, product=line.name or "the tax")
        return found if isinstance(found, Hold) else _of_match(found)
    return _Making(order_id, company, settings).own(own, is_discount=line.kind is LineKind.DISCOUNT)


def item_of_setting(
    setting: str, purpose: str, order_id: int, company: Company, settings: Settings
) -> LineItem | Hold:
    """The item of ours that this setting names, made where QuickBooks lacks it."""
    own = _OwnItem(setting, purpose)
    return _Making(order_id, company, settings).own(own, is_discount=False)


def _chosen_for_tax(line: SalesLine, company: Company) -> MappedItem | None:
    """The item that a person chose for the label of a tax line.

    A sales tax item is none that a line could use: QuickBooks reckons the tax of a whole invoice
    with it.
    """
    mapped = company.mapped_taxes.get(tax_key(line.name)) if line.kind is LineKind.TAX else None
    if mapped is not None and mapped.item is not None and mapped.item.kind in SALES_TAX_KINDS:
        return None
    return mapped


def _of_match(found: ItemMatch) -> LineItem:
    return LineItem(ListRef(list_id=found.item.list_id), found.why, found.item.full_name)


@dataclass(frozen=True, slots=True)
class _Product:
    """One product line: a person's choice first, then what its SKU says, then the settings."""

    line: SalesLine
    order_id: int
    company: Company
    settings: Settings

    def item(self) -> LineItem | Hold:
        mapped = self.company.mapped_items.get(product_key(self.line.sku, self.line.name))
        if mapped is not None:
            return self._mapped(mapped)
        if self._lacks:
            return self._without_sku()
        found = self._match(self.line.sku)
        if isinstance(found, Hold) and found.cause in MISSING:
            return self._missing(found)
        return found if isinstance(found, Hold) else _of_match(found)

    @property
    def _lacks(self) -> str:
        """What the line lacks to be matched at all, or ""."""
        if not self.line.name.strip():
            return "item name"
        return "" if self.line.sku.strip() else "SKU"

    @property
    def _shown(self) -> str:
        return self.line.name or self.line.description or "without a name"

    def _mapped(self, mapped: MappedItem) -> LineItem | Hold:
        details = {"order": str(self.order_id), "line": self._shown, "sku": self.line.sku}
        product = self.line.sku or self.line.name
        found = match_mapped(mapped, reasons.ITEM_CHOSEN, details, product=product)
        return found if isinstance(found, Hold) else _of_match(found)

    def _match(self, text: str) -> ItemMatch | Hold:
        return match_sku(
            text, self.company, self.settings, line=self._shown, order_id=self.order_id
        )

    def _missing(self, hold: Hold) -> LineItem | Hold:
        match self.settings.missing_item:
            case "unknown-item":
                return self._unknown("unknown-item-for-sku", reasons.SKU_TO_UNKNOWN)
            case "create":
                return self._make(self.line.sku, f'the SKU "{self.line.sku}"')
            case _:
                return hold

    def _without_sku(self) -> LineItem | Hold:
        match self.settings.no_sku:
            case "hold":
                return Hold("line-without-sku", self._details())
            case "create":
                return self._by_what_there_is()
            case _:
                return self._unknown("unknown-item-used", reasons.LINE_TO_UNKNOWN)

    def _by_what_there_is(self) -> LineItem | Hold:
        """The item of the SKU or else of the line's own name, made where there is none."""
        text = self.line.sku.strip() or self.line.name.strip()
        if not text:
            return Hold("line-without-sku", self._details())
        found = self._match(text)
        if isinstance(found, ItemMatch):
            why = Reason(reasons.NAME_IS_ITEM, {"missing": self._lacks, "text": text})
            return _of_match(ItemMatch(found.item, why))
        return self._make(text, f'the name "{text}"') if found.cause in MISSING else found

    def _make(self, text: str, shown: str) -> LineItem | Hold:
        # By the text alone: a SKU and a product of that name are to be one item, made once.
        key = product_key(text, "")
        why = Reason(reasons.ITEM_MADE, {"text": shown})
        return _Making(self.order_id, self.company, self.settings).product(key, text, why)

    def _unknown(self, message: str, rule: str) -> LineItem | Hold:
        details = self._details()
        making = _Making(self.order_id, self.company, self.settings)
        return making.unknown(Reason(rule, {"missing": self._lacks}), Note(message, details))

    def _details(self) -> dict[str, str]:
        more = {"missing": self._lacks} if self._lacks else {"sku": self.line.sku}
        return {"order": str(self.order_id), "line": self._shown} | more


@dataclass(frozen=True, slots=True)
class _Making:
    """Items of ours: those that QuickBooks has, and those that are to be made."""

    order_id: int
    company: Company
    settings: Settings

    def own(self, own: _OwnItem, *, is_discount: bool) -> LineItem | Hold:
        """The item that a setting names: the one in QuickBooks, else one to be made."""
        name = getattr(self.settings, own.setting)
        why = Reason(reasons.BY_SETTING, {"purpose": own.purpose})
        return self._existing(name_key(name), (name,), why, is_discount=is_discount) or self._new(
            name_key(name), name, own, why, description=MADE_BY_US
        )

    def unknown(self, why: Reason, note: Note) -> LineItem | Hold:
        """The item for lines whose own one is not known."""
        name = self.settings.unknown_item
        found = self._existing(name_key(name), (name,), why) or self._new(
            name_key(name),
            name,
            _OwnItem("unknown_item", "lines without SKU"),
            why,
            description=UNKNOWN_ITEM_MADE_BY_US,
        )
        if isinstance(found, Hold):
            return found
        told = Note(note.message, note.details | {"item": name})
        return LineItem(found.ref, found.why, found.full_name, found.makes, told)

    def product(self, key: str, text: str, why: Reason) -> LineItem | Hold:
        """An item for a product that QuickBooks lacks, under a name that is free there."""
        names = new_item_names(text)
        # The last name is made from the whole SKU: what bears it was made for this SKU.
        found = self._existing(key, names[-1:], why)
        if found is not None:
            return found
        name = next((each for each in names if not self._is_taken(each)), names[-1])
        own = _OwnItem("missing_item", "new products")
        return self._new(key, name, own, why, description=MADE_BY_US)

    def _is_taken(self, name: str) -> bool:
        return name_key(name) in self.company.items_by_full_name

    def _existing(
        self, key: str, names: tuple[str, ...], why: Reason, *, is_discount: bool = False
    ) -> LineItem | Hold | None:
        """The one that our posting made, whatever it is called now, else the one of that name."""
        item: Item | None = self.company.made_items.get(key)
        for name in names:
            item = item or self.company.items_by_full_name.get(name_key(name))
        if item is None:
            return None
        trouble = usable(item, {"order": str(self.order_id)}, is_discount=is_discount)
        return trouble or LineItem(ListRef(list_id=item.list_id), why, item.full_name)

    def _new(
        self, key: str, name: str, own: _OwnItem, why: Reason, *, description: str
    ) -> LineItem | Hold:
        details = {"order": str(self.order_id), "item": name, "purpose": own.purpose}
        account_name = getattr(self.settings, own.account_setting)
        if not account_name:
            return Hold("account-not-chosen", details | {"setting": own.account_setting})
        account = match_account(
            account_name, self.company, setting=own.account_setting, order_id=self.order_id
        )
        if isinstance(account, Hold):
            return account
        is_product = own.setting in {"unknown_item", "missing_item"}
        makes = PlannedItem(
            key,
            name,
            is_other_charge=not is_product,
            account_list_id=account.list_id,
            description=description,
            is_non_inventory=is_product and self.settings.new_item_type == "non-inventory",
        )
        return LineItem(ListRef(made_by=key), why, name, makes)
