"""Writes what is to be told: the letter, whom it goes to, and that it was told. One transaction
each; whoever calls proves its lease in it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qbwc_service.alerts import deciding, letters, looking, outbox
from qbwc_service.alerts.deciding import Step, Telling
from qbwc_service.alerts.digest import day_to_tell, digest
from qbwc_service.alerts.letters import Letter
from qbwc_service.alerts.looking import Look
from qbwc_service.alerts.seen import Seen
from qbwc_service.alerts.targets import Target, operators, targets_of
from qbwc_service.config import Config
from qbwc_service.ledger.held import held_groups
from qbwc_service.ledger.models import (
    SERVICE_ITSELF,
    AlertKind,
    AlertState,
    Connection,
)
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.ledger.reconciling_report import reconciling_report
from qbwc_service.settings.zones import zone_named

_GROUPS = 10


def tell(
    db: Session, config: Config, found: Look, step: Step, now: datetime, watched_since: datetime
) -> None:
    """Write what this step tells, if anything, and that it was told."""
    if step.telling is not Telling.NOTHING and step.connection_id == SERVICE_ITSELF:
        letter = _of_service(config, found, step, now, watched_since)
        _write(db, step, letter, config.address("/"), operators(config), now)
    elif step.telling is not Telling.NOTHING:
        connection = found.connections[step.connection_id]
        seen = next(each for each in found.seen if each.connection_id == connection.id)
        letter = _of_connection(db, connection, seen, step)
        link = link_of(config, connection, step.kind)
        _write(db, step, letter, link, targets_of(connection, config), now)
    _note(db, step.connection_id, step.kind, step.names, now, is_told=step.telling)


def digest_due(config: Config, connection: Connection, found: Look, now: datetime) -> str:
    """The day whose digest this connection is to be told now; "" where none is."""
    settings = effective_settings(connection)
    if settings.daily_digest != "yes" or not targets_of(connection, config):
        return ""
    told = found.told.get((connection.id, AlertKind.DIGEST))
    last = max(told.names, default="") if told is not None else ""
    zone = zone_of(connection)
    return day_to_tell(now, settings.digest_at, zone, last, connection.created_at)


def digest_of(db: Session, connection: Connection, day: str) -> Letter:
    """The letter about that day."""
    when = date.fromisoformat(day)
    return digest(
        reconciling_report(db, connection, (when, when)),
        needs_you=looking.needs_you(db, connection.id),
        last_read_at=connection.last_sync_at,
        zone=zone_of(connection),
    )


def tell_digest(
    db: Session, config: Config, connection: Connection, day: str, letter: Letter, now: datetime
) -> None:
    link = link_of(config, connection, AlertKind.DIGEST)
    targets = targets_of(connection, config)
    outbox.write(db, connection.id, AlertKind.DIGEST, letter, link, targets, now=now)
    _note(db, connection.id, AlertKind.DIGEST, frozenset({day}), now, is_told=Telling.WRONG)


def tell_test(db: Session, config: Config, connection: Connection, now: datetime) -> int:
    """A test to everybody who is told; gives the id of the alert."""
    return outbox.write(
        db,
        connection.id,
        AlertKind.TEST,
        letters.test(connection.name),
        link_of(config, connection, AlertKind.TEST),
        targets_of(connection, config),
        now=now,
    )


def link_of(config: Config, connection: Connection, kind: AlertKind) -> str:
    """Where a person sees more and can do something."""
    return config.address(f"/c/{connection.name}{letters.PAGE.get(kind, '')}")


def zone_of(connection: Connection) -> ZoneInfo:
    """The time zone of the account; UTC where this computer does not know it."""
    return zone_named(effective_settings(connection).time_zone)


def _of_service(
    config: Config, found: Look, step: Step, now: datetime, watched_since: datetime
) -> Letter:
    if step.telling is Telling.OVER:
        return letters.over(step.kind)
    silent, watched = deciding.many_silent(found.seen, now, watched_since)
    return letters.many_silent(silent, watched, config.public_url)


def _of_connection(db: Session, connection: Connection, seen: Seen, step: Step) -> Letter:
    zone = zone_of(connection)
    match step.kind:
        case _ if step.telling is Telling.OVER:
            return letters.over(step.kind)
        case AlertKind.NEEDS_YOU:
            return letters.needs_you(seen, held_groups(db, connection.id, limit=_GROUPS))
        case AlertKind.NO_CONTACT if seen.calls is not None:
            return letters.no_contact(seen.calls, looking.waiting(db, connection.id), zone)
        case AlertKind.SIGN_IN:
            return letters.sign_in(seen, zone)
        case AlertKind.COMPANY_FILE:
            return letters.company_file(seen, connection.write_block_details)
        case AlertKind.FAILURES:
            return letters.failures(seen)
        case _:
            raise ValueError(f"{step.kind} is not told of a connection")


def _write(
    db: Session,
    step: Step,
    letter: Letter,
    link: str,
    targets: tuple[Target, ...],
    now: datetime,
) -> None:
    is_over = step.telling is Telling.OVER
    outbox.write(db, step.connection_id, step.kind, letter, link, targets, now=now, is_over=is_over)


def _note(
    db: Session,
    connection_id: int,
    kind: AlertKind,
    names: frozenset[str],
    now: datetime,
    *,
    is_told: Telling,
) -> None:
    row = db.get(AlertState, (connection_id, kind))
    if row is None:
        row = AlertState(connection_id=connection_id, kind=kind, told_at=now)
        db.add(row)
    row.told = sorted(names)
    if is_told is not Telling.NOTHING:
        row.told_at = now
