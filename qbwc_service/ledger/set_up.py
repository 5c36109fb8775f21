"""How far a person has come in the set-up: what was ticked and answered, and when."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from qbwc_service.ledger.models import Connection, SetUp
from qbwc_service.planning.last_days import LastDays


class Question(StrEnum):
    """The six questions about settings, in the order in which they are asked."""

    FORM = "form"
    WHICH = "which-orders"
    CUSTOMER = "customer"
    PAYMENTS = "payments"
    TAX = "tax"
    NUMBERS = "numbers"


class Tick(StrEnum):
    """What a person ticked beside the questions."""

    BACKED_UP = "backed-up"
    NO_SLEEP = "no-sleep"
    STARTS_WITH_WINDOWS = "starts-with-windows"
    ONE_COMPUTER = "one-computer"
    #: went on from these steps, whatever was left there
    PRODUCTS_SEEN = "products-seen"
    PREVIEW_SEEN = "preview-seen"
    LOOKS_RIGHT = "looks-right"


@dataclass(frozen=True, slots=True)
class Progress:
    """What is stored of one connection's set-up; `last_days` is None until they were read."""

    ticks: frozenset[str] = frozenset()
    file_downloaded_at: datetime | None = None
    password_made_at: datetime | None = None
    right_company_file: str = ""
    last_days: LastDays | None = None
    last_days_read_at: datetime | None = None
    answered: frozenset[Question] = field(default_factory=frozenset)


def progress_of(db: Session, connection_id: int) -> Progress:
    """Empty where nothing was done yet."""
    row = db.get(SetUp, connection_id)
    if row is None:
        return Progress()
    ticks = frozenset(str(tick) for tick in row.ticks)
    return Progress(
        ticks,
        row.file_downloaded_at,
        row.password_made_at,
        row.right_company_file,
        LastDays.from_stored(row.last_days),
        row.last_days_read_at,
        frozenset(question for question in Question if question in ticks),
    )


def tick(db: Session, connection: Connection, *ticks: Tick | Question) -> None:
    """Set them; what is set already stays. The connection's row is locked."""
    row = _row(db, connection)
    row.ticks = sorted({*row.ticks, *(str(each.value) for each in ticks)})


def untick(db: Session, connection: Connection, *ticks: Tick | Question) -> None:
    """Take them back. The connection's row is locked."""
    row = _row(db, connection)
    row.ticks = sorted(set(row.ticks) - {each.value for each in ticks})


def note_file(db: Session, connection: Connection, now: datetime) -> None:
    """The Web Connector file was downloaded."""
    _row(db, connection).file_downloaded_at = now


def note_password(db: Session, connection: Connection, now: datetime) -> None:
    """A password was made and shown."""
    _row(db, connection).password_made_at = now


def confirm_company(db: Session, connection: Connection) -> bool:
    """The company file that is known now is the right one; False where none is known."""
    if not connection.company_file:
        return False
    _row(db, connection).right_company_file = connection.company_file
    return True


def keep_last_days(db: Session, connection: Connection, found: LastDays, now: datetime) -> None:
    """In place of those read before."""
    row = _row(db, connection)
    row.last_days = found.to_stored()
    row.last_days_read_at = now


def _row(db: Session, connection: Connection) -> SetUp:
    row = db.get(SetUp, connection.id)
    if row is None:
        row = SetUp(connection_id=connection.id, ticks=[], right_company_file="", last_days={})
        db.add(row)
        db.flush()
    return row
