"""What the company file must contain before the demo orders come: plain data, nothing imported."""

#: item names; each is the SKU of a product in the shop
COMPANY_ITEMS = (
    "WDG-001",
    "WDG-002",
    "WDG-PRO",
    "COACH-60",
    "COACH-MONTH",
    "BOOK-PB",
    "BOOK-HC",
    "MUG-BLUE",
    "TICKET-A",
    "SETUP",
)

#: a contact of the shop has this name too
VENDORS = ("Vendor Supplies Inc",)

#: invoice numbers that somebody used by hand; one order of the shop has the same number
TAKEN_NUMBERS = ("20113",)
