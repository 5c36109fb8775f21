"""The way around: which pages the navigation offers, in which group. The table is here and nowhere
else; a page that the reader may not open, or that needs a connection where none is open, is left
out."""

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, request, url_for

from qbwc_service.admin.health import needs_you_number
from qbwc_service.admin.sign_in import may
from qbwc_service.admin.surroundings import here


@dataclass(frozen=True, slots=True)
class Page:
    """`parts`: the blueprints of the pages that are reached through this one."""

    endpoint: str
    label: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the navigation. `current`: what aria-current says, "" for all other pages."""

    endpoint: str
    label: str
    address: str
    current: str


#: by the headings of the groups
NAVIGATION: Final[dict[str, tuple[Page, ...]]] = {
    "Every day": (
        Page("connection_home.show", "Home"),
        Page("needs_you.show", "Needs you"),
        Page("orders.show", "Orders", ("order", "undo", "link_many")),
        Page("preview.show", "Preview"),
        Page("payments.show", "Payments"),
        Page("refunds.show", "Refunds"),
        Page("runs.show", "Runs", ("undo_many",)),
    ),
    "Put right": (
        Page("products.show", "Products", ("unknown_item",)),
        Page("customers.show", "Customers"),
        Page("rules.show", "Rules"),
        Page("reconcile.show", "Reconcile"),
        Page("manual_sync.show", "Manually sync"),
        Page("errors.show", "Error log"),
        Page("activity.show", "Activity"),
    ),
    "Set-up": (
        Page("set_up.show", "Set-up"),
        Page("settings.show", "Settings"),
        Page("accounts.show", "Accounts and payments"),
        Page("alerts.show", "Alerts"),
        Page(
            "connection.show",
            "Connection",
            ("upkeep", "keap_login", "keap_sign_in", "company_file"),
        ),
    ),
    "All connections": (
        Page("home.show", "My connections", ("adding",)),
        Page("people.show", "Users", ("invitations",)),
        Page("audit.show", "Audit"),
        Page("help.show", "Help", ("support_file",)),
    ),
}


def register_navigation(app: Flask) -> None:
    """Give the templates `navigation(connection)` and `needs_you(connection)`."""
    app.jinja_env.globals |= {"navigation": navigation, "needs_you": _needs_you}


def navigation(connection: str) -> dict[str, list[Link]]:
    """The links by group; `connection` is the name of the one that is open, "" for none."""
    offered = {
        group: [_link(page, connection) for page in pages if _is_there(page, connection)]
        for group, pages in NAVIGATION.items()
    }
    return {group: links for group, links in offered.items() if links}


def _is_there(page: Page, connection: str) -> bool:
    return may(page.endpoint, "GET") and (bool(connection) or not _is_of_connection(page))


def _is_of_connection(page: Page) -> bool:
    rules = current_app.url_map.iter_rules(page.endpoint)
    return any("connection" in rule.arguments for rule in rules)


def _link(page: Page, connection: str) -> Link:
    address = (
        url_for(page.endpoint, connection=connection)
        if _is_of_connection(page)
        else url_for(page.endpoint)
    )
    return Link(page.endpoint, page.label, address, _current(page))


def _current(page: Page) -> str:
    if request.endpoint == page.endpoint:
        return "page"
    own = page.endpoint.partition(".")[0]
    return "true" if request.blueprint in {own, *page.parts} else ""


def _needs_you(connection: str) -> int:
    with here().database.reading() as db:
        return needs_you_number(db, connection)
