"""Every order that is not labelled trouble is in the books to the cent; every labelled one is held
for exactly that cause. The labels are the generator's own reckoning (`telling`), on integers.

20,000 orders and more: `python -m tests.accounts.random_orders`.
"""

import random
from datetime import date
from pathlib import Path

import pytest

from tests.accounts.fates import PaymentFate
from tests.accounts.judged import differences
from tests.accounts.profiles import PROFILES, Profile, random_profile
from tests.accounts.random_orders import run_profile

_ORDERS = 30


def assert_as_told(
    folder: Path, profile: Profile, seed: int, orders: int, *, with_faults: bool = False
) -> None:
    stories, differences, world = run_profile(
        folder, profile, seed, orders, with_faults=with_faults
    )
    assert differences == [], f"seed {seed}, profile {profile}"
    assert len(stories) >= orders
    # Every message that was sent is held against the schemas.
    world.close()


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_random_orders_end_as_they_were_labelled(tmp_path: Path, profile: Profile) -> None:
    assert_as_told(tmp_path, profile, 1, _ORDERS)


@pytest.mark.parametrize("profile", PROFILES[1:2], ids=lambda profile: profile.name)
def test_lost_answers_change_nothing_in_the_books(tmp_path: Path, profile: Profile) -> None:
    assert_as_told(tmp_path, profile, 2, 20, with_faults=True)


def test_a_cent_a_name_or_a_cause_that_is_not_as_told_is_a_difference(tmp_path: Path) -> None:
    stories, found, world = run_profile(tmp_path, PROFILES[0], 3, 10)
    assert found == []
    posted = [story for story in stories if story.fate.form]
    posted[0].fate.total += 1
    posted[1].fate.customer = "Somebody Else"
    posted[2].fate.cause = "lines-do-not-add-up"
    posted[3].fate.payments = (PaymentFate(1, "K1", 1, 1, date(2026, 11, 1), "Checking"),)
    told = differences(world, stories)
    assert [line.split(":")[1].split(" should")[0].strip() for line in told] == [
        "total",
        "customer",
        "status",
        "payments",
    ]
    world.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_settings_by_chance(tmp_path: Path, seed: int) -> None:
    profile = random_profile(random.Random(seed), f"by chance {seed}")
    assert_as_told(tmp_path, profile, seed, 150)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_settings_and_faults_by_chance(tmp_path: Path, seed: int) -> None:
    profile = random_profile(random.Random(100 + seed), f"by chance {seed}")
    assert_as_told(tmp_path, profile, seed, 100, with_faults=True)
