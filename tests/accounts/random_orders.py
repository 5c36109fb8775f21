"""Random orders, each labelled with what must become of it, through the real thing. By hand:

    python -m tests.accounts.random_orders --orders 20000 --seed 1 [--postgresql URL] [--faults]

Prints how many of each label were posted, held and skipped, every difference, and orders a second.
The database of --postgresql is emptied again and again: give an empty one.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from qbwc_service.database import Database
from qbwc_service.ledger.columns import Base
from tests.accounts.days import live
from tests.accounts.fates import Act, Story
from tests.accounts.judged import differences
from tests.accounts.profiles import PROFILES, Profile, random_profile
from tests.accounts.shop import Shop
from tests.accounts.stories import STORIES, Teller, two_hundred_lines
from tests.accounts.telling import Telling
from tests.accounts.troubles import TROUBLES
from tests.accounts.troubles_in_keap import TROUBLES_IN_KEAP
from tests.world import World

#: orders of one company file
_ORDERS_A_FILE = 500


def told(profile: Profile, seed: int, orders: int) -> tuple[list[Story], list[Act]]:
    """So many orders of a shop with these settings; the same seed tells the same."""
    dice = random.Random(f"{seed}:{profile.name}")
    shop = Shop(profile, dice)
    tellings: list[Telling] = list(two_hundred_lines(shop))
    clean, trouble = _weighted(STORIES), _weighted({**TROUBLES, **TROUBLES_IN_KEAP})
    while len(tellings) < orders:
        tellers = clean if dice.random() < 0.65 else trouble
        tellings += dice.choice(tellers)(shop)
    stories = [telling.story() for telling in tellings]
    return stories, [*shop.contacts.acts, *shop.acts]


def _weighted(tellers: Mapping[Teller, int]) -> list[Teller]:
    return [teller for teller, weight in tellers.items() for _ in range(weight)]


def run_profile(
    folder: Path,
    profile: Profile,
    seed: int,
    orders: int,
    *,
    database_url: str = "",
    with_faults: bool = False,
) -> tuple[list[Story], list[str], World]:
    """The stories, what differs from them, and the world for a closer look; close it."""
    stories, acts = told(profile, seed, orders)
    world = World(folder, database_url)
    live(world, profile, stories, acts, faults=random.Random(seed) if with_faults else None)
    return stories, differences(world, stories), world


@dataclass
class Table:
    """What became of the orders of each label."""

    rows: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, stories: Sequence[Story]) -> None:
        for story in stories:
            status = story.fate.status.split("-")[0]
            self.rows.setdefault(story.label, Counter())[status] += 1
            if story.fate.cause:
                self.rows.setdefault(f"  cause {story.fate.cause}", Counter())[status] += 1

    def print(self) -> None:
        print(f"{'label':<44}{'posted':>8}{'held':>8}{'skipped':>8}")
        for label, counts in sorted(self.rows.items()):
            figures = "".join(f"{counts[each]:>8}" for each in ("posted", "held", "skipped"))
            print(f"{label:<44}{figures}")
        labels = [counts for label, counts in self.rows.items() if not label.startswith(" ")]
        totals = sum(labels, Counter[str]())
        figures = "".join(f"{totals[each]:>8}" for each in ("posted", "held", "skipped"))
        print(f"{'all':<44}{figures}")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.accounts.random_orders")
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", default="", metavar="URL")
    parser.add_argument("--faults", action="store_true", help="lose answers by chance")
    parser.add_argument("--profile", default="", help="only the profile of that name")
    parser.add_argument("--a-file", type=int, default=_ORDERS_A_FILE, help="orders a company file")
    chosen = parser.parse_args(arguments)
    table, found, seconds, count = Table(), 0, 0.0, 0
    for place, profile in enumerate(_profiles(chosen)):
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            if chosen.postgresql:
                _empty(chosen.postgresql)
            orders = min(chosen.a_file, chosen.orders - count)
            stories, differ, world = run_profile(
                Path(folder),
                profile,
                chosen.seed + place,
                orders,
                database_url=chosen.postgresql,
                with_faults=chosen.faults,
            )
            took = time.perf_counter() - began
            world.close()
        seconds += took
        count += len(stories)
        found += len(differ)
        table.add(stories)
        print(f"{count:>6} orders  {took:6.1f} s  {len(differ)} differences  {profile.name}")
        for line in differ[:40]:
            print(f"    {line}")
        sys.stdout.flush()
        if count >= chosen.orders:
            break
    table.print()
    print(f"{count} orders, differences {found}, {count / seconds:.0f} orders a second")
    return 1 if found else 0


def _profiles(chosen: argparse.Namespace) -> list[Profile]:
    fixed = [each for each in PROFILES if chosen.profile in {"", each.name}]
    dice = random.Random(chosen.seed)
    more = [
        random_profile(dice, f"by chance {place}")
        for place in range(1 + chosen.orders // chosen.a_file)
    ]
    if chosen.profile.startswith("by chance"):
        return [each for each in more if each.name == chosen.profile]
    return fixed if chosen.profile else [*fixed, *more]


def _empty(url: str) -> None:
    database = Database(url)
    Base.metadata.create_all(database.engine)
    with database.writing("test") as db:
        tables = ", ".join(Base.metadata.tables)
        db.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    database.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
