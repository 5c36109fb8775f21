"""A shop in Keap, read over a real socket, and the books that its orders end up in."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from qbwc_service.connections import find_connection
from qbwc_service.demo.keap import Account, Line, Shop, SimulatedKeap
from qbwc_service.keap_access.access import Access
from qbwc_service.ledger.manual_syncs import Wanted, found_of
from qbwc_service.ledger.models import ManualSync
from qbwc_service.ledger.number_outcomes import number_lines
from qbwc_service.staging.account import account_of
from qbwc_service.staging.manual import sync_by_hand
from qbwc_service.staging.sync import sync
from tests.world import World


class ShopAndBooks:
    """Keap, our service and QuickBooks share one clock. `close()` when done."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.shop = Shop(Account(time_zone="America/Phoenix"), self.world.clock)
        self.keap = SimulatedKeap(self.shop)
        self.keap.start()
        self.ann = self.shop.add_contact("Ann", "Lee", email="ann@example.com")
        self.hammer = self.shop.add_product("Hammer", 10000, sku="HAMMER")
        with self.world.database.writing("test") as db:
            connection = find_connection(db, "acme")
            connection.keap_account = ""
            connection.keap_key = self.world.secrecy.encrypt(self.keap.key)

    def close(self) -> None:
        self.keap.stop()
        self.world.close()

    def order(self, *lines: Line, **more: Any) -> int:
        """Ann's order of a hammer of 100.00, unless told otherwise."""
        wanted = lines or (Line("Hammer", 10000, product_id=self.hammer),)
        return int(self.shop.add_order(self.ann, wanted, **more))

    def read(self) -> None:
        """Our service reads what is new in Keap."""
        sync(self._access, "acme")

    def run(self) -> None:
        """It reads Keap, and then the Web Connector runs."""
        self.read()
        self.world.update()

    def sync_manually(self, *numbers: int) -> list[tuple[str, str]]:
        """A person asks for these numbers: which of the two numbers each was, what became of it."""
        done = sync_by_hand(
            self._access, "acme", Wanted(numbers), who="Bea", progress=lambda *_: None
        )
        with self.world.database.reading() as db:
            connection = find_connection(db, "acme")
            row = db.get_one(ManualSync, done.row_id)
            zone = account_of(connection).zone
            lines = number_lines(db, connection, found_of(row), since=row.asked_at, zone=zone)
        return [(line.matched, line.outcome.value) for line in lines]

    @property
    def _access(self) -> Access:
        config = replace(self.world.config, keap_api_url=self.keap.url)
        world = self.world
        return Access(
            world.database, world.secrecy, config, world.clock, sleep=lambda _seconds: None
        )
