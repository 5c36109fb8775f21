"""One reader for each Ret element: from its fields to a record."""

from collections.abc import Callable

from lxml import etree

from qbxml_builders import records
from qbxml_builders.custom_fields import data_ext, extra_fields
from qbxml_builders.fields import Fields
from qbxml_builders.txn_readers import SALES, card_refund, check, invoice, payment, removed, sale

Reader = Callable[[str, Fields], records.Record]

COMMON = frozenset(
    {"ListID", "EditSequence", "TimeCreated", "TimeModified", "Name", "FullName", "IsActive"}
)

# Ret element to list; terms come as two kinds of Ret.
LISTS = {
    "AccountRet": "Account",
    "PaymentMethodRet": "PaymentMethod",
    "SalesTaxCodeRet": "SalesTaxCode",
    "StandardTermsRet": "Terms",
    "DateDrivenTermsRet": "Terms",
    "ClassRet": "Class",
    "ShipMethodRet": "ShipMethod",
    "SalesRepRet": "SalesRep",
    "CurrencyRet": "Currency",
    "CustomerTypeRet": "CustomerType",
    "TemplateRet": "Template",
    "CustomerMsgRet": "CustomerMsg",
}


def read_response(element: etree._Element) -> tuple[records.Record, ...]:
    """The records of a response. Of a removal there is no Ret: its fields stand in the response
    itself, and are missing where it was refused.
    """
    tag = element.tag
    if tag in ("TxnDelRs", "TxnVoidRs"):
        gone = removed("Del" if tag == "TxnDelRs" else "Void", Fields(element))
        return (gone,) if gone.txn_id else ()
    return tuple(read(child) for child in element if child.tag != "ErrorRecovery")


def read(element: etree._Element) -> records.Record:
    """The record of a Ret element, UnknownRecord where there is no reader. Never raises."""
    tag = str(element.tag)
    reader = READERS.get(tag)
    if reader is None:
        reader = _item if tag.startswith("Item") and tag.endswith("Ret") else _unknown
    return reader(tag, Fields(element))


def _unknown(tag: str, _fields: Fields) -> records.Record:
    return records.UnknownRecord(tag)


