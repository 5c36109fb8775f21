"""A company file full of traps: each order lands on its customer and its items, or waits with its
own cause, and no other order is held."""

from dataclasses import dataclass

import pytest

from qbwc_service.connections import lock_connection
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger import customer_choices
from qbwc_service.planning.order import Buyer, PostalAddress, SalesLine
from tests.world import World, paid, product, sale

PHOENIX = PostalAddress(city="Phoenix")


@dataclass(frozen=True, slots=True)
class Trap:
    """An order and where it has to end: customer and items, or the cause for which it waits."""

    order: int
    buyer: Buyer
    lines: tuple[SalesLine, ...]
    customer: str = ""
    items: tuple[str, ...] = ()
    cause: str = ""


HAMMER, NAIL = product("HAMMER"), product("NAIL")
TRAPS = (
    # The e-mail address is twice in QuickBooks: the name tells who it is, or nobody can.
    Trap(
        1, Buyer("11", "Bea", "Kerr", email="kerr@home.example"), (HAMMER,), "Bea Kerr", ("HAMMER",)
    ),
    Trap(
        2,
        Buyer("12", "Cal", "Kerr", email="kerr@home.example"),
        (HAMMER,),
        cause="customers-fit-equally",
    ),
    # A vendor has the name.
    Trap(
        3,
        Buyer("13", "", "", "Vendor Supplies Inc", "v@vendor.example"),
        (HAMMER,),
        "Vendor Supplies Inc (K13)",
        ("HAMMER",),
    ),
    # The item SAW is called Hand Saw since yesterday.
    Trap(
        4,
        Buyer("14", "Dora", "Finn", email="dora@finn.example"),
        (product("SAW"),),
        cause="item-not-in-quickbooks",
    ),
    Trap(
        5,
        Buyer("15", "Emil", "Finn", email="emil@finn.example"),
        (product("Hand Saw"), NAIL),
        "Emil Finn",
        ("Hand Saw", "NAIL"),
    ),
    # Gil's customer was deleted, Hope's merged into another.
    Trap(6, Buyer("16", "Gil", "Hart", email="gil@hart.example"), (NAIL,), "Gil Hart", ("NAIL",)),
    Trap(
        7, Buyer("17", "Hope", "Hart", email="hope@hart.example"), (NAIL,), "Hart Family", ("NAIL",)
    ),
    # Two contacts of one name.
    Trap(8, Buyer("18", "Ida", "Jung", email="ida@jung.example"), (NAIL,), "Ida Jung", ("NAIL",)),
    Trap(
        9,
        Buyer("19", "Ida", "Jung", email="other@jung.example"),
        (NAIL,),
        cause="customer-name-of-another",
    ),
    # Jobs with the address of the customer whose jobs they are.
    Trap(
        10,
        Buyer("20", "Kim", "Lund", email="office@lund.example"),
        (NAIL,),
        "Lund Builders",
        ("NAIL",),
    ),
    # Accents, "&", and the company in its city.
    Trap(11, Buyer("21", "Jose", "Nunez"), (NAIL,), "José Núñez", ("NAIL",)),
    Trap(
        12,
        Buyer("22", "Max", "Orr", "Orr and Sons", "max@orr.example", "", PHOENIX),
        (NAIL,),
        "Orr & Sons",
        ("NAIL",),
    ),
    # Inactive since last year.
    Trap(
        13,
        Buyer("23", "Pia", "Quinn", email="pia@quinn.example"),
        (NAIL,),
        cause="customer-inactive",
    ),
    # Drills are in two places of the item list.
    Trap(
        14,
        Buyer("24", "Rex", "Sand", email="rex@sand.example"),
        (product("Drill"),),
        cause="item-name-ambiguous",
    ),
    Trap(
        15,
        Buyer("25", "Sam", "Todd", email="sam@todd.example"),
        (product("tools:DRILL"),),
        "Sam Todd",
        ("Tools:Drill",),
    ),
    # Nothing special about these.
    Trap(
        16,
        Buyer("26", "Uma", "Vale", email="uma@vale.example"),
        (HAMMER, NAIL),
        "Uma Vale",
        ("HAMMER", "NAIL"),
    ),
    Trap(17, Buyer("26", "Uma", "Vale", email="uma@vale.example"), (NAIL,), "Uma Vale", ("NAIL",)),
)


