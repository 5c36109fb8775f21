import pytest

from qbwc_service.demo.quickbooks import Person

from .talk import StandingClock, Talk, make_company


@pytest.fixture
def clock():
    return StandingClock()


@pytest.fixture
def company(tmp_path, clock):
    with make_company(tmp_path, clock) as company:
        yield company


@pytest.fixture
def talk(company):
    return Talk(company)


@pytest.fixture
def person(company):
    return Person(company)
