"""A whole reading of Keap into the ledger, and its planning, from answers that nobody would give.

    resource, a blank, an answer as in `keap_answers`; NEXT; the next one

Each request gets the next answer for its resource; where none is left, an empty page.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import func, select

from keap import KeapClient, KeapError
from qbwc_service.clock import Clock
from qbwc_service.database import Database
from qbwc_service.ledger.models import KeapOrder, KeapPayment, MirrorList, UnreadableRecord
from qbwc_service.staging.account import ZoneUnknown
from qbwc_service.staging.poll import poll
from qbwc_service.staging.reading import Reader
from tests.fuzz.keap_traffic import answers_of_demo
from tests.fuzz.lived_in import lived_in
from tests.fuzz.snapshots import Snapshots
from tests.fuzz.target import NEXT, Run, Target, demand, parts
from tests.fuzz.targets.keap_answers import read_answer
from tests.fuzz.words import KEAP_WORDS
from tests.keap.playing import BASE, KEY, AtWill

_MOST = 8
_NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
_PROFILE = (
    b'200\n\n{"time_zone":"America/Phoenix","currency_code":"USD","name":"Acme","phone":"",'
    b'"business_goals":[]}'
)


@contextmanager
def _open(folder: Path) -> Iterator[Run]:
    with lived_in(folder) as world:
        with world.database.writing("test") as db:
            for name in ("Customer", "Item", "Account"):
                known = select(MirrorList).where(MirrorList.list_name == name)
                if db.scalars(known).first() is None:
                    db.add(MirrorList(connection_id=1, list_name=name, loaded_at=_NOW))
        snapshots = Snapshots(folder / "service.db")
        baseline = snapshots.take()

        def run(data: bytes) -> None:
            snapshots.put_back(baseline)
            _read(world.database, data, lambda: _NOW)

        try:
            yield run
        finally:
            snapshots.put_back(baseline)
            snapshots.close()


def _read(database: Database, data: bytes, clock: Clock) -> None:
    answers: dict[str, list[bytes]] = defaultdict(list)
    for part in parts(data, _MOST):
        resource, _, answer = part.partition(b" ")
        answers[resource.decode("latin-1")].append(answer)
    kept = _counted(database)
    ids: set[tuple[str, str]] = set()

    def give(request: httpx.Request) -> httpx.Response:
        resource = request.url.path.partition("/rest/v2/")[2]
        waiting = answers[resource]
        empty = b'200\n\n{"%s":[]}' % _LISTS.get(resource, "invoice_order_payments").encode()
        status, headers, body = read_answer(waiting.pop(0) if waiting else empty)
        return httpx.Response(status, headers=headers, content=body)

    client = KeapClient(
        BASE,
        KEY,
        transport=httpx.MockTransport(give),
        sleep=lambda _seconds: None,
        now=clock,
        random=lambda: 0.0,
        max_attempts=2,
        pacer=AtWill(),
    )
    with client:
        try:
            poll(Reader(database, 1, client, clock=clock, progress=lambda _what, _count: None))
        except (KeapError, ZoneUnknown) as error:
            demand(KEY not in str(error), "the key is in the error")
    now = _counted(database)
    demand(all(one >= other for one, other in zip(now, kept, strict=True)), "records got lost")
    del ids


_LISTS = {
    "orders": "orders",
    "sales/payments": "payments",
    "contacts": "contacts",
    "products": "products",
    "merchants": "merchant_accounts",
}


def _counted(database: Database) -> tuple[int, ...]:
    with database.reading() as db:
        return tuple(
            db.scalar(select(func.count()).select_from(table)) or 0
            for table in (KeapOrder, KeapPayment, UnreadableRecord)
        )


def _seeds(folder: Path) -> Iterator[bytes]:
    by_resource: dict[str, list[bytes]] = defaultdict(list)
    for resource, head, body in answers_of_demo(folder):
        if resource == "sales/payments" or resource in _LISTS:
            by_resource[resource].append(resource.encode() + b" " + head + b"\n\n" + body)
    profile = b"businessProfile " + _PROFILE
    contacts = by_resource["contacts"] or [b""]
    payments = by_resource["sales/payments"]
    for place, orders in enumerate(by_resource["orders"]):
        contact = contacts[place % len(contacts)]
        yield NEXT.join((profile, orders, payments[place % len(payments)], contact))
    for page in payments:
        yield NEXT.join((profile, page))
    yield NEXT.join((profile, b"orders 429\nretry-after: 3\n\n", by_resource["orders"][0]))
    yield NEXT.join((b"businessProfile 200\n\n{}", by_resource["orders"][0]))


TARGET = Target("keap_reading", _open, _seeds, KEAP_WORDS)
