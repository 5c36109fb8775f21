"""Trying a login, and changing the key: what the pages and the command line both call.

Transactions: keap-login.key, keap-login.disconnect, keap-login.refused, keap-login.tested,
keap-login.trouble.
"""

from dataclasses import dataclass

from keap import (
    KeapError,
    KeapOtherTenant,
    KeapServerError,
    KeapThrottled,
    KeapUnreachable,
    is_same_tenant,
)
from qbwc_service.connections import find_connection, lock_connection, normal_keap_account
from qbwc_service.keap_access import sign_ins
from qbwc_service.keap_access.access import Access
from qbwc_service.keap_access.account import Account, read_account
from qbwc_service.keap_access.failures import KeapUnusable
from qbwc_service.keap_access.sign_ins import LoginMode
from qbwc_service.keap_access.stored_login import open_client
from qbwc_service.ledger import error_log, history
from qbwc_service.ledger.models import Connection
from qbwc_service.secrecy import SecretUnreadable
from qbwc_service.staging.failures import LoginRefused
from qbwc_service.staging.trouble import Trouble, clear_trouble, record_trouble, trouble_of

#: a person waits for the answer
_ATTEMPTS = 1
#: Keap could not be asked: nothing is known about the login
_UNTESTED = (KeapUnreachable, KeapServerError, KeapThrottled)


@dataclass(frozen=True, slots=True)
class KeyChanged:
    """A key was stored. `account` is None where Keap could not be asked; then `reason` says why,
    and a sign-in that is in force stays so."""

    account: Account | None
    reason: str = ""
    signed_in: bool = False


def change_key(
    access: Access, name: str, *, account: str = "", key: str | None = None, who: str
) -> KeyChanged:
    """Try a key (the one on file where none is given) and store it if Keap accepts it.

    `account` is as typed, "" for the one on file. Raises KeapAccountUnusable, ConnectionUnknown,
    and LoginRefused, after which nothing is changed but the error log.
    """
    typed = normal_keap_account(account)
    with access.database.reading() as db:
        connection = find_connection(db, name)
    try:
        _keep_to_pinned(connection, typed)
        found = _account_of_key(access, connection, typed, key)
    except _UNTESTED as error:
        return _store(access, name, typed, key, None, who, str(error))
    except (KeapError, KeapUnusable, SecretUnreadable) as error:
        trouble = trouble_of(error)
        _tell(access, name, trouble)
        raise LoginRefused(trouble.message, trouble.details) from error
    return _store(access, name, typed, key, found, who, "")


def try_login(access: Access, name: str) -> Account:
    """Ask Keap now, with the login in force, whose account it is.

    Raises ConnectionUnknown, and LoginRefused with the trouble, which the connection then shows.
    """
    with access.database.reading() as db:
        connection = find_connection(db, name)
    try:
        with open_client(access, connection, max_attempts=_ATTEMPTS) as client:
            found = read_account(client)
    except (KeapError, KeapUnusable, SecretUnreadable) as error:
        trouble = trouble_of(error)
        with access.database.writing("keap-login.trouble") as db:
            record_trouble(db, lock_connection(db, name), trouble, access.clock())
        raise LoginRefused(trouble.message, trouble.details) from error
    with access.database.writing("keap-login.tested") as db:
        row = lock_connection(db, name)
        if found.tenant and not row.keap_tenant:
            sign_ins.pin(row, found.tenant, found.name)
        if row.last_sync_trouble:
            clear_trouble(db, row, access.clock())
            row.next_sync_at = None
    return found


def disconnect(access: Access, name: str, *, who: str) -> bool:
    """Forget key and tokens, and whatever was wrong with them; False where there were none.

    Raises ConnectionUnknown.
    """
    with access.database.writing("keap-login.disconnect") as db:
        row = lock_connection(db, name)
        done = sign_ins.disconnect(db, row, who, access.clock())
        if done:
            clear_trouble(db, row, access.clock())
    return done


def _keep_to_pinned(connection: Connection, typed: str) -> None:
    """Raises KeapOtherTenant where another account is typed than the connection belongs to."""
    pinned = connection.keap_tenant
    if typed and pinned and not is_same_tenant(typed, pinned):
        raise KeapOtherTenant(typed, pinned.partition(".")[0])


def _account_of_key(access: Access, connection: Connection, typed: str, key: str | None) -> Account:
    if key is None and not connection.keap_key:
        return Account("", "")
    tried = access.secrecy.decrypt(connection.keap_key) if key is None else key
    expected = connection.keap_tenant or typed or connection.keap_account
    with access.client_with(tried, tenant=expected, max_attempts=_ATTEMPTS) as client:
        found = read_account(client)
    if found.tenant and expected and not is_same_tenant(found.tenant, expected):
        raise KeapOtherTenant(found.tenant, expected)
    return found


def _store(
    access: Access,
    name: str,
    typed: str,
    key: str | None,
    found: Account | None,
    who: str,
    reason: str,
) -> KeyChanged:
    now = access.clock()
    with access.database.writing("keap-login.key") as db:
        row = lock_connection(db, name)
        pinned = row.keap_tenant
        if found and found.tenant and pinned and not is_same_tenant(found.tenant, pinned):
            # Pinned by another while Keap was asked.
            other = trouble_of(KeapOtherTenant(found.tenant, pinned))
            raise LoginRefused(other.message, other.details)
        if typed:
            row.keap_account = typed
        if found and found.tenant:
            sign_ins.pin(row, found.tenant, found.name)
        if key is not None:
            row.keap_key = access.secrecy.encrypt(key.strip())
            if found:
                sign_ins.forget_sign_ins(db, row)
        signed_in = sign_ins.login_mode(db, row) is LoginMode.SIGN_IN
        sign_ins.read_at_once(row)
        error_log.solve(db, row.id, now=now, messages=["keap-key-refused", "keap-other-account"])
        text = "Keap account changed" if key is None else "New Keap key"
        history.note(db, row.id, text, now=now, who=who)
    return KeyChanged(found, reason, signed_in)


def _tell(access: Access, name: str, trouble: Trouble) -> None:
    with access.database.writing("keap-login.refused") as db:
        row = lock_connection(db, name)
        error_log.tell(db, row.id, trouble.message, trouble.details, now=access.clock())
