"""New tokens for old ones. The refresh token is good for one use, so one process asks at a time.

A lease keeps the others out, without a transaction that stays open while Keap is asked. The new
pair is committed before it is used. Whoever finds other tokens stored than those that were used
leaves them alone: somebody signed in anew meanwhile. If the process dies between Keap's answer and
our commit, the chain of tokens is lost; the next try finds that out and a person is asked.

Transactions: keap-sign-in.lease, keap-sign-in.renewed, keap-sign-in.broken, keap-sign-in.release.
"""

import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from keap import KeapSignInEnded, KeapUnreachable, Tokens
from qbwc_service.keap_access.access import Access
from qbwc_service.keap_access.failures import KeapNotConnected
from qbwc_service.keap_access.sign_ins import sign_in_of
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Connection, KeapSignIn

#: longer than Keap's sign-in is given to answer
LEASE_TTL = timedelta(seconds=60)
#: a token that ends sooner is renewed before it is used
LEAST_LIFE = timedelta(seconds=60)
#: this part of an access token's life is used before it is renewed
RENEW_AFTER = 0.75
_WAITS, _WAIT_SECONDS = 60, 1.0


@dataclass(frozen=True, slots=True)
class Held:
    """The tokens in force, in clear text."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime

    @property
    def renew_at(self) -> datetime:
        """When it is time for new ones."""
        return self.issued_at + (self.expires_at - self.issued_at) * RENEW_AFTER


def held_tokens(access: Access, connection_id: int) -> Held:
    """What is in force now.

    Raises KeapNotConnected where no sign-in is, KeapSignInEnded where its chain is broken, and
    SecretUnreadable.
    """
    with access.database.reading() as db:
        row = sign_in_of(db, connection_id)
    if row is None:
        raise KeapNotConnected
    if row.broken_at is not None:
        raise KeapSignInEnded("The sign-in with Keap has ended")
    return Held(
        access.secrecy.decrypt(row.access_token),
        access.secrecy.decrypt(row.refresh_token),
        row.issued_at,
        row.expires_at,
    )


def renew(access: Access, connection_id: int, seen: str) -> Held:
    """Other tokens than those with the access token `seen`: stored meanwhile, or asked for now.

    Raises what `held_tokens` and keap.TokenEndpoint.refresh raise, ClientNotConfigured, and
    KeapUnreachable where another process asks and does not come to an end.
    """
    endpoint = access.token_endpoint()
    lease = f"keap-sign-in:{connection_id}"
    owner = f"{os.getpid()}:{secrets.token_hex(8)}"
    for _ in range(_WAITS):
        held = held_tokens(access, connection_id)
        if held.access_token != seen:
            return held
        if _take(access, lease, owner):
            break
        access.sleep(_WAIT_SECONDS)
    else:
        raise KeapUnreachable("Another process is renewing the sign-in with Keap")
    try:
        held = held_tokens(access, connection_id)
        if held.access_token != seen:
            return held
        try:
            tokens = endpoint.refresh(held.refresh_token)
        except KeapSignInEnded:
            if break_chain(access, connection_id, held):
                raise
        else:
            _store(access, connection_id, held, tokens)
        return held_tokens(access, connection_id)
    finally:
        with access.database.writing("keap-sign-in.release") as db:
            leases.release(db, lease, owner)


def break_chain(access: Access, connection_id: int, used: Held) -> bool:
    """Note that a person has to sign in again; False where other tokens are stored by now."""
    with access.database.writing("keap-sign-in.broken") as db:
        db.get_one(Connection, connection_id, with_for_update=True)
        row = sign_in_of(db, connection_id)
        if row is None or not _is_same(access, row, used):
            return False
        row.broken_at = row.broken_at or access.clock()
        return True


def _store(access: Access, connection_id: int, used: Held, tokens: Tokens) -> None:
    with access.database.writing("keap-sign-in.renewed") as db:
        db.get_one(Connection, connection_id, with_for_update=True)
        row = sign_in_of(db, connection_id)
        if row is None or not _is_same(access, row, used):
            return
        row.previous_refresh_token = row.refresh_token
        row.access_token = access.secrecy.encrypt(tokens.access_token)
        row.refresh_token = access.secrecy.encrypt(tokens.refresh_token)
        row.issued_at = tokens.issued_at
        row.expires_at = tokens.expires_at
        row.broken_at = None


def _is_same(access: Access, row: KeapSignIn, used: Held) -> bool:
    """By the token itself: its encrypted text changes with the service key."""
    return access.secrecy.decrypt(row.refresh_token) == used.refresh_token


def _take(access: Access, lease: str, owner: str) -> bool:
    with access.database.writing("keap-sign-in.lease") as db:
        return leases.acquire(db, lease, owner, access.clock(), LEASE_TTL)
