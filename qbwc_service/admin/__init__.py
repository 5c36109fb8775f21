"""The bookkeeper's pages: a blueprint a page, rendered on the server, without JavaScript.

sign_in, session_length  who may come in, and for how long; throttle, known_browsers
one_sign_in              a sign-out ends every copy of the cookie
roles                    which role each page and button needs
support_view             people blotted out for support, and each page in the audit
people, role_words, own_password    Users: who there is; everybody's own password
invitations, joining     a link by which a person joins once; the page behind it
audit, audit_rows        who did what; audit_hook, audit_words: how each press gets there
home, health             "My connections": every connection in one line, worst first
adding, set_up           a new connection, and the seven steps until it sends
connection_home (view)   Home of one connection: one sentence, four tiles, how each part is
keap_login, keap_sign_in Connect Keap: key or sign-in, test, switch, disconnect; keap_view
orders, order_rows       the list, decisions about many orders, the spreadsheet file; its filter:
                         order_query; link_many: ticked orders that QuickBooks has already
payments, payment_rows   Keap's payments beside QuickBooks', the file for the bank
refunds, refund_rows     what each refund becomes, and their approval; filter: payment_query
order, order_detail      one order; loaded_order: its rows; order_sides: Keap beside QuickBooks;
                         order_payments: payments, credits, refunds; technical: what was sent
preview                  what QuickBooks would get of an order, before it is sent; forms.html
                         draws it, here and on the order's page
runs, run_rows           every update of the Web Connector; one step by step: run_steps
activity, activity_rows  what happened, order by order, and what to do
undo, undo_many          what undoing an order, ticked orders or an update deletes; undo_rows: its
                         lists
products, unknown_item   which item each product goes to; orders that used the unknown one
manual_sync (and its view)  chosen orders or days now; the standing order status
needs_you, fixes         what waits for a person, by cause, and what releases it
customers                what a person chose for Keap contacts
rules, rule_form         rules: list, form, test on an order
reconcile                Keap against QuickBooks as it was last read; linking at the cut-over
errors, error_rows       the error log; error_filter: which entries are asked for
alerts                   who is told what, a test, what was told
settings (and its view)  every setting of a connection, searchable; setting_words: their names
accounts (and its view)  which method, account and tax item Keap's payments and taxes go to
connection, upkeep       one connection: status, Web Connector file, password
company_file             what to do where the company file was moved, restored or replaced
help_page, help_search   every message of the catalogue, and how one is found
support_download         the support file (made by qbwc_service/support_file)
once                     a form that is sent twice does its work once
guards, failures         headers, form tokens; error pages in the same style
navigation               the bar at the top
assets                   addresses of the style sheet and scripts; static/live.js: live parts
"""

from collections.abc import Callable

from flask import Flask, request
from flask.typing import ResponseReturnValue

from qbwc_service.admin import (
    accounts,
    activity,
    adding,
    alerts,
    audit,
    audit_hook,
    company_file,
    connection,
    connection_home,
    customers,
    errors,
    failures,
    guards,
    help_page,
    home,
    invitations,
    joining,
    keap_login,
    keap_sign_in,
    link_many,
    manual_sync,
    needs_you,
    order,
    orders,
    own_password,
    payments,
    people,
    preview,
    products,
    reconcile,
    refunds,
    rules,
    runs,
    set_up,
    settings,
    sign_in,
    support_download,
    support_view,
    undo,
    undo_many,
    unknown_item,
    upkeep,
)
from qbwc_service.admin.addresses import register_converters
from qbwc_service.admin.assets import register_assets
from qbwc_service.admin.navigation import register_navigation
from qbwc_service.admin.once import only_once, register_once
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
    preview.pages,
    undo.pages,
    undo_many.pages,
    link_many.pages,
    payments.pages,
    refunds.pages,
    runs.pages,
    activity.pages,
    products.pages,
    unknown_item.pages,
    customers.pages,
    rules.pages,
    reconcile.pages,
    manual_sync.pages,
    errors.pages,
    alerts.pages,
    connection.pages,
    settings.pages,
    accounts.pages,
    upkeep.pages,
    company_file.pages,
    people.pages,
    invitations.pages,
    own_password.pages,
    audit.pages,
    help_page.pages,
    support_download.pages,
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
    register_assets(app)
    register_navigation(app)
    sign_in.register_permissions(app)
    guards.register_guards(app, clock=clock, is_https=config.public_url.startswith("https:"))
    register_once(app)
    failures.register_failures(app)
    audit_hook.register_audit(app)
    support_view.register_support_view(app)
    app.before_request(_only_people)
    app.register_blueprint(sign_in.pages)
    app.register_blueprint(joining.pages)
    for pages in _PAGES:
        app.register_blueprint(pages)


def _only_people() -> ResponseReturnValue | None:
    guarded = request.blueprint in {pages.name for pages in _PAGES}
    if not guarded:
        return None
    refused = sign_in.require_person()
    return only_once() if refused is None else refused
