"""What is kept of a sign-in, and which login of a connection is in force.

A sign-in in force goes before the key. A pending one waits for a person to say that it is the
right account, and is used for nothing but to ask Keap for its name.
"""

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from keap import Tokens, is_same_tenant
from qbwc_service.ledger import history
from qbwc_service.ledger.models import Connection, KeapSignIn, SignInState
from qbwc_service.secrecy import Secrecy


class LoginMode(StrEnum):
    """How a connection gets into Keap."""

    SIGN_IN = "sign-in"
    KEY = "key"
    NONE = "none"


class OtherAccount(Exception):
    """The sign-in opens `tenant`, but the connection belongs to `pinned`."""

    def __init__(self, tenant: str, pinned: str) -> None:
        self.tenant = tenant
        self.pinned = pinned
        super().__init__(f"{tenant} was allowed, but this connection belongs to {pinned}.")


def sign_in_of(
    db: Session, connection_id: int, state: SignInState = SignInState.IN_FORCE
) -> KeapSignIn | None:
    """The connection's sign-in of that state, as it is stored now."""
    return db.scalars(
        select(KeapSignIn).where(
            KeapSignIn.connection_id == connection_id, KeapSignIn.state == state
        ),
        execution_options={"populate_existing": True},
    ).first()


def mark_of(sign_in: KeapSignIn) -> str:
    """What a question about a sign-in shows and its answer brings back: row ids come twice."""
    return hashlib.sha256(sign_in.refresh_token.encode()).hexdigest()[:32]


def login_mode(db: Session, connection: Connection) -> LoginMode:
    """Which login its calls use."""
    if sign_in_of(db, connection.id) is not None:
        return LoginMode.SIGN_IN
    return LoginMode.KEY if connection.keap_key else LoginMode.NONE


def is_broken(db: Session, connection: Connection) -> bool:
    """Whether somebody has to sign in again."""
    sign_in = sign_in_of(db, connection.id)
    return sign_in is not None and sign_in.broken_at is not None


def keep_pending(
    db: Session, secrecy: Secrecy, connection: Connection, tokens: Tokens, who: str
) -> KeapSignIn:
    """Store fresh tokens before anything is done with them; an older pending sign-in goes."""
    _forget(db, connection.id, SignInState.PENDING)
    sign_in = KeapSignIn(
        connection_id=connection.id,
        state=SignInState.PENDING,
        access_token=secrecy.encrypt(tokens.access_token),
        refresh_token=secrecy.encrypt(tokens.refresh_token),
        issued_at=tokens.issued_at,
        expires_at=tokens.expires_at,
        signed_in_by=who,
    )
    db.add(sign_in)
    db.flush()
    return sign_in


def put_in_force(
    db: Session, connection: Connection, sign_in: KeapSignIn, who: str, now: datetime
) -> None:
    """Use the pending sign-in from now on, and pin its account. Raises OtherAccount."""
    pinned = connection.keap_tenant
    if pinned and not is_same_tenant(sign_in.tenant, pinned):
        raise OtherAccount(sign_in.tenant, pinned)
    _forget(db, connection.id, SignInState.IN_FORCE)
    sign_in.state = SignInState.IN_FORCE
    if sign_in.tenant:
        pin(connection, sign_in.tenant, sign_in.account_name)
    read_at_once(connection)
    history.note(
        db, connection.id, f"Signed in with Keap: {sign_in.tenant or 'account'}", now=now, who=who
    )


def drop_pending(db: Session, connection: Connection) -> None:
    """Forget tokens that nobody wants; what is in force stays."""
    _forget(db, connection.id, SignInState.PENDING)


def use_key(db: Session, connection: Connection, who: str, now: datetime) -> bool:
    """Forget the tokens, so that the key on file is used; False where there is no key."""
    if not connection.keap_key:
        return False
    if login_mode(db, connection) is LoginMode.SIGN_IN:
        forget_sign_ins(db, connection)
        history.note(
            db, connection.id, "Uses the Keap key instead of the sign-in", now=now, who=who
        )
    read_at_once(connection)
    return True


def disconnect(db: Session, connection: Connection, who: str, now: datetime) -> bool:
    """Forget key and tokens; the ledger and the pinned account stay. False: none was."""
    if login_mode(db, connection) is LoginMode.NONE:
        drop_pending(db, connection)
        return False
    forget_sign_ins(db, connection)
    connection.keap_key = ""
    history.note(db, connection.id, "Disconnected from Keap", now=now, who=who)
    return True


def forget_sign_ins(db: Session, connection: Connection) -> None:
    """All tokens of the connection, in force or pending."""
    _forget(db, connection.id, *SignInState)


def pin(connection: Connection, tenant: str, account_name: str) -> None:
    """The account that has to answer from now on, and its name where it is known."""
    connection.keap_tenant = connection.keap_tenant or tenant
    connection.keap_account = tenant.partition(".")[0]
    connection.keap_account_name = account_name or connection.keap_account_name


def read_at_once(connection: Connection) -> None:
    """A new login: Keap is read with it at the next turn."""
    connection.last_sync_trouble = ""
    connection.next_sync_at = None


def _forget(db: Session, connection_id: int, *states: SignInState) -> None:
    db.execute(
        delete(KeapSignIn).where(
            KeapSignIn.connection_id == connection_id, KeapSignIn.state.in_(states)
        ),
        execution_options={"synchronize_session": "fetch"},
    )
    db.flush()
