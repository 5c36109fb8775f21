"""The bookkeeper's pages: a blueprint a page, rendered on the server, without JavaScript.

sign_in, throttle, known_browsers   who may come in
home, health             "My connections": every connection in one line, worst first
adding, set_up           a new connection, and the seven steps until it sends
connection_home (view)   Home of one connection: one sentence, four tiles, how each part is
keap_login, keap_sign_in Connect Keap: key or sign-in, test, switch, disconnect; keap_view
orders, order_rows       the list, decisions about many orders, the spreadsheet file
order, order_detail      one order; loaded_order: its rows; order_sides: Keap beside QuickBooks;
                         order_payments: payments, credits, refunds; technical: what was sent
undo, undo_many          what undoing an order, ticked orders or an update deletes; undo_rows: its
                         lists
products, unknown_item   which item each product goes to; orders that used the unknown one
manual_sync (and its view)  chosen orders or days now; the standing order status
needs_you, fixes         what waits for a person, by cause, and what releases it
customers                what a person chose for Keap contacts
rules, rule_form         rules: list, form, test on an order
reconcile                Keap against QuickBooks as it was last read; linking at the cut-over
errors, error_rows       the error log
accounts (and its view)  what is chosen from QuickBooks' lists: payment methods, accounts, taxes
connection, upkeep       one connection: status, settings, Web Connector file, password
company_file             what to do where the company file was moved, restored or replaced
help_page                every message of the catalogue
guards, failures         headers, form tokens; error pages in the same style
"""

from collections.abc import Callable

from flask import Flask, request
from flask.typing import ResponseReturnValue

from qbwc_service.admin import (
    accounts,
    adding,
    company_file,
    connection,
    connection_home,
    customers,
    errors,
    failures,
    guards,
    help_page,
    home,
    keap_login,
    keap_sign_in,
    manual_sync,
    needs_you,
    order,
    orders,
    products,
    reconcile,
    rules,
    set_up,
    sign_in,
    undo,
    undo_many,
    unknown_item,
    upkeep,
)
from qbwc_service.admin.addresses import register_converters
from qbwc_service.admin.surroundings import Surroundings
from qbwc_service.admin.words import register_words
from qbwc_service.clock import Clock
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.secrecy import Secrecy

_PAGES = (
    home.pages,
    adding.pages,
    set_up.pages,
    connection_home.pages,
    keap_login.pages,
    keap_sign_in.pages,
    needs_you.pages,
    orders.pages,
    order.pages,
    undo.pages,
    undo_many.pages,
    products.pages,
    unknown_item.pages,
    customers.pages,
    rules.pages,
    reconcile.pages,
    manual_sync.pages,
    errors.pages,
    connection.pages,
    accounts.pages,
    upkeep.pages,
    company_file.pages,
    help_page.pages,
)


def register(
    app: Flask,
    *,
    database: Database,
    secrecy: Secrecy,
    config: Config,
    clock: Clock,
    wake: Callable[[], object] = lambda: None,
) -> None:
    """Add the admin at / of `app`, with form tokens, headers and error pages.

    `wake` has the job that reads Keap look at once, where it runs in this process.
    The app brings the key and flags of its session cookie and its size limits.
    """
    Surroundings(database, secrecy, config, clock, wake).join(app)
    register_converters(app)
    register_words(app)
    guards.register_guards(app)
    failures.register_failures(app)
    app.before_request(_only_people)
    app.register_blueprint(sign_in.pages)
    for pages in _PAGES:
        app.register_blueprint(pages)


def _only_people() -> ResponseReturnValue | None:
    guarded = request.blueprint in {pages.name for pages in _PAGES}
    return sign_in.require_person() if guarded else None
