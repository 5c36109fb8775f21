"""qbwc-service alerts: what people were told, and a test."""

import click

from qbwc_service import connections
from qbwc_service.alerts import outbox, telling
from qbwc_service.alerts.delivery import Delivery
from qbwc_service.alerts.outbox import Delivered, Listed
from qbwc_service.alerts.targets import addresses_of, targets_of, unreachable
from qbwc_service.cli.failures import Refused
from qbwc_service.cli.output import json_option, print_json, print_table, shown_time
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger import history
from qbwc_service.people import COMMAND_LINE

_ROWS = 50


@click.command()
@click.argument("name")
@click.option("--test", "is_test", is_flag=True, help="Send a test to everybody who is told, now.")
@click.option("--new-signing-key", is_flag=True, help="Make the key that calls are signed with.")
@json_option
def alerts(name: str, is_test: bool, new_signing_key: bool, as_json: bool) -> None:
    """List the last alerts of a connection with what became of them, newest first.

    Who is told what are settings: alert_emails, alert_kinds, alert_webhook, daily_digest, digest_at
    ("qbwc-service set NAME"). The key that calls to a web address are signed with is shown once.

    \b
    Examples:
      qbwc-service alerts acme
      qbwc-service set acme alert_emails=bea@example.com
      qbwc-service alerts acme --test
    """
    with opened() as service:
        if new_signing_key:
            click.echo(_new_signing_key(service, name))
            return
        listed = _test(service, name) if is_test else _listed(service, name, _ROWS)
    rows = [(alert, each) for alert in listed for each in alert.deliveries]
    if as_json:
        print_json([_document(alert, each) for alert, each in rows])
        return
    print_table(
        ["When", "About", "What", "Who", "State", "Problem"],
        [
            (shown_time(a.at), a.kind.value, a.title, each.address, each.state.value, each.problem)
            for a, each in rows
        ],
        "Nobody was told anything.",
    )


def _listed(service: Surroundings, name: str, limit: int) -> list[Listed]:
    with service.database.reading() as db:
        return outbox.newest(db, find_connection(db, name).id, limit=limit)


def _test(service: Surroundings, name: str) -> list[Listed]:
    """Send it from here, and say how it went. Raises Refused where nobody is told."""
    with service.database.writing("alerts.test") as db:
        found = lock_connection(db, name)
        if not targets_of(found, service.config):
            if not addresses_of(found) and not found.settings.get("alert_webhook"):
                raise Refused(f'Nobody is told: "qbwc-service set {name} alert_emails=..." first.')
            raise Refused(" ".join(unreachable(found, service.config)))
        alert_id = telling.tell_test(db, service.config, found, utc_now())
        history.note(db, found.id, "Sent a test alert", now=utc_now(), who=COMMAND_LINE)
    Delivery(service.database, service.secrecy, service.config, utc_now).send_alert(alert_id)
    return [alert for alert in _listed(service, name, _ROWS) if alert.id == alert_id]


def _new_signing_key(service: Surroundings, name: str) -> str:
    with service.database.writing("alerts.signing-key") as db:
        found = lock_connection(db, name)
        history.note(db, found.id, "New signing key for alerts", now=utc_now(), who=COMMAND_LINE)
        return connections.new_signing_key(found, service.secrecy)


def _document(alert: Listed, each: Delivered) -> dict[str, object]:
    return {
        "at": alert.at,
        "kind": alert.kind.value,
        "is_over": alert.is_over,
        "title": alert.title,
        "channel": each.channel.value,
        "address": each.address,
        "state": each.state.value,
        "tries": each.tries,
        "sent_at": each.sent_at,
        "problem": each.problem,
    }
