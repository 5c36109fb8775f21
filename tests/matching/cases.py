"""The table of customers: each situation of the company file, crossed with what fits.

Every row is written by hand: who orders, and the customer that the order goes to (or the cause
for which it waits), with the rule that says why. "+Name" is a new customer of that name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qbwc_service.matching.company import Company
from qbwc_service.matching.customer_index import Customer
from qbwc_service.planning.order import Buyer, PostalAddress
from tests.matching.company_file import company_file, customer, planned

#: the contact that orders
US = "7"


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table."""

    situation: str
    fits: str
    company: Company
    buyer: Buyer
    #: full name of the customer, "+Name" of a new one, or the cause of the hold
    expected: str
    #: the rule that says why; "" for holds
    rule: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.situation}: {self.fits}"


def buyer(
    first: str = "", last: str = "", *, email: str = "", company: str = "", city: str = ""
) -> Buyer:
    address = PostalAddress(city=city) if city else None
    return Buyer(US, first, last, company, email, "", address)


def file(*customers: Customer, **more: Any) -> Company:
    return company_file(customers=customers, **more)


ANN = customer(
    "Ann Lee", email="ann@lee.example", first_name="Ann", last_name="Lee", city="Phoenix"
)
ACME = customer("Acme Inc", company="Acme Inc", email="office@acme.example", city="Phoenix")
STRANGER = buyer("Zoe", "Fox", email="zoe@fox.example", company="Fox Ltd", city="Tucson")
AT_ACME = buyer("Bob", "Ray", email="bob@ray.example", company="Acme Inc", city="Phoenix")
NEW_STRANGER = ("+Zoe Fox", "customer-new")

EMAIL, NAME, PLACE, NOTHING = "the e-mail address", "the name", "company and city", "nothing"

_PLAIN = file(ANN, ACME)
_TIE = file(
    ANN,
    customer("Lee, Ann", email="ann@lee.example", city="Tucson"),
    ACME,
    customer("ACME, Inc.", company="Acme, Inc.", city="Phoenix"),
)
_ACCENTS = file(
    customer("José Núñez", email="Jose@Nunez.example", first_name="José", last_name="Núñez"),
    customer("Café Möller & Søn", company="Café Möller & Søn", city="Zürich"),
)
_SWAPPED = file(ANN, ACME)
_JOBS = file(
    ACME,
    customer("Acme Inc:Roof", email="office@acme.example", company="Acme Inc", city="Phoenix"),
    customer("Acme Inc:Ann Lee", email="office@acme.example", company="Acme Inc", city="Phoenix"),
)
_SHARED = file(
    customer("Ann Lee", email="family@lee.example", contacts=frozenset({"5"})),
    customer("Bob Lee", email="family@lee.example"),
    customer("Sole Fox", email="office@fox.example", contacts=frozenset({"6"})),
    ACME,
)
_SENIOR = file(
    customer("John Smith Sr", email="smith@home.example", company="Smith Sr", city="Mesa"),
    customer("John Smith Jr", email="smith@home.example", company="Smith Jr", city="Tempe"),
)
_INACTIVE = file(
    customer("Ann Lee", email="ann@lee.example", is_active=False),
    customer("Acme Inc", company="Acme Inc", city="Phoenix", is_active=False),
)
#: an earlier order made C-Annie, which a person has merged into Ann Lee since
_MERGED = file(ANN, ACME, remembered={US: "C-Annie"})
_VENDOR = file(
    customer("A. Lee", email="ann@lee.example"),
    customer("Acme of Phoenix", company="Acme Inc", city="Phoenix"),
    other_names={"Ann Lee": "vendor", "Acme Inc": "vendor", "Zoe Fox": "vendor"},
)
_LONG = "The Grand Canyon State Roofing Company of "
_LONG_NAMES = file(
    customer(_LONG[:41], company=_LONG[:41], email="north@roof.example", city="Flagstaff"),
)
_COLON = file(
    customer("Ann- Lee", email="ann@lee.example"),
    customer("Roofs- Acme", company="Roofs: Acme", city="Phoenix"),
)
_EMOJI = file(
    customer("Ann Lee", email="ann@lee.example"),
    customer("Acme Inc", company="Acme Inc", city="Phoenix"),
    customer("Lee"),
)
_CURRENCY = file(
    customer("Ann Lee", email="ann@lee.example", currency="CAD"),
    customer("Acme Inc", company="Acme Inc", city="Phoenix", currency="CAD"),
)

