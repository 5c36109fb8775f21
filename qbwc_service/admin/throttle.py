"""Slows down guessing at the admin's sign-in. The Web Connector's log-ins have keys of their own.

A try is counted before its password is looked at, so that many at once gain nothing. A browser in
which the person has signed in before is counted by itself: nobody else can lock it out.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qbwc_service.ledger import login_failures
from qbwc_service.ledger.login_failures import Limit, network

#: wrong passwords that cost no waiting: for one name from one address, or in a known browser
FREE_TRIES = 5
#: for any name from one address; for one name from all addresses together
FREE_TRIES_OF_ADDRESS = 30
FREE_TRIES_OF_NAME = 50
_REALM = "admin"


def begin_try(
    db: Session, name: str, address: str, now: datetime, *, browser: str = ""
) -> timedelta:
    """Count a try and return zero, or return how long to wait and count nothing.

    `browser`: the id of one in which this person has signed in before.
    """
    if browser:
        limits = [Limit(_of_browser(browser), FREE_TRIES)]
    else:
        limits = [
            Limit(network(address), FREE_TRIES_OF_ADDRESS),
            Limit(_of_name(name), FREE_TRIES_OF_NAME),
            Limit(_of_both(name, address), FREE_TRIES),
        ]
    return login_failures.begin_try(db, _REALM, limits, now)


def forgive(db: Session, name: str, address: str, *, browser: str = "") -> None:
    """The password was right: forget the wrong ones for this name from there."""
    if browser:
        login_failures.forget(db, _REALM, _of_browser(browser))
        return
    login_failures.forget(db, _REALM, _of_both(name, address))
    login_failures.take_back(db, _REALM, _of_name(name))
    login_failures.take_back(db, _REALM, network(address))


def _of_browser(browser: str) -> str:
    return f"browser|{browser}"


def _of_name(name: str) -> str:
    return f"name|{name.casefold()[:80]}"


def _of_both(name: str, address: str) -> str:
    return f"{network(address)}|{name.casefold()[:80]}"
