"""What a connection's calls identify themselves with: the login in force, looked up before a call.

So a reading that is under way follows when a person signs in anew, changes the key or disconnects.
"""

import time

from sqlalchemy import bindparam, exists, select

from keap import KeapAuthRefused, KeapClient, KeapError, KeapSignInEnded, Pacer, StaticKey
from keap.retries import MAX_ATTEMPTS
from qbwc_service.keap_access.access import Access
from qbwc_service.keap_access.failures import KeapKeyMalformed, KeapNotConnected
from qbwc_service.keap_access.renewal import LEAST_LIFE, break_chain, held_tokens, renew
from qbwc_service.keap_access.sign_ins import LoginMode, login_mode
from qbwc_service.ledger.models import Connection, KeapSignIn, SignInState

_NEAR_ENOUGH_SECONDS = 0.5

#: made once: it is asked before every call
_LOGIN = select(
    Connection.keap_key,
    exists().where(
        KeapSignIn.connection_id == Connection.id, KeapSignIn.state == SignInState.IN_FORCE
    ),
).where(Connection.id == bindparam("connection_id"))


class StoredLogin:
    """keap.Auth of one connection.

    Beside KeapError its methods raise KeapUnusable and SecretUnreadable.
    """

    def __init__(self, access: Access, connection_id: int) -> None:
        self._access = access
        self._connection_id = connection_id
        self._found = (LoginMode.NONE, "")
        self._looked_up_at = -_NEAR_ENOUGH_SECONDS

    def token(self) -> str:
        """The access token, renewed if it is about to end; or the key."""
        mode, key = self._look_up(is_now=False)
        if mode is LoginMode.KEY:
            return self._plain(key)
        held = held_tokens(self._access, self._connection_id)
        if held.expires_at - self._access.clock() < LEAST_LIFE:
            held = renew(self._access, self._connection_id, held.access_token)
        return held.access_token

    def renew(self, refused: str) -> bool:
        """New tokens for refused ones; for a key whether there is another on file by now."""
        mode, key = self._look_up()
        if mode is LoginMode.KEY:
            return self._plain(key) != refused
        renew(self._access, self._connection_id, refused)
        return True

    def refusal(self, refused: str, error: KeapAuthRefused) -> KeapError:
        """Keap refuses fresh tokens as well: somebody has to sign in again."""
        mode, _ = self._look_up()
        if mode is LoginMode.KEY:
            return error
        held = held_tokens(self._access, self._connection_id)
        if held.access_token == refused:
            break_chain(self._access, self._connection_id, held)
        return KeapSignInEnded(
            "Keap does not accept the sign-in any more",
            request=error.request,
            http_status=error.http_status,
            code=error.code,
            request_id=error.request_id,
        )

    def _look_up(self, *, is_now: bool = True) -> tuple[LoginMode, str]:
        """The mode, and the key as it is stored; a moment ago is near enough for one more call."""
        if not is_now and time.monotonic() - self._looked_up_at < _NEAR_ENOUGH_SECONDS:
            return self._found
        self._found = self._look_up_now()
        self._looked_up_at = time.monotonic()
        return self._found

    def _look_up_now(self) -> tuple[LoginMode, str]:
        with self._access.database.reading() as db:
            key, is_signed_in = db.execute(_LOGIN, {"connection_id": self._connection_id}).one()
        if is_signed_in:
            return LoginMode.SIGN_IN, key
        if not key:
            raise KeapNotConnected
        return LoginMode.KEY, key

    def _plain(self, stored: str) -> str:
        try:
            return StaticKey(self._access.secrecy.decrypt(stored)).token()
        except ValueError:
            raise KeapKeyMalformed from None


def open_client(
    access: Access,
    connection: Connection,
    *,
    max_attempts: int = MAX_ATTEMPTS,
    pacer: Pacer | None = None,
) -> KeapClient:
    """A client with the login in force, for the pinned account alone.

    Raises KeapNotConnected at once where there is no login; its calls raise what StoredLogin does.
    """
    with access.database.reading() as db:
        if login_mode(db, connection) is LoginMode.NONE:
            raise KeapNotConnected
    return KeapClient(
        access.config.keap_api_url,
        StoredLogin(access, connection.id),
        tenant=connection.keap_tenant,
        transport=access.transport,
        now=access.clock,
        sleep=access.sleep,
        max_attempts=max_attempts,
        pacer=pacer,
    )