CASES = (
    Case(
        "plain",
        EMAIL,
        _PLAIN,
        buyer("Anna", "Leigh", email="ANN@lee.example"),
        "Ann Lee",
        "customer-email",
    ),
    Case("plain", NAME, _PLAIN, buyer("ann", "LEE"), "Ann Lee", "customer-name"),
    Case("plain", PLACE, _PLAIN, AT_ACME, "Acme Inc", "customer-company-city"),
    Case("plain", NOTHING, _PLAIN, STRANGER, *NEW_STRANGER),
    Case(
        "tie", EMAIL, _TIE, buyer("Anna", "Leigh", email="ann@lee.example"), "customers-fit-equally"
    ),
    Case("tie", NAME, _TIE, buyer("Ann", "Lee"), "customers-fit-equally"),
    Case("tie", PLACE, _TIE, AT_ACME, "customers-fit-equally"),
    Case("tie", NOTHING, _TIE, STRANGER, *NEW_STRANGER),
    Case(
        "accents",
        EMAIL,
        _ACCENTS,
        buyer("J.", "N.", email="jose@NUNEZ.example"),
        "José Núñez",
        "customer-email",
    ),
    Case("accents", NAME, _ACCENTS, buyer("JOSE", "Nunez"), "José Núñez", "customer-name"),
    Case(
        "accents",
        PLACE,
        _ACCENTS,
        buyer("Eva", "Sol", company="Cafe Moller and Son", city="Zurich"),
        "Café Möller & Søn",
        "customer-company-city",
    ),
    Case(
        "accents",
        NOTHING,
        _ACCENTS,
        buyer("Josef", "Nunez", email="j@n.example"),
        "+Josef Nunez",
        "customer-new",
    ),
    Case(
        "swapped names",
        EMAIL,
        _SWAPPED,
        buyer("Lee", "Ann", email="ann@lee.example"),
        "Ann Lee",
        "customer-email",
    ),
    Case("swapped names", NAME, _SWAPPED, buyer("Lee", "Ann"), "customer-name-of-another"),
    Case(
        "swapped names",
        PLACE,
        _SWAPPED,
        buyer("Ray", "Bob", company="Acme Inc", city="Phoenix"),
        "Acme Inc",
        "customer-company-city",
    ),
    Case("swapped names", NOTHING, _SWAPPED, buyer("Fox", "Zoe"), "+Fox Zoe", "customer-new"),
    Case(
        "job with the parent's e-mail",
        EMAIL,
        _JOBS,
        buyer("Cy", "Orr", email="office@acme.example"),
        "Acme Inc",
        "customer-email",
    ),
    Case(
        "job with the parent's e-mail",
        NAME,
        _JOBS,
        buyer("Ann", "Lee"),
        "Acme Inc:Ann Lee",
        "customer-name",
    ),
    Case(
        "job with the parent's e-mail", PLACE, _JOBS, AT_ACME, "Acme Inc", "customer-company-city"
    ),
    Case("job with the parent's e-mail", NOTHING, _JOBS, STRANGER, *NEW_STRANGER),
    Case(
        "shared e-mail",
        EMAIL,
        _SHARED,
        buyer("Cara", "Fox", email="office@fox.example"),
        "customer-email-of-another",
    ),
    Case(
        "shared e-mail",
        f"{EMAIL} and {NAME}",
        _SHARED,
        buyer("Bob", "Lee", email="family@lee.example"),
        "Bob Lee",
        "customer-email-name",
    ),
    Case(
        "shared e-mail",
        f"{EMAIL} of two",
        _SHARED,
        buyer("Cara", "Lee", email="family@lee.example"),
        "customers-fit-equally",
    ),
    Case("shared e-mail", NAME, _SHARED, buyer("Ann", "Lee"), "customer-name-of-another"),
    Case("shared e-mail", PLACE, _SHARED, AT_ACME, "Acme Inc", "customer-company-city"),
    Case("shared e-mail", NOTHING, _SHARED, STRANGER, *NEW_STRANGER),
    Case(
        "senior and junior",
        EMAIL,
        _SENIOR,
        buyer("John", "Smith", email="smith@home.example"),
        "customers-fit-equally",
    ),
    Case(
        "senior and junior",
        f"{EMAIL} and {NAME}",
        _SENIOR,
        buyer("John", "Smith Jr", email="smith@home.example"),
        "John Smith Jr",
        "customer-email-name",
    ),
    Case(
        "senior and junior",
        NAME,
        _SENIOR,
        buyer("John", "Smith Sr."),
        "John Smith Sr",
        "customer-name",
    ),
    Case(
        "senior and junior",
        f"{EMAIL}, {PLACE}",
        _SENIOR,
        buyer("John", "Smith", email="smith@home.example", company="Smith Jr", city="Tempe"),
        "John Smith Jr",
        "customer-email-place",
    ),
    Case(
        "senior and junior",
        PLACE,
        _SENIOR,
        buyer("Bob", "Ray", company="Smith Sr", city="Mesa"),
        "+Bob Ray",
        "customer-new",
    ),
    Case(
        "senior and junior",
        NOTHING,
        _SENIOR,
        buyer("John", "Smith", email="other@smith.example"),
        "+John Smith",
        "customer-new",
    ),
    Case(
        "inactive",
        EMAIL,
        _INACTIVE,
        buyer("Anna", "Leigh", email="ann@lee.example"),
        "customer-inactive",
    ),
    Case("inactive", NAME, _INACTIVE, buyer("Ann", "Lee"), "customer-inactive"),
    Case("inactive", PLACE, _INACTIVE, AT_ACME, "customer-inactive"),
    Case("inactive", NOTHING, _INACTIVE, STRANGER, *NEW_STRANGER),
    Case(
        "merged",
        EMAIL,
        _MERGED,
        buyer("Annie", "Li", email="ann@lee.example"),
        "Ann Lee",
        "customer-email",
    ),
    Case("merged", NAME, _MERGED, buyer("Ann", "Lee"), "Ann Lee", "customer-name"),
    Case("merged", PLACE, _MERGED, AT_ACME, "Acme Inc", "customer-company-city"),
    Case("merged", NOTHING, _MERGED, STRANGER, *NEW_STRANGER),
    Case(
        "vendor clash",
        EMAIL,
        _VENDOR,
        buyer("Ann", "Lee", email="ann@lee.example"),
        "A. Lee",
        "customer-email",
    ),
    Case("vendor clash", NAME, _VENDOR, buyer("Ann", "Lee"), "+Ann Lee (K7)", "customer-new-apart"),
    Case("vendor clash", PLACE, _VENDOR, AT_ACME, "+Bob Ray", "customer-new"),
    Case("vendor clash", NOTHING, _VENDOR, STRANGER, "+Zoe Fox (K7)", "customer-new-apart"),
    Case(
        "two companies equal in 41 characters",
        EMAIL,
        _LONG_NAMES,
        buyer(company=_LONG + "the North", email="north@roof.example"),
        _LONG[:41],
        "customer-email",
    ),
    Case(
        "two companies equal in 41 characters",
        NAME,
        _LONG_NAMES,
        buyer(company=_LONG + "the South"),
        "+The Grand Canyon State Roofing Compa (K7)",
        "customer-new",
    ),
    Case(
        "two companies equal in 41 characters",
        PLACE,
        _LONG_NAMES,
        buyer(company=_LONG + "the South", city="Flagstaff"),
        "+The Grand Canyon State Roofing Compa (K7)",
        "customer-new",
    ),
    Case("two companies equal in 41 characters", NOTHING, _LONG_NAMES, STRANGER, *NEW_STRANGER),
    Case(
        "colon",
        EMAIL,
        _COLON,
        buyer("Ann:", "Lee", email="ann@lee.example"),
        "Ann- Lee",
        "customer-email",
    ),
    Case("colon", NAME, _COLON, buyer("Ann:", "Lee"), "Ann- Lee", "customer-name"),
    Case(
        "colon",
        PLACE,
        _COLON,
        buyer("Bob", "Ray", company="Roofs: Acme", city="Phoenix"),
        "Roofs- Acme",
        "customer-company-city",
    ),
    Case("colon", NOTHING, _COLON, buyer("Zoe:", "Fox"), "+Zoe- Fox", "customer-new"),
    Case(
        "emoji",
        EMAIL,
        _EMOJI,
        buyer("\N{SPARKLES}", "", email="ann@lee.example"),
        "Ann Lee",
        "customer-email",
    ),
    Case("emoji", NAME, _EMOJI, buyer("Ann \N{SPARKLES}", "Lee"), "Ann Lee", "customer-name"),
    Case(
        "emoji",
        PLACE,
        _EMOJI,
        buyer("Bob", "Ray", company="Acme \N{ROCKET} Inc", city="Phoenix"),
        "Acme Inc",
        "customer-company-city",
    ),
    Case(
        "emoji",
        f"{NOTHING}, in another script",
        _EMOJI,
        buyer("李", "Lee"),
        "+? Lee (K7)",
        "customer-new",
    ),
    Case(
        "emoji",
        NOTHING,
        _EMOJI,
        buyer("Zoe \N{FOX FACE}", "Fox"),
        "+Zoe ? Fox (K7)",
        "customer-new",
    ),
    Case(
        "other currency",
        EMAIL,
        _CURRENCY,
        buyer("Anna", "Leigh", email="ann@lee.example"),
        "+Anna Leigh",
        "customer-new",
    ),
    Case(
        "other currency",
        NAME,
        _CURRENCY,
        buyer("Ann", "Lee"),
        "+Ann Lee (K7)",
        "customer-new-apart",
    ),
    Case("other currency", PLACE, _CURRENCY, AT_ACME, "+Bob Ray", "customer-new"),
    Case("other currency", NOTHING, _CURRENCY, STRANGER, *NEW_STRANGER),
)

