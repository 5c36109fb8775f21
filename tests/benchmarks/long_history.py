"""A connection after years of work: a hundred thousand orders in every status, with their payments,
records, events and update sessions. One planned order, copied and then varied by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.benchmarks import full_queue
from tests.benchmarks.many import Known
from tests.world import World

FIRST = full_queue.FIRST_ORDER
EVENTS_OF_AN_ORDER = 3
#: orders that one update session sent
OF_A_SESSION = 50
#: sessions whose messages are there too
SESSIONS_KEPT = 40
#: the products, and the days over which the orders are spread
PRODUCTS = 300
DAYS = 1_000

_NUMBERS = "WITH RECURSIVE counted(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM counted "
_NUMBERS += "WHERE n < :last) "
#: what of a hundred orders stand where: status, cause, subject, state of form, of payment, row
_STANDS: Sequence[tuple[int, str, str, str, str, str, str]] = (
    (80, "posted", "", "", "posted", "posted", "posted"),
    (86, "posted-payment-open", "", "", "posted", "ready", "waiting"),
    (88, "held", "item-not-in-quickbooks", "SKU-", "held", "held", "held"),
    (92, "skipped-by-settings", "order-status", "", "skipped", "skipped", "skipped-by-settings"),
    (94, "skipped-by-you", "", "", "skipped", "skipped", "skipped-by-you"),
    (96, "undone", "", "", "undone", "undone", "undone"),
    (97, "will-retry", "quickbooks-busy", "", "ready", "ready", "will-retry"),
    (100, "ready", "", "", "ready", "ready", "waiting"),
)


@dataclass(frozen=True, slots=True)
class History:
    """Where to look: an order in QuickBooks, the newest update session and its first message."""

    connection: str
    order_id: int
    session_id: int
    message_set_id: int


def build(world: World, orders: int) -> History:
    """Fills the world's own connection; takes minutes for a hundred thousand orders."""
    full_queue.plan_template(world)
    own = world.connection()
    known = [Known(own.id, own.name, own.user_name, own.owner_id, own.file_id)]
    full_queue.copy_orders(world.database, known, orders)
    with world.database.writing("bench", can_be_made_again=True) as db:
        values = {"own": own.id, "first": FIRST, "last": FIRST + orders - 1, "now": "2026-11-23"}
        _vary_orders(db, values)
        _add_sessions(db, values)
        _post(db, values)
        _add_events(db, values)
        _add_errors(db, values)
        _add_products(db, values)
        session_id = db.scalar(text("SELECT max(id) FROM update_session")) or 0
        set_id = db.scalar(text("SELECT max(id) FROM message_set")) or 0
    # As after a restart: nothing in the cache of a connection.
    world.database.engine.dispose()
    return History(own.name, FIRST, session_id, set_id)


def _vary_orders(db: Session, values: Mapping[str, object]) -> None:
    """Names, days, totals and statuses that differ as those of a shop do."""
    number = "(keap_id - :first)"
    name = f"'Given' || ({number} % 977) || ' Family' || ({number} % 4999)"
    _do(
        db,
        f"UPDATE keap_order SET contact_id = CAST({number} % 30000 AS TEXT),"
        f" customer_name = {name}, search_name = lower({name}),"
        f" order_date = date(:now, '-{DAYS} days', '+' || ({number} * {DAYS} /"
        " (:last - :first + 1)) || ' days'),"
        f" has_work = 0, total_paid = CASE {number} % 5 WHEN 0 THEN 0 ELSE total END,"
        f" status = {_by_place(number, 1)}, cause = {_by_place(number, 2)},"
        f" subject = CASE WHEN {number} % 100 IN (86, 87) THEN 'SKU-' || ({number} % 7000) ELSE ''"
        " END WHERE connection_id = :own AND keap_id >= :first",
        values,
    )
    number = "(order_id - :first)"
    day = (
        f"date(:now, '-{DAYS} days', '+' || ({number} * {DAYS} / (:last - :first + 1)) || ' days')"
    )
    _do(
        db,
        f"UPDATE keap_payment SET paid_on = {day}, status = {_by_place(number, 6)},"
        f" gateway = 'Stripe ' || {number} % 3, search_reference = 'ch_' || order_id,"
        f" kind = CASE {number} % 50 WHEN 3 THEN 'refund' ELSE 'cash' END"
        " WHERE connection_id = :own AND order_id >= :first",
        values,
    )


def _by_place(number: str, column: int) -> str:
    """The column of the stand that so numbered an order has, as an SQL expression."""
    cases = " ".join(f"WHEN {number} % 100 < {row[0]} THEN '{row[column]}'" for row in _STANDS)
    return f"CASE {cases} END"


