"""Every order that is not labelled trouble is in the books to the cent; every labelled one is held
for exactly that cause. The labels are the generator's own reckoning (`telling`), on integers.

20,000 orders and more: `python -m tests.accounts.random_orders`.
"""

import random
from pathlib import Path

import pytest

from tests.accounts.profiles import PROFILES, Profile, random_profile
from tests.accounts.random_orders import run_profile

_ORDERS = 40


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


@pytest.mark.parametrize("profile", PROFILES[1:3], ids=lambda profile: profile.name)
def test_lost_answers_change_nothing_in_the_books(tmp_path: Path, profile: Profile) -> None:
    assert_as_told(tmp_path, profile, 2, 20, with_faults=True)


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