#: what people choose instead of the default, and what they said of a contact
CHOICES = (
    Case(
        "you chose",
        "another customer",
        file(ANN, ACME, chosen={US: "C-Acme Inc"}),
        buyer("Ann", "Lee", email="ann@lee.example"),
        "Acme Inc",
        "customer-chosen",
    ),
    Case(
        "you chose",
        "a new one",
        file(ANN, chosen={US: ""}),
        buyer("Ann", "Lee"),
        "+Ann Lee (K7)",
        "customer-new-apart",
    ),
    Case(
        "you chose",
        "a new one, where earlier orders went to one that is inactive now",
        file(customer("A. Lee", is_active=False), chosen={US: ""}, remembered={US: "C-A. Lee"}),
        buyer("Ann", "Lee"),
        "+Ann Lee",
        "customer-new-chosen",
    ),
    Case(
        "you chose",
        "a new one, which is made by now",
        file(
            customer("Ann Lee (K7)", contacts=frozenset({US})),
            chosen={US: ""},
            remembered={US: "C-Ann Lee (K7)"},
        ),
        buyer("Ann", "Lee"),
        "Ann Lee (K7)",
        "customer-remembered",
    ),
    Case(
        "you chose",
        "one that is gone",
        file(ANN, chosen={US: "C-Gone"}),
        buyer("Ann", "Lee"),
        "chosen-customer-gone",
    ),
    Case(
        "you chose",
        "one that is inactive now",
        file(customer("Old", is_active=False), chosen={US: "C-Old"}),
        buyer("Ann", "Lee"),
        "customer-inactive",
    ),
    Case(
        "remembered",
        "renamed since",
        file(customer("A. Leigh"), remembered={US: "C-A. Leigh"}),
        buyer("Ann", "Lee"),
        "A. Leigh",
        "customer-remembered",
    ),
    Case(
        "remembered",
        "inactive since",
        file(customer("A. Leigh", is_active=False), remembered={US: "C-A. Leigh"}),
        buyer("Ann", "Lee"),
        "customer-inactive",
    ),
    Case(
        "planned",
        "by this contact itself",
        file(planned("Ann Lee", US)),
        buyer("Ann", "Lee"),
        "+Ann Lee",
        "customer-new",
    ),
    Case(
        "planned",
        "by another contact of that e-mail",
        file(planned("Ann Lee", "9", email="ann@lee.example")),
        buyer("Ann", "Lee", email="ann@lee.example"),
        "(9) Ann Lee",
        "customer-email",
    ),
    Case(
        "planned",
        "by another contact of that name",
        file(planned("Ann Lee", "9", first_name="Ann", last_name="Lee")),
        buyer("Ann", "Lee"),
        "customer-name-of-another",
    ),
    Case(
        "two e-mail addresses",
        "in one field",
        file(customer("Ann Lee", email="a@lee.example, ann@lee.example")),
        buyer("Cy", "Orr", email="ann@lee.example"),
        "Ann Lee",
        "customer-email",
    ),
    Case(
        "another e-mail address",
        NAME,
        _PLAIN,
        buyer("Ann", "Lee", email="other@lee.example"),
        "customer-name-of-another",
    ),
    Case(
        "another company elsewhere",
        NAME,
        file(customer("Ann Lee", company="Acme Inc", city="Phoenix")),
        buyer("Ann", "Lee", company="Fox Ltd", city="Tucson"),
        "customer-name-of-another",
    ),
    Case(
        "another e-mail address",
        f"{NAME}, {PLACE}",
        file(customer("Ann Lee", email="old@lee.example", company="Acme Inc", city="Phoenix")),
        buyer("Ann", "Lee", email="ann@lee.example", company="Acme Inc", city="Phoenix"),
        "Ann Lee",
        "customer-name",
    ),
    Case(
        "two of that name",
        f"{NAME}, {PLACE}",
        file(
            customer("Ann Lee", company="Acme Inc", city="Phoenix"),
            customer("Lee, Ann", company="Fox Ltd", city="Tucson"),
        ),
        buyer("Ann", "Lee", company="Fox Ltd", city="Tucson"),
        "Lee, Ann",
        "customer-name",
    ),
    Case(
        "two of that name",
        "company and city of neither",
        file(customer("Ann Lee"), customer("Lee, Ann")),
        buyer("Ann", "Lee", company="Fox Ltd", city="Tucson"),
        "customers-fit-equally",
    ),
    Case(
        "by name alone",
        "another e-mail address",
        _PLAIN,
        buyer("Ann", "Lee", email="other@lee.example"),
        "Ann Lee",
        "customer-name",
        {"customer_match": "name"},
    ),
    Case(
        "last-first",
        "new",
        file(),
        buyer("Ann", "Lee"),
        "+Lee, Ann",
        "customer-new",
        {"customer_name": "last-first"},
    ),
    Case(
        "by company",
        "its people are one customer",
        file(customer("Acme Inc", email="bob@acme.example", contacts=frozenset({"5"}))),
        buyer("Ann", "Lee", email="ann@acme.example", company="ACME Inc."),
        "Acme Inc",
        "customer-name",
        {"customer_name": "company"},
    ),
    Case(
        "by company",
        "new",
        file(),
        buyer("Ann", "Lee", company="Acme Inc"),
        "+Acme Inc",
        "customer-new",
        {"customer_name": "company"},
    ),
    Case(
        "by e-mail",
        "called by it",
        file(customer("ann@lee.example")),
        buyer("Ann", "Lee", email="Ann@Lee.example"),
        "ann@lee.example",
        "customer-name",
        {"customer_name": "email"},
    ),
    Case(
        "by e-mail",
        "new",
        file(),
        buyer("Ann", "Lee", email="ann@lee.example"),
        "+ann@lee.example",
        "customer-new",
        {"customer_name": "email"},
    ),
    Case(
        "single customer",
        "there",
        file(customer("Web Store"), ANN),
        buyer("Ann", "Lee"),
        "Web Store",
        "customer-single",
        {"customer_match": "single-customer"},
    ),
    Case(
        "single customer",
        "to be made",
        file(ANN),
        buyer("Ann", "Lee"),
        "+Web Store",
        "customer-single",
        {"customer_match": "single-customer"},
    ),
    Case(
        "single customer",
        "a vendor is called so",
        file(other_names={"web store": "vendor"}),
        buyer("Ann", "Lee"),
        "name-taken-by-other-kind",
        "",
        {"customer_match": "single-customer"},
    ),
    Case(
        "missing", "hold", _PLAIN, STRANGER, "customer-not-found", "", {"missing_customer": "hold"}
    ),
    Case(
        "missing",
        "single customer",
        file(customer("Web Store")),
        STRANGER,
        "Web Store",
        "customer-single",
        {"missing_customer": "single-customer"},
    ),
    Case(
        "vendor clash",
        "hold",
        _VENDOR,
        STRANGER,
        "name-taken-by-other-kind",
        "",
        {"name_taken": "hold"},
    ),
    Case(
        "vendor clash",
        "the number is taken too",
        file(other_names={"zoe fox": "vendor", "zoe fox (k7)": "employee"}),
        STRANGER,
        "name-taken-by-other-kind",
    ),
    Case(
        "one active of two",
        EMAIL,
        file(
            customer("Ann Lee", email="ann@lee.example"),
            customer("Ann Lee old", email="ann@lee.example", is_active=False),
        ),
        buyer("Cy", "Orr", email="ann@lee.example"),
        "Ann Lee",
        "customer-email",
    ),
    Case(
        "one active of two",
        NAME,
        file(customer("Lee, Ann"), customer("Ann Lee", is_active=False)),
        buyer("Ann", "Lee"),
        "Lee, Ann",
        "customer-name",
    ),
)