def plant(world: World) -> None:
    """What people have in the company file, and what they did there since the first update."""
    human = world.human
    for name in ("Bea Kerr", "Abe Kerr"):
        human.add_customer(name, email="kerr@home.example")
    human.add_customer("Gil Hart", email="gil@hart.example")
    human.add_customer("Hope Hart", email="hope@hart.example")
    human.add_customer("Hart Family", email="hope@hart.example")
    lund = human.add_customer("Lund Builders", email="office@lund.example")
    for job in ("Roof", "Kitchen"):
        body = {"ParentRef": {"ListID": lund}, "Email": "office@lund.example"}
        human.add("Customer", job, body)
    human.add_customer("José Núñez")
    human.add(
        "Customer", "Orr & Sons", {"CompanyName": "Orr & Sons", "BillAddress": {"City": "Phoenix"}}
    )
    human.add_customer("Pia Quinn", email="pia@quinn.example")
    for group in ("Tools", "Rental"):
        parent = human.add_item(group)
        part = {"AccountRef": {"FullName": "Sales"}}
        human.add(
            "ItemService", "Drill", {"ParentRef": {"ListID": parent}, "SalesOrPurchase": part}
        )
    world.update()
    human.rename("ItemService", "SAW", "Hand Saw")
    human.delete_customer("Gil Hart")
    human.merge_customers("Hope Hart", "Hart Family")
    human.make_inactive("Pia Quinn")


def match_by(world: World, mode: str) -> None:
    with world.database.writing("test") as db:
        connection = lock_connection(db, "acme")
        connection.settings = {**connection.settings, "customer_match": mode}


