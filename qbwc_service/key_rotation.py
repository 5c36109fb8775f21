"""Changing the service key: a new first key, everything encrypted anew, the old ones forgotten.

KeyRotationRefused    what was asked for cannot be done; the sentence says why and what to do
"""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger.models import Connection, KeapHooks, KeapSignIn, KeapSignInTry
from qbwc_service.secrecy import Secrecy, SecretUnreadable

_SIGN_IN_SECRETS = ("access_token", "refresh_token", "previous_refresh_token")
#: where encrypted texts lie, by table: what `_secrets_of` walks through
SECRETS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "connection": ("keap_key", "webhook_key"),
        "keap_sign_in": _SIGN_IN_SECRETS,
        "keap_sign_in_try": ("verifier",),
    }
)
#: where a key is named (Secrecy.key_id) that checks what lies beside it
KEY_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"connection": ("password_key",)}
)


class KeyRotationRefused(Exception):
    """What was asked for cannot be done; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Applied:
    """How many secrets are under the first key now; `unreadable` names those of no key at all."""

    encrypted_anew: int
    current_already: int
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stored:
    """One secret where it lies: an attribute of a row."""

    row: Connection | KeapSignIn | KeapSignInTry | KeapHooks
    attribute: str
    label: str

    @property
    def text(self) -> str:
        return str(getattr(self.row, self.attribute))

    def put(self, text: str) -> None:
        setattr(self.row, self.attribute, text)


def new_first_key(path: Path, keys: Sequence[bytes]) -> None:
    """Put a fresh key before the others in the file: whole or not at all, its owner's alone."""
    _write(path, [secrets.token_bytes(32), *keys])


def apply_first_key(database: Database, secrecy: Secrecy) -> Applied:
    """Encrypt everything under the first key; a second run finds nothing to do.

    One connection is one transaction, so that a run that is cut short is simply repeated.
    """
    anew = current = 0
    unreadable: list[str] = []
    with database.reading() as db:
        names = list(db.scalars(select(Connection.name).order_by(Connection.name)))
    for name in names:
        with database.writing("secret-key.apply") as db:
            for stored in _secrets_of(db, name):
                try:
                    if secrecy.is_current(stored.text):
                        current += 1
                        continue
                    stored.put(secrecy.encrypt(secrecy.decrypt(stored.text)))
                    anew += 1
                except SecretUnreadable:
                    unreadable.append(stored.label)
    return Applied(anew, current, tuple(dict.fromkeys(unreadable)))


def forget_old_keys(database: Database, secrecy: Secrecy, path: Path, keys: Sequence[bytes]) -> int:
    """Keep the first key alone; gives how many others there were.

    Raises KeyRotationRefused while anything still belongs to one of them.
    """
    # Nobody writes a secret while it is decided that none is left behind.
    with database.writing("secret-key.forget") as db:
        passwords = [
            name
            for name, key in db.execute(
                select(Connection.name, Connection.password_key).order_by(Connection.name)
            )
            if key != secrecy.key_id
        ]
        names = list(db.scalars(select(Connection.name).order_by(Connection.name)))
        secrets_left = [
            stored.label
            for name in names
            for stored in _secrets_of(db, name)
            if not _is_current(secrecy, stored)
        ]
        refusal = _refusal(passwords, secrets_left) if len(keys) > 1 else ""
        if refusal:
            raise KeyRotationRefused(refusal)
        _write(path, keys[:1])
    return len(keys) - 1


def _is_current(secrecy: Secrecy, stored: _Stored) -> bool:
    try:
        return secrecy.is_current(stored.text)
    except SecretUnreadable:
        return False


def _refusal(passwords: Sequence[str], secrets_left: Sequence[str]) -> str:
    reasons = []
    if secrets_left:
        reasons.append(
            f"These still belong to an old key: {', '.join(dict.fromkeys(secrets_left))}. "
            'Run "qbwc-service secret-key apply"; what cannot be opened has to be entered again.'
        )
    if passwords:
        reasons.append(
            f"The Web Connector password of {', '.join(passwords)} still belongs to an old key. It "
            "moves by itself at the next call of the Web Connector with the right password, or "
            'make a new one: "qbwc-service connection password NAME".'
        )
    return f"{' '.join(reasons)} Nothing was changed." if reasons else ""


def _secrets_of(db: Session, name: str) -> Iterator[_Stored]:
    """Every encrypted text of a connection, its row locked."""
    connection = db.scalars(
        select(Connection).where(Connection.name == name).with_for_update()
    ).one()
    if connection.keap_key:
        yield _Stored(connection, "keap_key", f"the Keap key of {name}")
    if connection.webhook_key:
        yield _Stored(connection, "webhook_key", f"the signing key of {name}")
    sign_ins = select(KeapSignIn).where(KeapSignIn.connection_id == connection.id)
    for sign_in in db.scalars(sign_ins):
        for attribute in _SIGN_IN_SECRETS:
            if getattr(sign_in, attribute):
                yield _Stored(sign_in, attribute, f"the Keap sign-in of {name}")
    tries = select(KeapSignInTry).where(KeapSignInTry.connection_id == connection.id)
    for begun in db.scalars(tries):
        yield _Stored(begun, "verifier", f"a sign-in that was begun for {name}")
    called = db.get(KeapHooks, connection.id)
    if called is not None:
        yield _Stored(called, "token", f"the address that Keap calls for {name}")


def _write(path: Path, keys: Sequence[bytes]) -> None:
    """Mode 0600 from the first byte on; the old file stays until the new one is on the disk."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.writelines(f"{key.hex()}\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