def _add_sessions(db: Session, values: Mapping[str, object]) -> None:
    """A session with five messages for each so many orders."""
    sessions = f"n <= (:last - :first) / {OF_A_SESSION} + 1"
    at = "datetime('2024-01-01', '+' || (n * 10) || ' minutes')"
    _do(
        db,
        _NUMBERS.replace(":first", "1").replace("n < :last", sessions.replace("<=", "<"))
        + "INSERT INTO update_session (connection_id, ticket_digest, remote_address,"
        " client_version, company_file, started_at, last_call_at, ended_at, phase, notes,"
        " read_only, round_trips, posted, held, trouble, trouble_details, result) SELECT :own,"
        f" 'digest-' || n, '192.0.2.7', '2.3', 'C:\\Books\\Blue Sky.qbw', {at}, {at}, {at},"
        f" 'reconcile', '{{}}', 0, 5, {OF_A_SESSION}, 0, '', '{{}}',"
        f" '{OF_A_SESSION} records were sent.' FROM counted",
        values,
    )
    of_lists = (
        "FROM message_set WHERE connection_id = :own AND phase = 'mirror' ORDER BY id LIMIT 1"
    )
    asked, answered = f"(SELECT request {of_lists})", f"(SELECT answer {of_lists})"
    for phase, writes in (
        ("identify", 0), ("mirror", 0), ("post", 0), ("post", 1), ("reconcile", 0),
    ):  # fmt: skip
        _do(
            db,
            "INSERT INTO message_set (connection_id, session_id, phase, new_message_set_id, writes,"
            " request, prepared_at, sent_at, remote_address, company_file, clock_before, answer,"
            " hresult, message, answered_at, applied_at, resolved_at) SELECT :own, id,"
            f" '{phase}', '', {writes}, {asked}, started_at, started_at, '', '', '', {answered},"
            " '', '',"
            " started_at, started_at, started_at FROM update_session WHERE connection_id = :own"
            " AND ticket_digest LIKE 'digest-%' AND CAST(substr(ticket_digest, 8) AS INTEGER) > "
            f"(:last - :first) / {OF_A_SESSION} - {SESSIONS_KEPT}",
            values,
        )


def _post(db: Session, values: Mapping[str, object]) -> None:
    """Forms and payments stand as their orders do; those in QuickBooks have an id and a time."""
    number = "(order_id - :first)"
    there = f"{number} % 100 < CASE kind WHEN 'payment' THEN 80 ELSE 86 END"
    at = f"datetime('2024-01-01', '+' || ({number} / {OF_A_SESSION} * 10) || ' minutes')"
    newest = (
        f"(SELECT max(id) FROM message_set WHERE writes = 1) - (:last - order_id) / {OF_A_SESSION}"
    )
    _do(
        db,
        f"UPDATE posting SET state = CASE kind WHEN 'payment' THEN {_by_place(number, 5)} ELSE"
        f" {_by_place(number, 4)} END, record_id = CASE WHEN {there} THEN kind || order_id ELSE ''"
        f" END, posted_at = CASE WHEN {there} THEN {at} END,"
        f" message_set_id = CASE WHEN {there}"
        f" AND :last - order_id < {OF_A_SESSION} * {SESSIONS_KEPT} THEN {newest} END,"
        f" cause = CASE WHEN {number} % 100 IN (86, 87) THEN 'item-not-in-quickbooks' ELSE '' END"
        " WHERE connection_id = :own AND order_id >= :first",
        values,
    )


def _add_events(db: Session, values: Mapping[str, object]) -> None:
    for place in range(EVENTS_OF_AN_ORDER):
        _do(
            db,
            "INSERT INTO event (connection_id, order_id, at, who, text) SELECT :own, keap_id,"
            f" datetime('2024-01-01', '+' || ((keap_id - :first) / 5) || ' minutes', '{place}"
            " seconds'), 'service', 'Invoice ' || keap_id || ' is in QuickBooks' FROM keap_order"
            " WHERE connection_id = :own AND keap_id >= :first ORDER BY keap_id",
            values,
        )


def _add_errors(db: Session, values: Mapping[str, object]) -> None:
    """Open for what is held, solved for a tenth of the rest."""
    _do(
        db,
        "INSERT INTO error_entry (connection_id, at, order_id, message, details, times, solved_at)"
        " SELECT :own, datetime('2024-01-01', '+' || ((keap_id - :first) / 5) || ' minutes'),"
        " keap_id,"
        " CASE status WHEN 'held' THEN 'item-not-in-quickbooks' ELSE 'quickbooks-busy' END,"
        " json_object('order', CAST(keap_id AS TEXT), 'sku', subject), 1, CASE status WHEN 'held'"
        " THEN NULL ELSE '2026-01-01 00:00:00' END FROM keap_order WHERE connection_id = :own"
        " AND keap_id >= :first AND (status = 'held' OR keap_id % 10 = 0)",
        values,
    )


def _add_products(db: Session, values: Mapping[str, object]) -> None:
    _do(
        db,
        "INSERT INTO keap_order_product (connection_id, order_id, key, rule) SELECT :own, keap_id,"
        f" 'sku:sku-' || (keap_id % {PRODUCTS}), 'sku' FROM keap_order WHERE connection_id = :own"
        " AND keap_id >= :first",
        values,
    )
    _do(
        db,
        f"WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n <"
        f" {PRODUCTS - 1}) INSERT INTO keap_product (connection_id, key, sku, name, state, rule,"
        " details, item) SELECT :own, 'sku:sku-' || n, 'SKU-' || n, 'Product ' || n,"
        " CASE n % 10 WHEN 0 THEN 'needs-match' ELSE 'matched' END, 'sku', '{}', 'HAMMER'"
        " FROM counted",
        values,
    )


def _do(db: Session, statement: str, values: Mapping[str, object]) -> None:
    named = {name: value for name, value in values.items() if f":{name}" in statement}
    db.execute(text(statement.replace(":\\", "\\:\\")), named)
