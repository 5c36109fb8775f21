"""The page "Alerts": who is told what, a test, and what was told last."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from qbwc_service import connections
from qbwc_service.admin.health import head_of
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.alerts import outbox, telling
from qbwc_service.alerts.targets import addresses_of, targets_of, topics_of, unreachable
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import history
from qbwc_service.ledger.models import AlertKind, Channel
from qbwc_service.ledger.plan_orders import effective_settings

pages = Blueprint("alerts", __name__, url_prefix="/c/<connection:connection>/alerts")

_ROWS = 50
KIND_WORDS: Final[Mapping[AlertKind, str]] = MappingProxyType(
    {
        AlertKind.NEEDS_YOU: "Something needs you",
        AlertKind.NO_CONTACT: "The QuickBooks computer does not call",
        AlertKind.SIGN_IN: "The login to Keap is refused or ends soon",
        AlertKind.COMPANY_FILE: "Another company file is open",
        AlertKind.FAILURES: "Something failed five times in a row",
        AlertKind.MANY_SILENT: "Many QuickBooks computers do not call",
        AlertKind.DIGEST: "Daily digest",
        AlertKind.TEST: "Test",
    }
)


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
        told = outbox.newest(db, found.id, limit=_ROWS)
    targets = targets_of(found, here().config)
    return render_template(
        "alerts.html",
        head=head_of(found),
        settings=effective_settings(found),
        emails=addresses_of(found),
        programs=[each.address for each in targets if each.channel is Channel.WEBHOOK],
        has_key=bool(found.webhook_key),
        topics=[KIND_WORDS[kind] for kind in KIND_WORDS if kind in topics_of(found)],
        unreachable=unreachable(found, here().config),
        told=told,
        kinds=KIND_WORDS,
    )


@pages.post("/test")
def test(connection: str) -> ResponseReturnValue:
    """A test to everybody who is told; one at a time, so that a second click sends nothing."""
    now = here().now()
    with here().database.writing("alerts.test") as db:
        found = lock_connection(db, connection)
        last = outbox.newest(db, found.id, limit=1)
        if not targets_of(found, here().config):
            refusal = "Nobody would be told yet: enter an address in the settings first."
            if addresses_of(found) or found.settings.get("alert_webhook"):
                refusal = " ".join(unreachable(found, here().config))
        elif last and last[0].kind is AlertKind.TEST and last[0].is_on_its_way:
            refusal = "A test is on its way already; nothing more was sent."
        else:
            refusal = ""
            telling.tell_test(db, here().config, found, now)
            history.note(db, found.id, "Sent a test alert", now=now, who=signed_in_name())
    if refusal:
        flash(refusal, "refused")
    else:
        flash("The test is on its way; below you see within a minute whether it arrived.", "done")
    return redirect(url_for("alerts.show", connection=connection))


@pages.get("/signing-key")
def ask_for_signing_key(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        found = find_connection(db, connection)
    return render_template(
        "signing_key.html", head=head_of(found), has_key=bool(found.webhook_key), made=""
    )


@pages.post("/signing-key")
def make_signing_key(connection: str) -> ResponseReturnValue:
    """A new key, shown on this page and nowhere again."""
    with here().database.writing("alerts.signing-key") as db:
        found = lock_connection(db, connection)
        made = connections.new_signing_key(found, here().secrecy)
        text = "New signing key for alerts"
        history.note(db, found.id, text, now=here().now(), who=signed_in_name())
    return render_template("signing_key.html", head=head_of(found), has_key=True, made=made)
