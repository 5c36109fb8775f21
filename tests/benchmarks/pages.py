"""(g) How long the server takes for each page of the admin, in a connection with a long history.

Every address that answers GET is asked through the WSGI application, some of them with filters;
files and what leads away to Keap are left out.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from qbwc_service.app import create_app
from qbwc_service.ledger.models import Person, Role
from qbwc_service.secrecy import person_password_hash
from tests.benchmarks import long_history
from tests.benchmarks.databases import database_of
from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.long_history import History
from tests.world import World

PART = "pages"
MOST_MS = 300
PASSWORD = "correct horse battery"
_FILES = (".csv", ".json", "/qwc", "/support-file")
#: further questions to a page, by its endpoint
_ASKED_TOO: Mapping[str, tuple[str, ...]] = {
    "orders.show": (
        "status=posted",
        "status=held",
        "q=family4711",
        "q=2050000",
        "q=27.98",
        "q=nobody@example.com",
        "from=2026-10-01&to=2026-10-31",
        "from=2020-01-01",
        "before=2050000",
        "after=2000001",
        "paid=unpaid",
        "product=SKU-7",
        "refund=yes",
        "least=10&most=20",
    ),
    "payments.show": (
        "status=posted",
        "status=not-posted",
        "method=Visa",
        "q=family4711",
        "q=27.98",
        "from=2026-10-01&to=2026-10-31",
    ),
    "refunds.show": ("status=waiting",),
    "activity.show": ("level=error", "level=warning", "level=info"),
    "errors.show": ("show=solved",),
}


def run(orders: int, times: int) -> list[Figure]:
    """Each page so many times; its median, and the processor time of that."""
    with (
        tempfile.TemporaryDirectory() as name,
        database_of("sqlite", Path(name)) as database,
        closing(World(Path(name), database.url)) as world,
    ):
        history = long_history.build(world, orders)
        with world.database.writing("bench") as db:
            stored = person_password_hash(PASSWORD)
            everything = {"role": Role.OWNER, "sees_all": True, "created_at": world.clock()}
            db.add(Person(name="owner", password_hash=stored, **everything))
        app = create_app(world.config, world.database, world.secrecy, clock=world.clock)
        client = _signed_in(app)
        return [_figure(client, address, times) for address in _addresses(app, history)]


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"name": "owner", "password": PASSWORD, "csrf_token": token}
    if client.post("/sign-in", data=form).status_code != 302:
        raise SystemExit("nobody could sign in")
    return client


def _addresses(app: Flask, history: History) -> Iterator[str]:
    """One for each page, and the further questions."""
    values = {
        "connection": history.connection,
        "order_id": history.order_id,
        "session_id": history.session_id,
        "set_id": history.message_set_id,
    }
    with app.test_request_context():
        for rule in sorted(app.url_map.iter_rules(), key=str):
            is_page = "GET" in (rule.methods or ()) and not rule.rule.endswith(_FILES)
            if not is_page or not rule.arguments <= set(values):
                continue
            wanted = {name: values[name] for name in rule.arguments}
            address = app.url_map.bind("localhost").build(rule.endpoint, wanted)
            yield address
            yield from (f"{address}?{asked}" for asked in _ASKED_TOO.get(rule.endpoint, ()))


def _figure(client: FlaskClient, address: str, times: int) -> Figure:
    seconds, processor = [], []
    for _ in range(times):
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(address)
        size = len(answer.get_data())
        seconds.append(time.perf_counter() - began)
        processor.append(time.process_time() - worked)
    median = quantile(seconds, 0.5) * 1000
    measured = f"{median:.0f} ms (processor {quantile(processor, 0.5) * 1000:.0f} ms)"
    if answer.status_code != 200:
        return Figure(PART, address, f"{measured}, answered {answer.status_code}")
    return Figure(
        PART, address, f"{measured}, {size // 1024} KB", f"< {MOST_MS} ms", median < MOST_MS
    )
