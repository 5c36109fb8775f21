"""What can go wrong with Keap, as messages of the catalogue: the one place that decides this.

Exception
├── keap.KeapError        see there
├── SecretUnreadable      see qbwc_service.secrecy
└── KeapUnusable          see qbwc_service.keap_access.failures, and here
    └── ZoneUnknown       the account's time zone has no rules here
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from keap import (
    KeapAuthRefused,
    KeapClientRefused,
    KeapError,
    KeapOtherTenant,
    KeapPermissionMissing,
    KeapPutOff,
    KeapServerError,
    KeapSignInEnded,
    KeapThrottled,
    KeapUnreachable,
    PutOff,
)
from qbwc_service.keap_access.failures import (
    ClientNotConfigured,
    KeapKeyMalformed,
    KeapNotConnected,
    KeapUnusable,
)
from qbwc_service.ledger import error_log
from qbwc_service.ledger.models import Connection
from qbwc_service.secrecy import SecretUnreadable

#: closed by the next reading that succeeds
TROUBLE_MESSAGES = (
    "keap-key-refused",
    "keap-sign-in-again",
    "keap-client-refused",
    "keap-permission-missing",
    "keap-not-answering",
    "keap-slow-down",
    "keap-calls-low",
    "keap-calls-used-up",
    "keap-other-account",
    "keap-refused-request",
    "keap-not-connected",
    "secret-key-changed",
)


class ZoneUnknown(KeapUnusable):
    """Without the rules of its time zone no order has a day."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        super().__init__(
            f"The time zone {zone!r} is not known; choose one in the settings (time_zone)."
        )


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message of the catalogue with its details; `retry_after` in seconds where Keap said so."""

    message: str
    details: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None


def trouble_of(error: KeapError | KeapUnusable | SecretUnreadable) -> Trouble:
    """What a person is told about it."""
    match error:
        case KeapNotConnected():
            return Trouble("keap-not-connected")
        case SecretUnreadable():
            return Trouble("secret-key-changed")
        case KeapAuthRefused() | KeapKeyMalformed():
            return Trouble("keap-key-refused")
        case KeapSignInEnded():
            return Trouble("keap-sign-in-again")
        case KeapClientRefused() | ClientNotConfigured():
            return Trouble("keap-client-refused", {"reason": _sentence(error)})
        case KeapOtherTenant(tenant=tenant, pinned=pinned):
            return Trouble("keap-other-account", {"tenant": tenant, "pinned": pinned})
        case KeapPermissionMissing(request=request):
            return Trouble("keap-permission-missing", {"resource": _resource(request)})
        case KeapPutOff(reason=PutOff.LOW, retry_after=seconds):
            return Trouble("keap-calls-low", retry_after=seconds)
        case KeapPutOff(reason=PutOff.USED_UP, retry_after=seconds):
            return Trouble("keap-calls-used-up", retry_after=seconds)
        case KeapThrottled(retry_after=seconds):
            return Trouble("keap-slow-down", retry_after=seconds)
        case KeapUnreachable() | KeapServerError():
            reason = {"reason": _sentence(error)}
            return Trouble("keap-not-answering", reason, error.retry_after)
        case _:
            return Trouble("keap-refused-request", {"reason": _sentence(error)})


def record_trouble(db: Session, connection: Connection, trouble: Trouble, now: datetime) -> None:
    """Show it on the connection and in the error log."""
    connection.last_sync_trouble = trouble.message
    others = [message for message in TROUBLE_MESSAGES if message != trouble.message]
    error_log.solve(db, connection.id, now=now, messages=others)
    error_log.tell(db, connection.id, trouble.message, trouble.details, now=now)


def clear_trouble(db: Session, connection: Connection, now: datetime) -> None:
    """Keap was read: whatever was wrong with it is over."""
    connection.last_sync_trouble = ""
    error_log.solve(db, connection.id, now=now, messages=TROUBLE_MESSAGES)


def _resource(request: str) -> str:
    """`GET /rest/v2/sales/payments?filter=...` -> `sales/payments`."""
    return request.partition("?")[0].partition("/rest/v2/")[2] or request


def _sentence(error: Exception) -> str:
    return f"{str(error).rstrip('.')}."
