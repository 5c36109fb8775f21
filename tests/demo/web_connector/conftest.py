import pytest

from tests.demo.quickbooks.talk import StandingClock, make_company


@pytest.fixture
def company(tmp_path):
    with make_company(tmp_path, StandingClock()) as company:
        company.write_file_id("{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}", "{file}")
        yield company