def landed(world: World) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Customer and items of each invoice in QuickBooks, by number."""
    return {
        int(invoice.number): (invoice.customer, tuple(line.item for line in invoice.lines))
        for invoice in world.books().invoices
    }


def test_each_order_lands_where_it_should_and_none_else_is_held(world: World) -> None:
    plant(world)
    world.keap_has(*(sale(trap.order, *trap.lines, buyer=trap.buyer) for trap in TRAPS))
    world.update()

    assert landed(world) == {
        trap.order: (trap.customer, trap.items) for trap in TRAPS if not trap.cause
    }
    causes = {
        order: cause for order, (status, cause) in world.statuses().items() if status == "held"
    }
    assert causes == {trap.order: trap.cause for trap in TRAPS if trap.cause}


def test_one_answer_releases_all_orders_of_the_contact_and_is_remembered(world: World) -> None:
    plant(world)
    cal = TRAPS[1].buyer
    world.keap_has(sale(1, buyer=cal), sale(2, buyer=cal))
    world.update()
    assert {status for status, _ in world.statuses().values()} == {"held"}

    with world.database.writing("test") as db:
        connection = lock_connection(db, "acme")
        customer_choices.choose_named(
            db, connection, cal.contact_id, "Abe Kerr", "owner", world.clock.now
        )
    world.update()
    world.keap_has(sale(3, buyer=cal))
    world.update()
    assert {customer for customer, _ in landed(world).values()} == {"Abe Kerr"}
    assert sorted(landed(world)) == [1, 2, 3]


def test_the_same_orders_over_two_companies_choose_alike(world: World) -> None:
    """Planned one by one, an update each, they end as they do all at once."""
    plant(world)
    for trap in TRAPS:
        world.keap_has(sale(trap.order, *trap.lines, buyer=trap.buyer))
        world.update()
    assert landed(world) == {
        trap.order: (trap.customer, trap.items) for trap in TRAPS if not trap.cause
    }


def test_what_a_person_mends_in_quickbooks_is_noticed_at_the_next_update(world: World) -> None:
    world.keap_has(sale(1, product("GOLD")))
    world.update()
    assert world.statuses() == {1: ("held", "item-not-in-quickbooks")}
    world.human.add_item("Gold")
    world.clock.pass_time(minutes=6)
    world.update()
    assert landed(world) == {1: ("Ann Lee", ("Gold",))}


def test_while_nothing_waits_for_the_lists_they_are_not_read(world: World) -> None:
    world.keap_has(sale(1))
    world.update()
    world.clock.pass_time(minutes=60)
    assert world.update().ended is Ended.NONE


def test_a_contact_stays_with_the_customer_that_has_its_invoices(world: World) -> None:
    world.human.add_customer("Ann Lee")
    world.keap_has(sale(1))
    world.update()
    world.human.add_customer("A. Lee", email="ann@example.com")
    world.keap_has(sale(2))
    world.update()
    assert {customer for customer, _ in landed(world).values()} == {"Ann Lee"}


def test_two_contacts_of_one_name_do_not_share_a_customer_by_name_alone(world: World) -> None:
    world.human.add_customer("Ann Lee")
    twins = [Buyer(contact, "Ann", "Lee") for contact in ("31", "32")]
    world.keap_has(*(sale(order, buyer=twin) for order, twin in enumerate(twins, start=1)))
    world.update()
    world.update()
    assert {order: customer for order, (customer, _) in landed(world).items()} == {1: "Ann Lee"}
    assert world.statuses()[2] == ("held", "customer-name-of-another")


def test_an_invoice_under_the_single_customer_does_not_say_who_a_merged_contact_is(
    world: World,
) -> None:
    world.keap_has(sale(1))
    world.update()
    match_by(world, "single-customer")
    world.keap_has(sale(2))
    world.update()
    match_by(world, "email-then-name")
    world.human.add_customer("Lee Household", email="ann@example.com")
    world.human.merge_customers("Ann Lee", "Lee Household")
    world.clock.pass_time(minutes=6)
    world.keap_has(sale(3))
    world.update()
    assert {order: customer for order, (customer, _) in landed(world).items()} == {
        1: "Lee Household",
        2: "Web Store",
        3: "Lee Household",
    }


@pytest.mark.parametrize("transaction", ["sales-receipt", "sales-order"])
def test_a_merged_customer_is_followed_by_the_forms_of_every_kind(
    world: World, transaction: str
) -> None:
    world.set(transaction=transaction)
    ann, bea = Buyer("31", "Ann", "Lee"), Buyer("32", "Bea", "Kerr")
    for order, buyer in enumerate((ann, bea), start=1):
        world.keap_has(sale(order, buyer=buyer), payments=[paid(order, 1000)])
    world.update()
    world.human.add_customer("Lee Household")
    world.human.merge_customers("Ann Lee", "Lee Household")
    world.clock.pass_time(minutes=6)
    for order, buyer in enumerate((ann, bea), start=3):
        world.keap_has(sale(order, buyer=buyer), payments=[paid(order, 1000)])
    world.update()
    books = world.books()
    forms = books.sales_receipts if transaction == "sales-receipt" else books.sales_orders
    assert {form.number: form.customer for form in forms} == {
        "1": "Lee Household",
        "2": "Bea Kerr",
        "3": "Lee Household",
        "4": "Bea Kerr",
    }


@pytest.mark.parametrize("transaction", ["sales-receipt", "sales-order"])
def test_a_contact_stays_with_the_customer_that_has_its_other_forms(
    world: World, transaction: str
) -> None:
    world.set(transaction=transaction)
    world.human.add_customer("Ann Lee")
    world.keap_has(sale(1), payments=[paid(1, 1000)])
    world.update()
    world.human.add_customer("A. Lee", email="ann@example.com")
    world.keap_has(sale(2), payments=[paid(2, 1000)])
    world.update()
    books = world.books()
    forms = books.sales_receipts if transaction == "sales-receipt" else books.sales_orders
    assert {form.customer for form in forms} == {"Ann Lee"}
