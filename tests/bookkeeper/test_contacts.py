"""R41-R43: which customer: by e-mail, else by name, company and city together."""

from dataclasses import replace

from qbwc_service.planning.order import Buyer, PostalAddress
from tests.world import ANN, World, sale

PHOENIX = {"BillAddress": {"Addr1": "1 Main St", "City": "Phoenix", "State": "AZ"}}


def customers(world: World) -> list[str]:
    """Under whom the invoices are."""
    return [invoice.customer for invoice in world.books().invoices]


def test_r41_the_e_mail_address_finds_the_customer_whatever_the_name(world: World) -> None:
    world.human.add_customer("A. Lee-Smith", email="ann@example.com")
    world.human.add_customer("Ann Lee", email="other@example.org")
    world.keap_has(sale(1))
    world.update()
    assert customers(world) == ["A. Lee-Smith"]


def test_r42_without_the_address_first_and_last_name_find_it(world: World) -> None:
    world.human.add_customer("Ann Lee")
    world.keap_has(sale(1))
    world.update()
    assert customers(world) == ["Ann Lee"]
    assert len(world.books().customers) == 1


def test_r42_the_same_name_with_another_address_waits(world: World) -> None:
    world.human.add_customer("Ann Lee", email="other@example.org")
    world.keap_has(sale(1))
    world.update()
    assert world.statuses() == {1: ("held", "customer-name-of-another")}
    assert world.books().invoices == ()


def test_r43_company_and_city_decide_between_two_of_one_name(world: World) -> None:
    world.human.add_customer("Ann Lee", email="one@example.org", company_name="Acme Inc")
    world.human.edit_customer("Ann Lee", **PHOENIX)
    buyer = replace(ANN, company="Acme Inc")
    world.keap_has(sale(1, buyer=buyer))
    world.update()
    assert customers(world) == ["Ann Lee"]


def test_r43_in_another_city_it_waits(world: World) -> None:
    world.human.add_customer("Ann Lee", email="one@example.org", company_name="Acme Inc")
    world.human.edit_customer("Ann Lee", **PHOENIX)
    tucson = PostalAddress("Ann Lee", "", ("1 Main St",), "Tucson", "AZ", "85701", "USA")
    world.keap_has(sale(1, buyer=replace(ANN, company="Acme Inc", bill_to=tucson)))
    world.update()
    assert world.statuses() == {1: ("held", "customer-name-of-another")}


def test_r41_whom_nobody_fits_is_made_once_for_all_his_orders(world: World) -> None:
    bob = Buyer("4502", "Bob", "Ray", email="bob@example.com")
    world.keap_has(sale(1, buyer=bob), sale(2, buyer=bob))
    world.update()
    assert customers(world) == ["Bob Ray", "Bob Ray"]
    assert [each.email for each in world.books().customers] == ["bob@example.com"]
