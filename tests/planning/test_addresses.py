"""A postal address as QuickBooks can hold it."""

from qbwc_service.planning.addresses import fit_address
from qbwc_service.planning.order import PostalAddress
from qbwc_service.planning.plan import PlannedAddress


def test_company_and_name_come_before_the_street() -> None:
    address = PostalAddress(
        "Ann Lee", "Acme Inc", ("1 Main St", "Suite 4"), "Phoenix", "AZ", "85004", "USA"
    )
    assert fit_address(address) == PlannedAddress(
        ("Acme Inc", "Ann Lee", "1 Main St", "Suite 4"), "Phoenix", "AZ", "85004", "USA"
    )


def test_a_company_that_is_the_name_is_written_once() -> None:
    address = PostalAddress("Acme Inc", "Acme Inc", ("1 Main St",), "Phoenix")
    assert fit_address(address) == PlannedAddress(("Acme Inc", "1 Main St"), "Phoenix")


def test_blank_lines_are_left_out() -> None:
    assert fit_address(PostalAddress("Ann Lee", "", (" ", "1 Main St"))) == PlannedAddress(
        ("Ann Lee", "1 Main St")
    )


def test_a_name_and_a_country_alone_are_no_address() -> None:
    assert fit_address(PostalAddress("Ann Lee", "Acme Inc", country="USA")) is None
    assert fit_address(None) is None


def test_a_postal_code_alone_is_an_address() -> None:
    assert fit_address(PostalAddress(postal_code="85004")) == PlannedAddress(postal_code="85004")
