"""The account that a setting names."""

import pytest

from qbwc_service.matching.accounts import match_account
from qbwc_service.matching.company import Company
from qbwc_service.planning.plan import Hold
from tests.matching.company_file import account, company_file


@pytest.mark.parametrize("name", ["Income:Sales", "income:SALES", " Income:Sales "])
def test_an_account_is_found_by_its_full_name_in_any_case(name: str) -> None:
    company = company_file(accounts=[account("Income:Sales")])
    found = match_account(name, company, setting="income_account", order_id=7)
    assert found == account("Income:Sales")


@pytest.mark.parametrize(
    "company",
    [
        company_file(accounts=[account("Sales")]),
        company_file(accounts=[account("Income:Sales", is_active=False)]),
    ],
    ids=["only the leaf", "inactive"],
)
def test_no_account_of_that_name_is_a_hold_that_names_the_setting(company: Company) -> None:
    found = match_account("Income:Sales", company, setting="ar_account", order_id=7)
    assert found == Hold(
        "account-not-in-quickbooks",
        {"account": "Income:Sales", "setting": "ar_account", "order": "7"},
    )
