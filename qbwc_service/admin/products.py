"""The page "Products": which QuickBooks item each product of Keap goes to, by choice or by SKU."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.spreadsheet import download
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.words import counted
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.item_search import choosable
from qbwc_service.ledger.mappings import Choice, MappingRefused, ProductChoice, item_choices
from qbwc_service.ledger.models import Connection, KeapProduct, ProductState
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.product_choices import forget_items, write_choices
from qbwc_service.ledger.product_file import (
    COLUMNS,
    ProductFileRefused,
    cells_of,
    read_product_file,
)
from qbwc_service.ledger.product_reports import (
    ALL_STATES,
    NEEDS_YOU,
    STATE_WORDS,
    every_product,
    product_counts,
    product_reports,
)
from qbwc_service.spreadsheets import SpreadsheetUnreadable, read_rows

pages = Blueprint("products", __name__, url_prefix="/c/<connection:connection>/products")

ROWS_OF_A_PAGE = 50
_ITEMS_OFFERED = 500
_LONGEST_KEY = 120
_LONGEST_TEXT = 200
#: the filters, in the order of their links
_SHOWN: Mapping[str, frozenset[ProductState]] = {
    "": ALL_STATES,
    "needs-match": NEEDS_YOU,
    "matched": frozenset({ProductState.MATCHED}),
    "made": frozenset({ProductState.MADE_BY_US}),
}
_LABELS: Mapping[str, str] = {
    "": "All",
    "needs-match": "Needs match",
    "matched": "Matched",
    "made": "Made by us",
}


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    return _page(connection)


@pages.post("")
def save(connection: str) -> ResponseReturnValue:
    """Save all fields that were changed, or none: one that cannot be used says why."""
    typed = _typed()
    if len(typed) > ROWS_OF_A_PAGE:
        abort(400)
    with here().database.writing("products.save") as db:
        found = lock_connection(db, connection)
        rows = _rows(db, found.id, typed)
        wanted = {row.id: _choice(row, typed[row.id]) for row in rows if typed[row.id]}
        problems, choices = _checked(db, found.id, wanted)
        if not problems:
            who, now = signed_in_name(), here().now()
            news = write_choices(db, found, choices, who=who, now=now)
            cleared = [row.key for row in rows if not typed[row.id]]
            forgotten = forget_items(db, found, cleared, who=who, now=now)
    if problems:
        return _page(connection, typed, problems), 422
    _tell(len(news), forgotten)
    return redirect(url_for("products.show", connection=connection, **_query()))


@pages.get("/products.csv")
def export(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
    rows = every_product(here().database, found.id, _SHOWN[_shown()])
    return download(f"{connection}-products.csv", COLUMNS, (cells_of(row) for row in rows))


@pages.post("/import")
def take_file(connection: str) -> ResponseReturnValue:
    """Take the file as a whole, or tell each line that is wrong and change nothing."""
    sent = request.files.get("file")
    try:
        rows = read_rows(sent.read() if sent else b"")
        with here().database.writing("products.import") as db:
            found = lock_connection(db, connection)
            choices = read_product_file(db, found.id, rows)
            news = write_choices(db, found, choices, who=signed_in_name(), now=here().now())
    except SpreadsheetUnreadable as error:
        return _page(connection, file_problems=[str(error)]), 422
    except ProductFileRefused as error:
        return _page(connection, file_problems=error.problems), 422
    _tell(len(news), 0)
    return redirect(url_for("products.show", connection=connection))


def _tell(changed: int, forgotten: int) -> None:
    if not changed and not forgotten:
        flash("Nothing was changed.", "done")
        return
    parts = [f"{counted(changed, 'item')} chosen"] if changed else []
    parts += [f"{counted(forgotten, 'choice')} taken back"] if forgotten else []
    flash(
        f"{' and '.join(parts)}. Orders that are not sent yet follow from now on; what is in "
        "QuickBooks was not changed.",
        "done",
    )


def _typed() -> dict[int, str]:
    """The fields that hold something else than when the page was made, by the row's id."""
    typed: dict[int, str] = {}
    for field, text in request.form.items():
        row_id = id_from(field.removeprefix("item-")) if field.startswith("item-") else None
        if row_id is None:
            continue
        if text.strip() != request.form.get(f"was-{row_id}", "").strip():
            typed[row_id] = text.strip()
    return typed


def _rows(db: Session, connection_id: int, typed: Mapping[int, str]) -> Sequence[KeapProduct]:
    return db.scalars(
        select(KeapProduct)
        .where(KeapProduct.connection_id == connection_id, KeapProduct.id.in_(sorted(typed)))
        .order_by(KeapProduct.id)
    ).all()


def _choice(row: KeapProduct, item: str) -> ProductChoice:
    return ProductChoice(row.sku, row.name, item[:_LONGEST_TEXT])


def _checked(
    db: Session, connection_id: int, wanted: Mapping[int, ProductChoice]
) -> tuple[dict[int, str], list[Choice]]:
    """What is wrong with which row, and the choices that can be used."""
    found = item_choices(db, connection_id, list(wanted.values()))
    problems = {
        row_id: str(choice)
        for row_id, choice in zip(wanted, found, strict=True)
        if isinstance(choice, MappingRefused)
    }
    return problems, [choice for choice in found if isinstance(choice, Choice)]


def _page(
    name: str,
    typed: Mapping[int, str] | None = None,
    problems: Mapping[int, str] | None = None,
    file_problems: Sequence[str] = (),
) -> str:
    wanted, after = _text("q"), _text("after", _LONGEST_KEY)
    with here().database.reading() as db:
        found = find_connection(db, name)
        rows = product_reports(
            db,
            found.id,
            limit=ROWS_OF_A_PAGE + 1,
            states=_SHOWN[_shown()],
            text=wanted,
            after=after,
        )
        counts = product_counts(db, found.id)
        offered = choosable(db, found.id, _text("items"), _ITEMS_OFFERED)
        context = _context(found)
    return render_template(
        "products.html",
        **context,
        rows=rows[:ROWS_OF_A_PAGE],
        next_key=rows[ROWS_OF_A_PAGE - 1].key if len(rows) > ROWS_OF_A_PAGE else "",
        filters={
            each: (_LABELS[each], sum(counts.get(state, 0) for state in states))
            for each, states in _SHOWN.items()
        },
        offered=offered,
        offered_all=len(offered) < _ITEMS_OFFERED,
        typed=typed or {},
        problems=problems or {},
        file_problems=file_problems,
        query=_query(),
        paged=bool(after),
    )


def _context(connection: Connection) -> dict[str, Any]:
    return {
        "head": head_of(connection),
        "shown": _shown(),
        "text": _text("q"),
        "items": _text("items"),
        "state_words": STATE_WORDS,
        "needs_you": NEEDS_YOU,
        "unknown_item": effective_settings(connection).unknown_item,
    }


def _shown() -> str:
    shown = request.args.get("show", "")
    return shown if shown in _SHOWN else ""


def _text(name: str, longest: int = _LONGEST_TEXT) -> str:
    return request.args.get(name, "")[:longest].replace("\0", "")


def _query() -> dict[str, Any]:
    """The filter as a query string, without what is empty."""
    query = {"show": _shown(), "q": _text("q"), "items": _text("items")}
    return {key: value for key, value in query.items() if value}