def _customer(_tag: str, fields: Fields) -> records.Record:
    return records.CustomerRecord(
        list_id=fields.text("ListID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        name=fields.text("Name"),
        full_name=fields.first_of("FullName", "Name"),
        is_active=fields.switch("IsActive"),
        parent_list_id=fields.ref_id("ParentRef"),
        company_name=fields.text("CompanyName"),
        first_name=fields.text("FirstName"),
        last_name=fields.text("LastName"),
        email=fields.text("Email"),
        phone=fields.text("Phone"),
        bill_address=fields.address("BillAddress"),
        currency=fields.ref_name("CurrencyRef"),
        external_guid=fields.text("ExternalGUID"),
        balance=fields.number("Balance"),
    )


def _entity(tag: str, fields: Fields) -> records.Record:
    return records.EntityRecord(
        kind=tag.removesuffix("Ret"),
        list_id=fields.text("ListID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        name=fields.text("Name"),
        is_active=fields.switch("IsActive"),
        company_name=fields.text("CompanyName"),
        email=fields.text("Email"),
    )


def _item(tag: str, fields: Fields) -> records.Record:
    sale = fields.under("SalesOrPurchase") if "SalesOrPurchase" in fields else fields
    trade = fields.under("SalesAndPurchase") if "SalesAndPurchase" in fields else fields
    return records.ItemRecord(
        kind=tag.removeprefix("Item").removesuffix("Ret"),
        list_id=fields.text("ListID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        name=fields.text("Name"),
        full_name=fields.first_of("FullName", "Name"),
        is_active=fields.switch("IsActive"),
        parent_list_id=fields.ref_id("ParentRef"),
        external_guid=fields.text("ExternalGUID"),
        description=sale.text("Desc") or trade.text("SalesDesc") or fields.text("ItemDesc"),
        price=sale.number("Price") if "Price" in sale else trade.number("SalesPrice"),
        account_list_id=sale.ref_id("AccountRef") or trade.ref_id("IncomeAccountRef"),
        tax_rate=fields.number("TaxRate"),
        part_number=fields.text("ManufacturerPartNumber"),
        barcode=fields.text("BarCodeValue"),
        custom_fields=_custom_fields(fields),
        tax_items=tuple(one.text("ListID") for one in fields.each("ItemSalesTaxRef")),
    )


def _custom_fields(fields: Fields) -> dict[str, str]:
    return {ext.name: ext.value for ext in extra_fields(fields) if ext.is_custom and ext.value}


def _list_member(tag: str, fields: Fields) -> records.Record:
    return records.ListRecord(
        list=LISTS[tag],
        list_id=fields.text("ListID"),
        edit_sequence=fields.text("EditSequence"),
        time_created=fields.text("TimeCreated"),
        time_modified=fields.text("TimeModified"),
        name=fields.first_of("Name", "Initial"),
        full_name=fields.first_of("FullName", "Name", "Initial"),
        is_active=fields.switch("IsActive"),
        extra=dict(fields.plain(COMMON)),
        parent_list_id=fields.ref_id("ParentRef"),
    )


def _deleted(_tag: str, fields: Fields) -> records.Record:
    return records.DeletedRecord(
        type=fields.first_of("ListDelType", "TxnDelType"),
        id=fields.first_of("ListID", "TxnID"),
        time_created=fields.text("TimeCreated"),
        name_or_number=fields.first_of("FullName", "RefNumber"),
    )


def _host(_tag: str, fields: Fields) -> records.Record:
    return records.HostRecord(
        product=fields.text("ProductName"),
        major=fields.text("MajorVersion"),
        minor=fields.text("MinorVersion"),
        country=fields.text("Country"),
        versions=fields.texts("SupportedQBXMLVersion"),
        file_mode=fields.text("QBFileMode"),
        capacity=_capacity(fields.under("ListMetaData")),
    )


def _capacity(lists: Fields) -> dict[str, int]:
    found = {tag: lists.under(tag).whole("MaxCapacity") for tag in lists}
    return {tag.removesuffix("MetaData"): most for tag, most in found.items() if most}


def _company(_tag: str, fields: Fields) -> records.Record:
    copy = fields.under("AccountantCopy")
    return records.CompanyRecord(
        name=fields.text("CompanyName"),
        ext=tuple(extra_fields(fields)),
        accountant_copy_dividing_date=(
            copy.day("DividingDate") if copy.switch("AccountantCopyExists") else None
        ),
    )


def _data_ext(_tag: str, fields: Fields) -> records.Record:
    return data_ext(fields)


def _preferences(_tag: str, fields: Fields) -> records.Record:
    accounting = fields.under("AccountingPreferences")
    currency = fields.under("MultiCurrencyPreferences")
    tax = fields.under("SalesTaxPreferences")
    taxable, exempt = "DefaultTaxableSalesTaxCodeRef", "DefaultNonTaxableSalesTaxCodeRef"
    return records.PreferencesRecord(
        closing_date=accounting.day("ClosingDate"),
        multi_currency=bool(currency.switch("IsMultiCurrencyOn")),
        home_currency_name=currency.ref_name("HomeCurrencyRef"),
        sales_tax="SalesTaxPreferences" in fields,
        taxable_code_list_id=tax.ref_id(taxable),
        non_taxable_code_list_id=tax.ref_id(exempt),
    )


READERS: dict[str, Reader] = {
    "CustomerRet": _customer,
    "VendorRet": _entity,
    "EmployeeRet": _entity,
    "OtherNameRet": _entity,
    **dict.fromkeys(LISTS, _list_member),
    "InvoiceRet": invoice,
    "ReceivePaymentRet": payment,
    **dict.fromkeys(SALES, sale),
    "ARRefundCreditCardRet": card_refund,
    "CheckRet": check,
    "DataExtRet": _data_ext,
    "ListDeletedRet": _deleted,
    "TxnDeletedRet": _deleted,
    "HostRet": _host,
    "CompanyRet": _company,
    "PreferencesRet": _preferences,
}
