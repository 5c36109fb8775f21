"""What pages show of a connection's way into Keap, as plain values; holds no secret."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from keap import REFRESH_TOKEN_LIVES
from qbwc_service.keap_access.sign_ins import LoginMode, is_broken, login_mode, sign_in_of
from qbwc_service.ledger.models import Connection, SignInState


@dataclass(frozen=True, slots=True)
class KeapLogin:
    """`valid_until`: of a sign-in, if nobody renews it. `app_id` is like iq146."""

    mode: LoginMode
    account_name: str
    app_id: str
    is_pinned: bool
    has_key: bool
    can_sign_in: bool
    is_broken: bool = False
    signed_in_by: str = ""
    valid_until: datetime | None = None
    is_pending: bool = False

    @property
    def is_connected(self) -> bool:
        return self.mode is not LoginMode.NONE and not self.is_broken

    @property
    def account(self) -> str:
        """ "Acme Studio (iq146)"; "" where nothing is known."""
        if self.account_name and self.app_id:
            return f"{self.account_name} ({self.app_id})"
        return self.account_name or self.app_id


def keap_login(db: Session, connection: Connection, *, can_sign_in: bool) -> KeapLogin:
    sign_in = sign_in_of(db, connection.id)
    return KeapLogin(
        mode=login_mode(db, connection),
        account_name=connection.keap_account_name,
        app_id=connection.keap_tenant.partition(".")[0] or connection.keap_account,
        is_pinned=bool(connection.keap_tenant),
        has_key=bool(connection.keap_key),
        can_sign_in=can_sign_in,
        is_broken=is_broken(db, connection),
        signed_in_by=sign_in.signed_in_by if sign_in else "",
        valid_until=sign_in.issued_at + REFRESH_TOKEN_LIVES if sign_in else None,
        is_pending=sign_in_of(db, connection.id, SignInState.PENDING) is not None,
    )
