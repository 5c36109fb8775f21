"""The shapes of the requests that write list members. Source: qbXML Onscreen Reference, XSD 13.0.

Left out on purpose: OpenBalance (makes an invoice), and what only QuickBooks Online or non-US
editions know.
"""

FRAGMENTS = {
    "address": """
        Addr1 str 41
        Addr2 str 41
        Addr3 str 41
        Addr4 str 41 v2.0
        Addr5 str 41 v6.0
        City str 31
        State str 21
        PostalCode str 13
        Country str 31
    """,
    "sale": """
        SalesOrPurchase!
          Desc str 4095
          Price price
          AccountRef ref 159
        ExternalGUID guid v8.0
    """,
}

LISTS = """
CustomerAddRq
  CustomerAdd!
    Name! name 41
    ParentRef ref 209
    CompanyName str 41
    FirstName str 25
    LastName str 25
    BillAddress
      &address
    ShipAddress
      &address
    Phone str 21
    AltPhone str 21
    Email str 1023
    Contact str 41
    CustomerTypeRef ref 159
    TermsRef ref 31
    SalesRepRef ref 5
    SalesTaxCodeRef ref 3
    AccountNumber str 99
    Notes str 4095 v3.0
    ExternalGUID guid v8.0
    CurrencyRef ref 64 v8.0
CustomerModRq
  CustomerMod!
    ListID! id
    EditSequence! str 16
    BillAddress
      &address
    Phone str 21
    Email str 1023
ItemServiceAddRq
  ItemServiceAdd!
    Name! name 31
    SalesTaxCodeRef ref 3
    &sale
ItemNonInventoryAddRq
  ItemNonInventoryAdd!
    Name! name 31
    SalesTaxCodeRef ref 3
    &sale
ItemOtherChargeAddRq
  ItemOtherChargeAdd!
    Name! name 31
    SalesTaxCodeRef ref 3
    &sale
"""
