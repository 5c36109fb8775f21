"""The page "Reconcile": Keap against QuickBooks as it was last read, and what to do about it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import day_from, id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.order_buttons import Verb, decide, tell
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.spreadsheet import Cell, download
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import counted
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import payment_report
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconcile import runs
from qbwc_service.ledger.reconcile.linking import LinkOutcome, link_all, linkable
from qbwc_service.ledger.reconcile.number_overlap import number_overlap
from qbwc_service.ledger.reconciling_report import (
    Bucket,
    Entry,
    Part,
    ReconcilingReport,
    reconciling_report,
)
from qbwc_service.planning.money import decimal_amount

pages = Blueprint("reconcile", __name__, url_prefix="/c/<connection:connection>/reconcile")

ROWS_OF_A_LIST = 200
_MONTHS = 6
_GONE = "gone-from-quickbooks"
#: linked in one transaction, so that the Web Connector never waits long
_TOGETHER = 50
_COLUMNS = (
    "What",
    "Order",
    "Payment",
    "Date",
    "Customer",
    "Keap",
    "Where",
    "QuickBooks number",
    "QuickBooks",
    "Difference",
    "Posted",
    "QuickBooks shows",
    "Other currency",
)
_VERBS: Final[Mapping[str, Verb]] = {
    "accept": Verb.ACCEPT,
    "requeue": Verb.REQUEUE,
    "leave": Verb.SKIP,
}


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
        days = _days(found)
        report = reconciling_report(db, found, days)
        fitting = linkable(db, found)
        overlap = number_overlap(db, found, effective_settings(found)).sentence()
        waiting = runs.waiting(db, found.id)
    part, bucket, gone = _part(), _bucket(), _gone(report)
    behind = report.sections[part].of(bucket) if part and bucket else ()
    return render_template(
        "reconcile.html",
        head=head_of(found),
        report=report,
        buckets=tuple(Bucket),
        months=_months(found),
        month=f"{days[0]:%Y-%m}",
        part=part,
        bucket=bucket,
        behind=behind[:ROWS_OF_A_LIST],
        behind_count=len(behind),
        changed=_changed(report),
        gone=gone,
        to_do=[each for each in report.to_do() if each not in gone],
        fitting=fitting[:ROWS_OF_A_LIST],
        overlap=overlap,
        waiting=bool(waiting),
        rows_of_a_list=ROWS_OF_A_LIST,
    )


@pages.post("/read")
def read(connection: str) -> ResponseReturnValue:
    """Read QuickBooks for the month that is shown, at the next update."""
    with here().database.writing("reconcile.ask") as db:
        found = lock_connection(db, connection)
        runs.ask(db, found, who=signed_in_name(), now=here().now(), days=_days(found))
    flash("QuickBooks is read at the next update of the Web Connector.", "done")
    return _back(connection)


@pages.post("/decide")
def decide_one(connection: str) -> ResponseReturnValue:
    """Looks right, post again, or leave it."""
    verb = _VERBS.get(request.form.get("verb", ""))
    order_id = id_from(request.form.get("order", ""))
    if verb is None or not order_id:
        abort(400)
    tell(verb, [decide(connection, verb, order_id)])
    return _back(connection)


@pages.post("/link")
def link(connection: str) -> ResponseReturnValue:
    """Link the ticked orders to the records beside them."""
    ticked = [id_from(text) for text in request.form.getlist("order")[:ROWS_OF_A_LIST]]
    outcomes: list[LinkOutcome] = []
    order_ids = sorted({each for each in ticked if each})
    for start in range(0, len(order_ids), _TOGETHER):
        with here().database.writing("reconcile.link") as db:
            found = lock_connection(db, connection)
            outcomes += link_all(
                db,
                found,
                order_ids[start : start + _TOGETHER],
                who=signed_in_name(),
                now=here().now(),
            )
    _tell_linked(outcomes)
    return _back(connection)


@pages.get("/report.csv")
def export(connection: str) -> ResponseReturnValue:
    """The lists behind all numbers."""
    with here().database.reading() as db:
        found = find_connection(db, connection)
        days = _days(found)
        report = reconciling_report(db, found, days)
    rows = (
        _cells(section.part, entry)
        for section in report.sections.values()
        for entry in (*section.entries, *section.foreign)
    )
    return download(f"{connection}-reconcile-{days[0]:%Y-%m}.csv", _COLUMNS, rows)


@pages.get("/payments.csv")
def export_payments(connection: str) -> ResponseReturnValue:
    """Each payment with its whole reference."""
    with here().database.reading() as db:
        found = find_connection(db, connection)
        days = _days(found)
        lines = payment_report.payment_lines(db, found.id, days)
    rows = (payment_report.cells_of(line) for line in lines)
    return download(f"{connection}-payments-{days[0]:%Y-%m}.csv", payment_report.COLUMNS, rows)


@pages.get("/days.csv")
def export_days(connection: str) -> ResponseReturnValue:
    """The same, added up by gateway and day."""
    with here().database.reading() as db:
        found = find_connection(db, connection)
        days = _days(found)
        lines = payment_report.payment_lines(db, found.id, days)
    rows = (payment_report.cells_of_day(day) for day in payment_report.by_gateway_and_day(lines))
    return download(
        f"{connection}-payments-by-day-{days[0]:%Y-%m}.csv", payment_report.DAY_COLUMNS, rows
    )


def _tell_linked(outcomes: Sequence[LinkOutcome]) -> None:
    linked = sum(not outcome.refusal for outcome in outcomes)
    if linked:
        flash(
            f"Linked: {counted(linked, 'order')}. QuickBooks was not changed; payments that wait "
            "are applied with the next update.",
            "done",
        )
    for outcome in outcomes:
        if outcome.refusal:
            flash(f"Not linked: order {outcome.order_id}, because {outcome.refusal}.", "refused")
    if not outcomes:
        flash("No order was ticked. Nothing was changed.", "refused")


def _changed(report: ReconcilingReport) -> list[Entry]:
    return [entry for section in report.sections.values() for entry in section.changed()]


def _gone(report: ReconcilingReport) -> list[Entry]:
    """Deleted in QuickBooks, each order once: a decision is about an order with its payments."""
    gone = {
        entry.order_id: entry
        for section in reversed(tuple(report.sections.values()))
        for entry in section.of(Bucket.NO_LONGER)
        if entry.cause == _GONE and entry.order_id
    }
    return [gone[order_id] for order_id in sorted(gone)]


def _cells(part: Part, entry: Entry) -> list[Cell]:
    return [
        part.value,
        entry.order_id or None,
        entry.payment_id or None,
        entry.day,
        entry.customer,
        decimal_amount(entry.amount),
        entry.bucket.value,
        entry.number,
        decimal_amount(entry.in_books),
        decimal_amount(entry.difference),
        entry.posted,
        entry.found,
        entry.currency,
    ]


def _days(connection: Connection) -> tuple[date, date]:
    """The month that is asked for, else this one."""
    asked = day_from(f"{request.args.get('month', '')}-01")
    return runs.month_of(asked or runs.today(connection, here().now()))


def _months(connection: Connection) -> list[str]:
    """The newest months, this one first."""
    day = runs.today(connection, here().now())
    months = []
    for _ in range(_MONTHS):
        months.append(f"{day:%Y-%m}")
        day = day.replace(day=1) - timedelta(days=1)
    return months


def _part() -> Part | None:
    text = request.args.get("part", "")
    return Part(text) if text in set(Part) else None


def _bucket() -> Bucket | None:
    text = request.args.get("where", "")
    return Bucket(text) if text in set(Bucket) else None


def _back(connection: str) -> ResponseReturnValue:
    month = request.args.get("month", "")
    kept = month if day_from(f"{month}-01") else None
    return redirect(url_for("reconcile.show", connection=connection, month=kept))
